// The rows that wait in memory, as far as they have keys.

import Columnar
import EvtCore

/// A row that waits to become part of a segment.
struct WaitingRow: BitwiseCopyable {
  var hash: UInt64
  var reference: RowReference
}

/// Rows with keys in ingest order: first those that were kept before, then new ones.
struct WaitingRows: Sendable {
  let policy: DedupePolicy
  let batches: [BatchKeys]
  private(set) var rows: [WaitingRow] = []
  /// The rows before this one stay, whatever comes.
  private(set) var keptCount = 0
  /// The new rows of each batch and when they happened.
  private var spans: [(rows: Range<Int>, times: ClosedRange<Int64>)] = []

  /// Takes the rows `kept` of `batches`, and all rows of batches from number `firstNew` on.
  init(
    _ batches: [EventBatch], kept: [RowReference], firstNew: Int, policy: DedupePolicy,
    pool: WorkerPool
  ) throws {
    self.policy = policy
    let keys = batches.map { BatchKeys($0, policy.key) }
    self.batches = keys
    let hashes = try pool.map(count: batches.count) { keys[$0].hashes() }
    for reference in kept { add(reference, hashes) }
    keptCount = rows.count
    for batch in firstNew..<max(firstNew, batches.count) where !hashes[batch].isEmpty {
      rows.reserveCapacity(rows.count + hashes[batch].count)
      let start = rows.count
      for row in 0..<hashes[batch].count {
        add(RowReference(batch: UInt32(batch), row: UInt32(row)), hashes)
      }
      let times = batches[batch].times.elements
      if start < rows.count, let first = times.min(), let last = times.max() {
        spans.append((start..<rows.count, first...last))
      }
    }
  }

  var hasNewRows: Bool { !spans.isEmpty }

  /// Whether a new row may repeat one of these times.
  func mayRepeat(_ times: ClosedRange<Int64>) -> Bool {
    spans.contains { policy.covers($0.times, times) }
  }

  /// The new rows that may repeat one of these times.
  func rowsNear(_ times: ClosedRange<Int64>) -> [Int] {
    var near: [Int] = []
    for span in spans where policy.covers(span.times, times) {
      near += span.rows.filter { index in
        let time = time(index)
        return policy.covers(time...time, times)
      }
    }
    return near
  }

  private mutating func add(_ reference: RowReference, _ hashes: [[UInt64]]) {
    let ofBatch = hashes[Int(reference.batch)]
    guard !ofBatch.isEmpty, ofBatch[Int(reference.row)] != 0 else { return }
    rows.append(WaitingRow(hash: ofBatch[Int(reference.row)], reference: reference))
  }

  func time(_ index: Int) -> Int64 {
    let reference = rows[index].reference
    return batches[Int(reference.batch)].time(Int(reference.row))
  }

  func userHash(_ index: Int) -> UInt64? {
    let reference = rows[index].reference
    return batches[Int(reference.batch)].userHash(Int(reference.row))
  }

  /// The row `index` as one that may be repeated; `isSame` compares it with what was kept.
  func suspect(_ index: Int, isSame: @escaping (Int) -> Bool) -> Suspect {
    Suspect(
      hash: rows[index].hash, time: time(index), isSame: isSame,
      keyBytes: { keyBytes(ofEvent: index) })
  }

  func haveEqualKeys(_ index: Int, _ other: Int) -> Bool {
    let (own, their) = (rows[index].reference, rows[other].reference)
    return batches[Int(own.batch)].equals(
      Int(own.row), batches[Int(their.batch)], Int(their.row))
  }

  func hasKey(_ index: Int, of row: Int, in block: BlockKeys) -> Bool {
    let reference = rows[index].reference
    return batches[Int(reference.batch)].equals(Int(reference.row), block, row)
  }
}

/// A row that repeats another one.
struct Repetition: BitwiseCopyable {
  /// Its place among the waiting rows.
  var row: Int
  /// Whether the row that was kept has the same time, so that whatever drops the one would have
  /// dropped the other.
  var isSimultaneous: Bool
}

extension WaitingRows {
  private static let partitionBits: UInt64 = 8

  /// Finds the new rows that repeat a waiting row before them.
  ///
  /// Rows are dealt out by their hashes, in order, so that a table stays within the processor's
  /// cache and several threads may work.
  /// - Parameter dropped: by row, whether it is out already.
  func repetitions(without dropped: [Bool], pool: WorkerPool) throws -> [Repetition] {
    let parts = partitions(without: dropped)
    let found = try pool.map(count: parts.starts.count - 1) { part in
      repetitions(among: parts.rows[parts.starts[part]..<parts.starts[part + 1]])
    }
    return found.flatMap { $0 }
  }

  private func partitions(without dropped: [Bool]) -> (rows: [UInt32], starts: [Int]) {
    let shift = 64 - Self.partitionBits
    var ends = [Int](repeating: 0, count: 1 << Int(Self.partitionBits) + 1)
    for index in rows.indices where !dropped[index] {
      ends[Int(rows[index].hash >> shift) + 1] += 1
    }
    for part in 1..<ends.count { ends[part] += ends[part - 1] }
    let starts = ends
    var dealt = [UInt32](repeating: 0, count: starts[starts.count - 1])
    for index in rows.indices where !dropped[index] {
      let part = Int(rows[index].hash >> shift)
      dealt[ends[part]] = UInt32(truncatingIfNeeded: index)
      ends[part] += 1
    }
    return (dealt, starts)
  }

  private func repetitions(among part: ArraySlice<UInt32>) -> [Repetition] {
    var kept = KeptTimes(self, count: part.count, policy: policy)
    var found: [Repetition] = []
    for number in part {
      let index = Int(number)
      let hash = rows[index].hash
      if index >= keptCount, kept.mayHoldKey(hash: hash) {
        let suspect = suspect(index) { haveEqualKeys($0, index) }
        if let keeper = kept.keeper(of: suspect) {
          found.append(Repetition(row: index, isSimultaneous: keeper == suspect.time))
          continue
        }
      }
      kept.add(index, hash: hash)
    }
    return found
  }
}

extension WaitingRows: KeptEvents {
  func time(ofEvent number: Int) -> Int64 { time(number) }
  func keyBytes(ofEvent number: Int) -> [UInt8] {
    let reference = rows[number].reference
    return batches[Int(reference.batch)].keyBytes(Int(reference.row))
  }
}
