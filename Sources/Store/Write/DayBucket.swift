// The rows of one day that wait in memory.

import Columnar
import EvtCore

/// References to the rows of one UTC day, in input order.
///
/// Filled by the thread that owns the transaction and then only read, also by workers.
final class DayBucket: @unchecked Sendable {
  let day: UTCDay
  private(set) var rows = GrowableBuffer<RowReference>()

  init(day: UTCDay) { self.day = day }

  /// Appends one row.
  func append(batch: Int, row: Int) {
    rows.append(RowReference(batch: UInt32(batch), row: UInt32(row)))
  }

  /// Appends the rows 0..<count of `batch`.
  func append(batch: Int, count: Int) {
    rows.reserve(count)
    for row in 0..<count { append(batch: batch, row: row) }
  }

  /// Removes the rows for which `isRemoved` is true; the others keep their order.
  func remove(_ isRemoved: (RowReference) -> Bool) {
    var count = 0
    for index in 0..<rows.count where !isRemoved(rows[index]) {
      rows[count] = rows[index]
      count += 1
    }
    rows.truncate(to: count)
  }

  func truncate(to count: Int) { rows.truncate(to: count) }

  /// Changes the numbers of batches, those of the other rows are never looked up.
  func renumberBatches(_ newNumbers: [UInt32]) {
    for index in 0..<rows.count {
      var reference = rows[index]
      reference.batch = newNumbers[Int(reference.batch)]
      rows[index] = reference
    }
  }
}
