// Segments in memory that pass for a snapshot of a store.

import Columnar
import EvtCore
import Query
import TestSupport

/// The segments of some batches, and what a catalogue would know of them.
struct TestSource: QuerySource {
  private let segments: [TestSegment]
  let knownEvents: [String: UInt64]
  let knownFields: [SegmentSummary.Field]
  let knowsAllEvents = true
  let knowsAllFields = true

  /// Encodes `batches` (see `TestSegment.segments`).
  init(of batches: [EventBatch], parts: Int = 1) throws {
    segments = try TestSegment.segments(of: batches, parts: parts)
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

  var summaries: [SegmentSummary] { segments.map(\.summary) }
  func reader(_ index: Int) throws -> SegmentReader { segments[index].reader }
  func report(_ damage: SegmentDamage, segment index: Int) -> any Error { damage }
}
