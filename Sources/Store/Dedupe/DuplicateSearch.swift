// Looks for the new rows in memory that repeat earlier ones.

import Columnar
import EvtCore

/// What is to be searched, as it was when rows were taken from the memtable: the search may run
/// while others come in.
struct DuplicateSearch: Sendable {
  let policy: DedupePolicy
  let pool: WorkerPool
  let batches: [EventBatch]
  /// Rows that were searched before and have stayed.
  let kept: [RowReference]
  /// Batches from this number on are new.
  let firstNew: Int
  /// Stored rows that new ones may repeat.
  let segments: [KeptSegment]

  /// Finds the new rows that repeat rows of the segments, rows that were kept, or each other.
  /// - Throws: `StoreError`.
  func run() throws -> DroppedRows {
    let waiting = try WaitingRows(
      batches, kept: kept, firstNew: firstNew, policy: policy, pool: pool)
    var dropped = DroppedRows(batches)
    guard waiting.hasNewKeys else { return dropped }
    dropped.hasKeys = true
    for segment in segments {
      let found = try waiting.repetitions(of: segment, without: dropped.isDropped, pool: pool)
      dropped.add(found, of: waiting, isOwn: segment.isOwn)
    }
    let found = try waiting.repetitions(without: dropped.isDropped, pool: pool)
    dropped.add(found, of: waiting, isOwn: true)
    return dropped
  }
}

/// The rows of some batches that repeat others.
struct DroppedRows: Sendable {
  private(set) var isDropped: [Bool] = []
  /// Whether a new row has a key.
  fileprivate(set) var hasKeys = false
  private(set) var countBySource: [Int: UInt64] = [:]
  /// Hashes of the keys of rows that repeat a row of this ingest at another time.
  private(set) var uncertainKeys: [UInt64] = []
  private var starts: [Int] = []
  private var sources: [Int] = []

  /// No row of `batches`.
  init(_ batches: [EventBatch]) {
    var count = 0
    for batch in batches {
      starts.append(count)
      sources.append(batch.source)
      count += batch.rowCount
    }
    isDropped = [Bool](repeating: false, count: count)
  }

  var isEmpty: Bool { countBySource.isEmpty }

  func contains(_ row: RowReference) -> Bool { isDropped[starts[Int(row.batch)] + Int(row.row)] }

  fileprivate mutating func add(_ found: [Repetition], of waiting: WaitingRows, isOwn: Bool) {
    // A row may repeat rows of two blocks.
    for repetition in found where !isDropped[repetition.row] {
      isDropped[repetition.row] = true
      let batch = Int(waiting.reference(repetition.row).batch)
      countBySource[sources[batch], default: 0] += 1
      if isOwn, !repetition.isSimultaneous { uncertainKeys.append(waiting.hash(repetition.row)) }
    }
  }
}
