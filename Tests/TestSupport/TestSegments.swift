// Segments in memory, made of test events as ingest and store would make them.

import Columnar
import EvtCore

/// A segment in memory.
public struct TestSegment: Sendable {
  public var reader: SegmentReader
  public var summary: SegmentSummary
  /// Encodes `batches` as segments, at least one per day that occurs, and opens them by (day, age).
  /// - Parameter parts: the runs of consecutive batches that become segments of their own.
  public static func segments(of batches: [EventBatch], parts: Int = 1) throws -> [TestSegment] {
    var segments: [EncodedSegment] = []
    let size = max(1, (batches.count + parts - 1) / parts)
    for start in stride(from: 0, to: batches.count, by: size) {
      let part = Array(batches[start..<min(start + size, batches.count)])
      for (day, rows) in rowsByDay(part) {
        let encoder = SegmentEncoder(day: day, batches: part, rows: rows)
        let columns = (0..<encoder.columnCount).map(encoder.encodeColumn)
        segments.append(encoder.assemble(columns))
      }
    }
    let ordered = segments.enumerated().sorted {
      ($0.element.summary.day, $0.offset) < ($1.element.summary.day, $1.offset)
    }
    return try ordered.map { _, segment in
      TestSegment(
        reader: try SegmentReader(
          source: MemoryBlockSource(segment.bytes), fileBytes: segment.summary.fileBytes,
          footerHash: segment.summary.footerHash),
        summary: segment.summary)
    }
  }

  private static func rowsByDay(_ batches: [EventBatch]) -> [UTCDay: [RowReference]] {
    var rows: [UTCDay: [RowReference]] = [:]
    for (number, batch) in batches.enumerated() {
      for row in 0..<batch.rowCount {
        rows[UTCDay(containing: batch.times[row]), default: []].append(
          RowReference(batch: UInt32(number), row: UInt32(row)))
      }
    }
    return rows
  }
}

/// Shorter ways to a segment.
public enum TestSegments {
  /// The one segment of `batch`, whose rows are of one day; nil when there are several.
  public static func one(_ batch: EventBatch) throws -> SegmentReader? {
    let segments = try TestSegment.segments(of: [batch])
    return segments.count == 1 ? segments[0].reader : nil
  }
}
