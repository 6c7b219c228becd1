// What a query needs of what it runs on.

import Columnar
import Store

/// Segments and what is known of them without opening one: a snapshot of a store, or anything that
/// can pass for one.
public protocol QuerySource: Sendable {
  /// What is known of each segment, by day; segments of the same day overlap in time.
  var summaries: [SegmentSummary] { get }
  /// Opens the segment at `index` of `summaries`.
  func reader(_ index: Int) throws -> SegmentReader
  /// Rows by event name, 0 for events whose rows are gone.
  var knownEvents: [String: UInt64] { get }
  /// The same with names told apart by their bytes, where `knownEvents` cannot.
  var eventCounts: [SegmentSummary.Event] { get }
  /// Whether `knownEvents` has every name.
  var knowsAllEvents: Bool { get }
  /// Every field with the kinds of its values.
  var knownFields: [SegmentSummary.Field] { get }
  /// Whether `knownFields` has every field.
  var knowsAllFields: Bool { get }
  /// The error to report for damage found in segment `index`: one that names the file.
  func report(_ damage: SegmentDamage, segment index: Int) -> any Error
}

extension QuerySource {
  /// The known events, in the order of their names.
  public var eventCounts: [SegmentSummary.Event] {
    knownEvents.sorted { $0.key < $1.key }.map { .init(name: $0.key, count: $0.value) }
  }

  /// Runs `body` so that damage it meets in segment `index` is reported with its place.
  public func reading<Result>(segment index: Int, _ body: (SegmentReader) throws -> Result) throws
    -> Result
  {
    let reader = try reader(index)
    do {
      return try body(reader)
    } catch let damage as SegmentDamage {
      throw report(damage, segment: index)
    }
  }
}
