// Events in memory as what queries run on.

import Columnar
import EvtCore
import Query
import TestSupport

/// Segments encoded from events, one a day or several.
struct TestSource: QuerySource {
  var summaries: [SegmentSummary] = []
  private var readers: [SegmentReader] = []
  private var overflowFields: [SegmentSummary.Field] = []

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

  var knownFields: [SegmentSummary.Field] { summaries.flatMap(\.fields) + overflowFields }

  /// Creates the source of `events`, cut into days and each day into `parts` segments.
  init(_ events: [TestEvent], parts: Int = 1) throws {
    let days = Dictionary(grouping: events) { UTCDay(containing: $0.time) }
    for day in days.keys.sorted() {
      let ofDay = days[day] ?? []
      let size = max(1, (ofDay.count + parts - 1) / parts)
      for start in stride(from: 0, to: ofDay.count, by: size) {
        let batch = Self.batch(ofDay[start..<min(start + size, ofDay.count)])
        let rows = (0..<batch.rowCount).map { RowReference(batch: 0, row: UInt32($0)) }
        let encoder = SegmentEncoder(day: day, batches: [batch], rows: rows)
        let segment = encoder.assemble((0..<encoder.columnCount).map(encoder.encodeColumn))
        summaries.append(segment.summary)
        overflowFields += segment.overflowFields
        readers.append(
          try SegmentReader(
            source: MemoryBlockSource(segment.bytes), fileBytes: UInt64(segment.bytes.count),
            footerHash: segment.summary.footerHash))
      }
    }
  }

  /// The key of a test event's values that holds its session.
  static let session = "(session)"

  private static func batch(_ events: ArraySlice<TestEvent>) -> EventBatch {
    let batch = EventBatch(source: 0)
    for event in events {
      set(batch, EventBatch.canonicalColumn(.event), .text(event.event))
      set(batch, EventBatch.canonicalColumn(.user), event.user.map { .text($0) } ?? .null)
      for (path, value) in event.values.sorted(by: { $0.key < $1.key }) where value != .absent {
        let isSession = path == session
        set(
          batch,
          isSession ? EventBatch.canonicalColumn(.session) : batch.propertyColumn(path), value)
      }
      batch.finishRow(time: event.time)
    }
    return batch
  }

  private static func set(_ batch: EventBatch, _ column: Int, _ value: TestValue) {
    func text(_ kind: ValueKind, _ text: String) {
      Array(text.utf8).withUnsafeBytes { _ = batch.set(column: column, kind: kind, text: $0) }
    }
    switch value {
    case .absent: break
    case .null: _ = batch.set(column: column, kind: .null, bits: 0)
    case .bool(let value): _ = batch.set(column: column, kind: .bool, bits: value ? 1 : 0)
    case .int(let value):
      _ = batch.set(column: column, kind: .int, bits: UInt64(bitPattern: value))
    case .double(let bits): _ = batch.set(column: column, kind: .double, bits: bits)
    case .decimal(let value): text(.decimal, value)
    case .text(let value): text(.text, value)
    case .json(let value): text(.json, value)
    }
  }
}
