// Segments in memory that pass for a snapshot of a store.

import Columnar
import EvtCore
import Query
import TestSupport

/// The segments of some batches, and what a catalogue would know of them.
struct TestSource: QuerySource {
  private let segments: [TestSegment]
  private let rollups: [(summary: RollupSummary, rollup: DayRollup)]
  let knownEvents: [String: UInt64]
  let knownFields: [SegmentSummary.Field]
  let knowsAllEvents = true
  let knowsAllFields = true

  /// Encodes `batches` (see `TestSegment.segments`), and rolls the days before `watermark` up by the
  /// properties `names`.
  init(
    of batches: [EventBatch], parts: Int = 1, rollingUpBefore watermark: UTCDay? = nil,
    by names: [String] = []
  ) throws {
    let segments = try TestSegment.segments(of: batches, parts: parts)
    self.segments = segments.filter { segment in
      watermark.map { segment.summary.day >= $0 } ?? true
    }
    rollups = try Self.rollups(
      of: segments.filter { segment in
        watermark.map { segment.summary.day < $0 } ?? false
      }, by: names)
    var events: [String: UInt64] = [:]
    var fields: [String: SegmentSummary.Field] = [:]
    for segment in segments {
      for event in segment.summary.events ?? [] { events[event.name, default: 0] += event.count }
      for field in segment.summary.fields {
        let key = "\(field.role.rawValue) \(field.path)"
        let kinds = field.kinds.union(fields[key]?.kinds ?? [])
        fields[key] = SegmentSummary.Field(path: field.path, role: field.role, kinds: kinds)
      }
    }
    knownEvents = events
    knownFields = fields.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func rollups(
    of segments: [TestSegment], by names: [String]
  ) throws -> [(summary: RollupSummary, rollup: DayRollup)] {
    try Dictionary(grouping: segments) { $0.summary.day }.sorted { $0.key < $1.key }.map {
      day, segments in
      let builder = RollupBuilder(day: day, segmentCount: segments.count) { index, body in
        try body(segments[index].reader)
      }
      let paths = Set(segments.flatMap { $0.summary.fields.map(\.path) }).filter { path in
        names.contains { DayRollup.matches(path, name: $0) }
      }
      let bytes = RollupCoding.encode(try builder.build(names: names, paths: Array(paths)))
      let summary = RollupSummary(
        day: day, rowCount: segments.reduce(0) { $0 + $1.summary.rowCount },
        minTime: segments.map(\.summary.minTime).min() ?? 0,
        maxTime: segments.map(\.summary.maxTime).max() ?? 0, fileBytes: UInt64(bytes.count),
        hash: bytes.withUnsafeBytes { Hash128(of: $0) })
      return (summary, try RollupCoding.decode(bytes))
    }
  }

  var rollupSummaries: [RollupSummary] { rollups.map(\.summary) }
  func rollup(_ index: Int) throws -> DayRollup { rollups[index].rollup }
  var summaries: [SegmentSummary] { segments.map(\.summary) }
  func reader(_ index: Int) throws -> SegmentReader { segments[index].reader }
  func report(_ damage: SegmentDamage, segment index: Int) -> any Error { damage }
}
