// What a query needs of what it runs on.

import Columnar
import EvtCore
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
  /// What is known of the rollups of days whose rows are gone, by day, all before those of
  /// segments.
  var rollupSummaries: [RollupSummary] { get }
  /// Reads the rollup at `index` of `rollupSummaries`.
  func rollup(_ index: Int) throws -> DayRollup
  /// Counts what is read of the segments, if anybody wants to know.
  var meter: ReadMeter? { get }
  /// Where the time zones that questions name come from.
  var zones: ZoneLoader { get }
  /// The error to report for damage found in segment `index`: one that names the file.
  func report(_ damage: SegmentDamage, segment index: Int) -> any Error
}

extension QuerySource {
  /// The known events, in the order of their names.
  public var eventCounts: [SegmentSummary.Event] {
    knownEvents.sorted { $0.key < $1.key }.map { .init(name: $0.key, count: $0.value) }
  }

  /// None.
  public var meter: ReadMeter? { nil }

  /// UTC alone.
  public var zones: ZoneLoader { .utc }

  /// None.
  public var rollupSummaries: [RollupSummary] { [] }

  /// Never called.
  public func rollup(_ index: Int) throws -> DayRollup {
    preconditionFailure("BUG: rollup \(index) of a source without any")
  }

  /// The path of the property that `name` means; nil if it means none, or something else.
  public func propertyPath(of name: String) -> String? {
    let resolution = FieldCatalog(knownFields).resolve(FieldPath.components(of: name))
    guard case .field(let field) = resolution, field.role == .property else { return nil }
    return field.name
  }

  /// Runs `body` so that damage it meets in segment `index` is reported with its place.
  public func reading<Result>(segment index: Int, _ body: (SegmentReader) throws -> Result) throws
    -> Result
  {
    let reader = try reader(index)
    defer { meter?.noteLeft() }
    do {
      return try body(reader)
    } catch let damage as SegmentDamage {
      throw report(damage, segment: index)
    }
  }
}
