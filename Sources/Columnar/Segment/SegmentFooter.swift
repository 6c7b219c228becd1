// What a segment says of itself: everything a query needs to decide which blocks to read.

import EvtCore

/// Where one block lies in the file and what it must hold.
public struct BlockReference: Hashable, Sendable {
  public var offset: UInt64
  /// Bytes in the file, and before compression.
  public var storedBytes: UInt32
  public var rawBytes: UInt32
  /// CRC-32C of the stored bytes.
  public var checksum: UInt32
  public var isCompressed: Bool
}

/// The least and greatest value of a block. Numbers only when all its non-null values are of that
/// kind; `hashes` for the user column.
public enum ZoneMap: Hashable, Sendable {
  case unknown
  case ints(least: Int64, greatest: Int64)
  case doubles(least: Double, greatest: Double)
  case hashes(least: UInt64, greatest: UInt64)
}

/// One column of a segment.
public struct ColumnEntry: Sendable {
  public var path: String
  public var role: ColumnRole
  /// How many rows of the segment are of each `ValueKind`, by raw value.
  public var kindCounts: [UInt64]
  /// The segment-wide dictionary of its text values, if it has one, and its number of entries.
  public var dictionary: BlockReference?
  public var dictionaryCount: Int
  public var blocks: [BlockReference]
  public var zones: [ZoneMap]

  /// What messages call the column.
  var name: String { path.isEmpty ? "\(role)" : path }

  /// The kinds that occur.
  public var kinds: ValueKinds {
    var kinds: ValueKinds = []
    for kind in ValueKind.allCases where kindCounts[Int(kind.rawValue)] > 0 {
      kinds.insert(ValueKinds(kind))
    }
    return kinds
  }
}

/// The rows of one event in a segment.
public struct EventCount: Hashable, Sendable {
  public var name: String
  public var count: UInt64
  /// Rows per quarter hour of the day, only those with rows, ascending.
  public var quarters: [QuarterCount]
}

/// The rows of one event in one quarter hour of the segment's day.
public struct QuarterCount: Hashable, Sendable {
  public var quarter: UInt8
  public var count: UInt32
}

/// The metadata of one segment.
public struct SegmentFooter: Sendable {
  public var day: UTCDay
  public var rowCount: Int
  /// Rows whose user is null, absent or empty text.
  public var rowsWithoutUser: Int
  /// Distinct users, null and empty ones not counted.
  public var userCount: Int
  /// The first and the last time, inclusive, in nanoseconds.
  public var minTime: Int64
  public var maxTime: Int64
  /// Events by name ascending, in the order of the event column's dictionary; nil when there are
  /// more than `Limits.countedEventsMax`. Rows whose event is not text do not exist.
  public var events: [EventCount]?
  /// For each block, which events (indices of `events`) occur in it; empty without `events`.
  public var blockEvents: [[Bool]]
  public var columns: [ColumnEntry]
  /// The key filter of each block; empty when no row has an event id.
  public var keyFilters: [BlockReference] = []

  /// Rows in a block before the last.
  public var blockCount: Int { (rowCount + Limits.blockRowsMax - 1) / Limits.blockRowsMax }

  /// The rows of `block`.
  public func rows(inBlock block: Int) -> Int {
    min(Limits.blockRowsMax, rowCount - block * Limits.blockRowsMax)
  }

  /// The index of the column with `role` other than property.
  public func column(role: ColumnRole) -> Int? { columns.firstIndex { $0.role == role } }
}

/// What the catalogue keeps of a segment.
public struct SegmentSummary: Hashable, Sendable {
  public var day: UTCDay
  public var rowCount: UInt64
  public var rowsWithoutUser: UInt64
  public var userCount: UInt64
  public var minTime: Int64
  public var maxTime: Int64
  /// Length of the file and hash of its footer.
  public var fileBytes: UInt64
  public var footerHash: Hash128
  /// Rows by event name, ascending by name; nil when there are too many names.
  public var events: [SegmentSummary.Event]?
  /// The columns of properties and canonical fields with the kinds seen. Paths in the overflow
  /// column are left out: each segment may have many others.
  public var fields: [SegmentSummary.Field]

  public struct Event: Hashable, Sendable {
    public var name: String
    public var count: UInt64
    public init(name: String, count: UInt64) {
      self.name = name
      self.count = count
    }
  }

  public struct Field: Hashable, Sendable {
    public var path: String
    public var role: ColumnRole
    public var kinds: ValueKinds
    public init(path: String, role: ColumnRole, kinds: ValueKinds) {
      self.path = path
      self.role = role
      self.kinds = kinds
    }
  }

  public init(
    day: UTCDay, rowCount: UInt64, rowsWithoutUser: UInt64, userCount: UInt64, minTime: Int64,
    maxTime: Int64, fileBytes: UInt64, footerHash: Hash128, events: [SegmentSummary.Event]?,
    fields: [SegmentSummary.Field]
  ) {
    self.day = day
    self.rowCount = rowCount
    self.rowsWithoutUser = rowsWithoutUser
    self.userCount = userCount
    self.minTime = minTime
    self.maxTime = maxTime
    self.fileBytes = fileBytes
    self.footerHash = footerHash
    self.events = events
    self.fields = fields
  }
}
