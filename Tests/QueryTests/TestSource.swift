// Events in memory as what queries run on.

import Columnar
import EvtCore
import Query
import TestSupport

/// Segments encoded from events, one a day or several.
struct TestSource: QuerySource {
  var summaries: [SegmentSummary] = []
  private var readers: [SegmentReader] = []

  /// Damage as it comes.
  func report(_ damage: SegmentDamage, segment index: Int) -> any Error { damage }
  func reader(_ index: Int) throws -> SegmentReader { readers[index] }
  var knowsAllEvents: Bool { true }
  var knowsAllFields: Bool { true }

  var knownEvents: [String: UInt64] {
    var counts: [String: UInt64] = [:]
    for summary in summaries {
      for event in summary.events ?? [] { counts[event.name, default: 0] += event.count }
    }
    return counts
  }

  var knownFields: [SegmentSummary.Field] { summaries.flatMap(\.fields) }

  /// Creates the source of `events`, cut into days and each day into `parts` segments.
  init(_ events: [TestEvent], parts: Int = 1) throws {
    let days = Dictionary(grouping: events) { UTCDay(containing: $0.time) }
    for day in days.keys.sorted() {
      let ofDay = days[day] ?? []
      let size = max(1, (ofDay.count + parts - 1) / parts)
      for start in stride(from: 0, to: ofDay.count, by: size) {
        let batch = EventBatch(Array(ofDay[start..<min(start + size, ofDay.count)]))
        let rows = (0..<batch.rowCount).map { RowReference(batch: 0, row: UInt32($0)) }
        let encoder = SegmentEncoder(day: day, batches: [batch], rows: rows)
        let segment = encoder.assemble((0..<encoder.columnCount).map(encoder.encodeColumn))
        summaries.append(segment.summary)
        readers.append(
          try SegmentReader(
            source: MemoryBlockSource(segment.bytes), fileBytes: UInt64(segment.bytes.count),
            footerHash: segment.summary.footerHash))
      }
    }
  }
}
