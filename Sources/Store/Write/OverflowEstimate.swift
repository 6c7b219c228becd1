// What rows with more paths than a segment has columns will cost.

import Columnar
import EvtCore

/// Estimates the size of the overflow objects that waiting rows would get.
///
/// A batch holds a path once, an overflow object names it in every row: a log of ever new, long
/// keys would outgrow any memory while it is encoded, if this were not counted before.
struct OverflowEstimate {
  private var paths: Set<ExactText> = []
  private var objectBytes = 0

  /// Objects are held as parts, joined, and encoded.
  private static let copies = 3
  /// A control character takes six bytes in JSON.
  private static let escapedBytesMax = 6

  /// Adds the rows of `batch`.
  mutating func add(_ batch: EventBatch) {
    for index in EventBatch.canonicalRoles.count..<batch.columnCount {
      batch.withColumn(index) { column in
        guard column.count > 0 else { return }
        if paths.count <= Limits.segmentColumnsMax { paths.insert(ExactText(column.path)) }
        objectBytes +=
          column.count * (column.path.utf8.count + MemoryLayout<UInt64>.size)
          + column.texts.textBytes * Self.escapedBytesMax
      }
    }
  }

  /// The memory that the objects would take, 0 as long as every path gets a column.
  var bytes: Int {
    paths.count > Limits.segmentColumnsMax ? objectBytes * Self.copies : 0
  }
}
