// Events as columns in memory: what Ingest makes and Store takes.

import EvtCore
import Synchronization

/// A run of consecutive events of one input, in input order, as columns.
///
/// The parsing thread builds it, and then hands it over: after that it is only read, which is why
/// it may cross threads.
public final class EventBatch: @unchecked Sendable {
  /// The ordinal of the input within its run, from 0.
  public let source: Int
  private var contents: BatchBuilder
  /// Properties that events had and that are not among the columns.
  public let leftOut: [SegmentSummary.Field]
  private let knownKeyHashes = Mutex<[UInt64]?>(nil)
  /// The columns of the canonical fields, in the order of `canonicalRoles`, always present.
  public static let canonicalRoles: [ColumnRole] = [.event, .user, .session, .eventID]

  /// Creates an empty batch of events of input number `source`.
  public convenience init(source: Int) { self.init(source: source, contents: BatchBuilder()) }

  /// Creates the batch of what was built.
  public init(
    source: Int, contents: consuming BatchBuilder, leftOut: [SegmentSummary.Field] = []
  ) {
    self.source = source
    self.leftOut = leftOut
    self.contents = contents
  }

  /// Nanoseconds since 1970 of each finished row.
  public var times: GrowableBuffer<Int64> {
    _read { yield contents.times }
  }

  /// The least and the greatest time, nil without rows.
  public var timeRange: ClosedRange<Int64>? {
    let times = contents.times.elements
    guard var least = times.first, var greatest = times.first else { return nil }
    for time in times {
      least = min(least, time)
      greatest = max(greatest, time)
    }
    return least...greatest
  }

  /// The number of columns, the canonical ones included.
  public var columnCount: Int { contents.columnCount }

  /// The number of finished rows.
  public var rowCount: Int { contents.times.count }

  /// The memory held by all columns.
  public var allocatedBytes: Int { contents.allocatedBytes }

  /// Calls `body` with column `index`.
  @inline(__always)
  public func withColumn<Result>(_ index: Int, _ body: (borrowing BatchColumn) -> Result) -> Result
  {
    precondition(index >= 0 && index < contents.columnCount, "BUG: column out of range")
    return body(contents.columns[index])
  }

  /// The index of the canonical column of `role` (event, user, session or event id).
  @inline(__always)
  public static func canonicalColumn(_ role: ColumnRole) -> Int { Int(role.rawValue) - 1 }

  /// The index of the property column of `path`, made when missing.
  public func propertyColumn(_ path: String) -> Int { contents.propertyColumn(path) }

  /// The index of the property column of `path`, nil when there is none.
  public func knownColumn(_ path: String) -> Int? { contents.knownColumn(path) }

  /// The hash of user and event id of every row, 0 for rows without an event id; empty when no row
  /// has one. Made when first asked for, which must be after the last change. Safe for several
  /// threads.
  public var keyHashes: [UInt64] {
    knownKeyHashes.withLock { known in
      if let known { return known }
      let made = makeKeyHashes()
      known = made
      return made
    }
  }

  /// Sets a number, bool or null of the row that is being read.
  /// Returns false when the row had a value in this column, which is then replaced.
  public func set(column: Int, kind: ValueKind, bits: UInt64) -> Bool {
    contents.set(column: column, kind: kind, bits: bits)
  }

  /// Sets a text, decimal or JSON value of the row that is being read; see above.
  public func set(column: Int, kind: ValueKind, text: UnsafeRawBufferPointer) -> Bool {
    contents.set(column: column, kind: kind, text: text)
  }

  /// Finishes the row that is being read.
  public func finishRow(time: Int64) { contents.finishRow(time: time) }

  /// Drops the values of the row that is being read.
  public func abandonRow() { contents.abandonRow() }
}
