// What it takes to make segments of waiting rows, beyond the share of memory that is left for it.

import Columnar
import EvtCore

/// Estimates what waiting rows need while they are encoded that nobody would guess from the size of
/// their batches.
///
/// A batch holds a path once, an overflow object names it in every row: a log of ever new, long
/// keys would outgrow any memory while it is encoded, if this were not counted before. And texts
/// that are long and do not repeat are copied as they are, from stage to stage.
struct BuildEstimate {
  private var paths: Set<ExactText> = []
  private var objectBytes = 0
  private var longTextBytes = 0

  /// Objects are held as they grow, finished, joined, and encoded.
  private static let copies = 4
  /// A control character takes six bytes in JSON.
  private static let escapedBytesMax = 6
  /// Shorter texts take little beside the numbers that are kept for each value.
  private static let longTextBytesMin = 1_024

  /// Adds the rows of `batch`.
  mutating func add(_ batch: EventBatch) {
    for index in 0..<batch.columnCount {
      batch.withColumn(index) { column in
        guard column.count > 0 else { return }
        let textBytes = column.texts.textBytes
        if textBytes / max(column.texts.count, 1) >= Self.longTextBytesMin {
          longTextBytes += textBytes
        }
        guard column.role == .property else { return }
        if paths.count <= Limits.segmentColumnsMax { paths.insert(ExactText(column.path)) }
        objectBytes +=
          column.count * (column.path.utf8.count + MemoryLayout<UInt64>.size)
          + textBytes * Self.escapedBytesMax
      }
    }
  }

  /// The memory on top. As long as every path gets a column, there are no objects; of long texts
  /// half as much again, for they exist three times over and not twice.
  var bytes: Int {
    (paths.count > Limits.segmentColumnsMax ? objectBytes * Self.copies : 0) + longTextBytes / 2
  }
}
