// What an ingest has left out because it was there already.

import Columnar
import EvtCore

/// What one ingest knows of the events that it has dropped.
struct Deduplicator {
  let policy: DedupePolicy
  let pool: WorkerPool
  /// Rows dropped so far, by the ordinal of their input.
  private(set) var droppedBySource: [Int: UInt64] = [:]
  /// Whether a row had a key.
  private(set) var hasSeenKeys = false
  /// Hashes of keys of which a row was dropped because of a row of this ingest at another time.
  private var uncertainKeys: Set<UInt64> = []
  private var hasForgottenKeys = false

  /// How many `uncertainKeys` are remembered; beyond, every key counts as one.
  private static let uncertainKeysMax = 1 << 20

  init(policy: DedupePolicy, pool: WorkerPool) {
    self.policy = policy
    self.pool = pool
  }

  /// Notes that these rows are left out.
  mutating func note(_ dropped: DroppedRows) {
    if dropped.hasKeys { hasSeenKeys = true }
    for (source, count) in dropped.countBySource { self.count(count, ofSource: source) }
    for key in dropped.uncertainKeys {
      if uncertainKeys.count >= Self.uncertainKeysMax {
        hasForgottenKeys = true
        return
      }
      uncertainKeys.insert(key)
    }
  }

  /// Whether dropping a row with this key now, because another process has committed its like,
  /// might have kept a row that was dropped for its sake.
  func isUncertain(_ hash: UInt64) -> Bool { hasForgottenKeys || uncertainKeys.contains(hash) }

  /// Counts rows of an input that were dropped after all.
  mutating func count(_ rows: UInt64, ofSource source: Int) {
    if rows > 0 { droppedBySource[source, default: 0] += rows }
  }

  /// Forgets what was dropped of an input that is given up.
  mutating func forget(source: Int) { droppedBySource[source] = nil }
}
