// Drops repeated events from the rows of an ingest, exactly.

import Columnar
import EvtCore

/// What one ingest knows of the events that it has dropped.
struct Deduplicator {
  let policy: DedupePolicy
  let pool: WorkerPool
  /// Rows dropped so far, by the ordinal of their input.
  private(set) var droppedBySource: [Int: UInt64] = [:]
  /// Hashes of keys of which a row was dropped because of a row of this ingest at another time.
  private var uncertainKeys: Set<UInt64> = []
  private var hasForgottenKeys = false

  /// How many `uncertainKeys` are remembered; beyond, every key counts as one.
  private static let uncertainKeysMax = 1 << 20

  init(policy: DedupePolicy, pool: WorkerPool) {
    self.policy = policy
    self.pool = pool
  }

  /// Drops the rows that were added to `memtable` since the last time and repeat earlier ones:
  /// rows of `segments`, rows that wait since before, and each other.
  /// - Throws: `StoreError`.
  mutating func clean(_ memtable: inout Memtable, segments: [KeptSegment]) throws {
    let waiting = try memtable.waitingRows(policy, pool: pool)
    guard waiting.hasNewRows else { return memtable.keepWaitingRows() }
    var dropped = [Bool](repeating: false, count: waiting.rows.count)
    for segment in segments {
      let found = try waiting.repetitions(of: segment, without: dropped, pool: pool)
      note(found, in: waiting, isOwn: segment.isOwn, &dropped)
    }
    let found = try waiting.repetitions(without: dropped, pool: pool)
    note(found, in: waiting, isOwn: true, &dropped)
    let rows = dropped.indices.filter { dropped[$0] }.map { waiting.rows[$0].reference }
    for (source, count) in memtable.remove(rows) {
      droppedBySource[source, default: 0] += UInt64(count)
    }
    memtable.keepWaitingRows()
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

  private mutating func note(
    _ found: [Repetition], in waiting: WaitingRows, isOwn: Bool, _ dropped: inout [Bool]
  ) {
    for repetition in found {
      dropped[repetition.row] = true
      if !isOwn || repetition.isSimultaneous { continue }
      if uncertainKeys.count < Self.uncertainKeysMax {
        uncertainKeys.insert(waiting.rows[repetition.row].hash)
      } else {
        hasForgottenKeys = true
      }
    }
  }
}
