// Rows of one day to the bytes of a segment.

import Columnar
import EvtCore

/// The bytes of a segment and what the catalogue keeps of it.
struct BuiltSegment: Sendable {
  var bytes: [UInt8]
  var summary: SegmentSummary
  /// Paths that the summary leaves out.
  var overflowFields: [SegmentSummary.Field]
}

/// Builds a segment from the rows of one day, given in input order; the pool may be used for it.
typealias SegmentBuilding =
  @Sendable (UTCDay, [EventBatch], [RowReference], WorkerPool?) throws -> BuiltSegment

/// Builds segments of the stored format. The result is the same with and without a pool.
func buildSegment(
  day: UTCDay, batches: [EventBatch], rows: [RowReference], pool: WorkerPool?
) throws -> BuiltSegment {
  let encoder = SegmentEncoder(day: day, batches: batches, rows: rows)
  let columns: [EncodedColumn]
  var keyFilters: EncodedKeyFilters?
  if let pool {
    let pending = pool.submit { encoder.encodeKeyFilters() }
    columns = try pool.map(count: encoder.columnCount) { encoder.encodeColumn($0) }
    keyFilters = try pending.wait().get()
  } else {
    columns = (0..<encoder.columnCount).map { encoder.encodeColumn($0) }
  }
  let segment = encoder.assemble(columns, keyFilters: keyFilters)
  return BuiltSegment(
    bytes: segment.bytes, summary: segment.summary, overflowFields: segment.overflowFields)
}

/// Rows by event name, counted from the rows themselves: for segments whose summary has no counts
/// because there are too many names, or for some of the rows. Their order depends on the segment
/// alone.
/// - Throws: `SegmentDamage`, or the error of its source.
func countEvents(
  in segment: SegmentReader, rows: RowSet? = nil
) throws -> [SegmentSummary.Event] {
  var events: [SegmentSummary.Event] = []
  var indexByName: [ExactText: Int] = [:]
  guard let column = segment.footer.column(role: .event) else { return [] }
  var vector = ColumnVector()
  for block in 0..<segment.footer.blockCount {
    try segment.decode(column: column, block: block, into: &vector)
    var countByCode: [UInt32: UInt64] = [:]
    let base = block * Limits.blockRowsMax
    for row in 0..<vector.rowCount where vector.kind(row) == .text {
      guard rows?.contains(base + row) ?? true else { continue }
      countByCode[vector.codes[row], default: 0] += 1
    }
    for (code, count) in countByCode.sorted(by: { $0.key < $1.key }) {
      let name = vector.texts[Int(code)]
      let index = indexByName[ExactText(name)] ?? events.count
      if index == events.count {
        indexByName[ExactText(name)] = index
        events.append(SegmentSummary.Event(name: name, count: 0))
      }
      events[index].count += count
    }
  }
  return events
}
