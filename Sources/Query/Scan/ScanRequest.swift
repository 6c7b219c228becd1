// What a scan is asked for, and what it hands out.

import Columnar
import EvtCore

/// Which rows of a segment are wanted, and what of them.
public struct ScanRequest: Sendable {
  /// Rows outside of it are not selected.
  public var range: TimeRange
  /// Rows for which it does not hold are not selected.
  public var filter: BoundPredicate?
  /// Rows of other events are not selected; nil for all events.
  public var events: [String]?
  /// The columns to decode.
  public var fields: [BoundField]
  /// Those of the fields, by index, that need not be: nothing is known of their values.
  var unread: Set<Int> = []
  /// Conditions to evaluate for the selected rows without selecting by them.
  public var marks: [BoundPredicate]
  /// Whether the times of the rows are needed.
  public var needsTimes: Bool
  /// Whether the rows' users are needed as runs.
  public var needsUsers: Bool
  /// Blocks that hold no user with such a hash are skipped; rows of other users in the blocks that
  /// remain are selected all the same. Rows without a user count as hash 0.
  public var userHashes: ClosedRange<UInt64>?

  /// Creates a request.
  public init(
    range: TimeRange = .all, filter: BoundPredicate? = nil, events: [String]? = nil,
    fields: [BoundField] = [], marks: [BoundPredicate] = [], needsTimes: Bool = false,
    needsUsers: Bool = false, userHashes: ClosedRange<UInt64>? = nil
  ) {
    self.range = range
    self.filter = filter
    self.events = events
    self.fields = fields
    self.marks = marks
    self.needsTimes = needsTimes
    self.needsUsers = needsUsers
    self.userHashes = userHashes
  }
}

/// A block of a segment with at least one selected row. Where few rows are left, the others were
/// not read at all, and the rows spoken of here are those that were.
public struct ScanBlock: Sendable {
  /// The number of the block in its segment.
  public let block: Int
  public let rowCount: Int
  /// Where the rows stand in the block of the segment; nil when they are all of it.
  public let places: [UInt32]?
  /// The selected rows.
  public let mask: RowMask
  /// Nanoseconds since 1970 by row; empty unless asked for.
  public let times: [Int64]
  /// The users by row, or by run (`ColumnVector.hasOnlyRuns`), if asked for. The rows of a user
  /// stand together in each block, in the order of time, and may go on in the next.
  public let users: ColumnVector
  /// In the order of the request's fields.
  public let columns: [ColumnVector]
  /// In the order of the request's marks: the selected rows for which each holds.
  public let marks: [RowMask]

  /// The selected rows, ascending, found anew each time; nil when all are.
  public var selectedRows: [UInt32]? { mask.count == rowCount ? nil : mask.rows }
}
