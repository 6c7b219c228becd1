// What one stored value can be, and what a column is for.

/// The kind of one value. A column may hold every kind side by side; nothing is ever converted.
/// The raw values stand in segment files.
public enum ValueKind: UInt8, CaseIterable, Sendable {
  /// The row has no such key.
  case absent = 0
  /// JSON `null`.
  case null = 1
  case bool = 2
  /// An integer of 64 bits.
  case int = 3
  /// A number whose shortest text as Double means exactly what was written.
  case double = 4
  /// Any other number, as the text that was written.
  case decimal = 5
  case text = 6
  /// An array, an empty object or what lies below the flattened depth, as JSON text.
  case json = 7

  /// Whether values of this kind are kept as text.
  public var isTextual: Bool { rawValue >= ValueKind.decimal.rawValue }
  /// Whether values of this kind are kept as 64 bits.
  public var isNumeric: Bool { self == .bool || self == .int || self == .double }
}

/// A set of value kinds, one bit each.
public struct ValueKinds: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public init(_ kind: ValueKind) { rawValue = 1 << kind.rawValue }
  /// The kinds that are numbers.
  public static let numbers: ValueKinds = [.init(.int), .init(.double), .init(.decimal)]
}

/// What a column is for. The raw values stand in segment files.
public enum ColumnRole: UInt8, CaseIterable, Sendable {
  case property = 0
  case event = 1
  case user = 2
  case session = 3
  case eventID = 4
  /// Nanoseconds since 1970, never absent.
  case timestamp = 5
  /// Hidden: the ordinal of the row's input within its ingest run.
  case source = 6
  /// Hidden: a JSON object of the paths that had no room for a column of their own.
  case overflow = 7
  /// Hidden: the ingest run that brought the row, where a segment holds rows of several.
  case run = 8

  /// Whether the column is about where rows came from, which no query sees.
  public var tellsOrigin: Bool { self == .source || self == .run }

  /// Whether a segment has no such column if no row has a value in it.
  var isOptional: Bool {
    switch self {
    case .property, .session, .eventID, .overflow: true
    case .event, .user, .timestamp, .source, .run: false
    }
  }

  /// The name under which users see the column, nil for properties and hidden columns.
  public var canonicalName: String? {
    switch self {
    case .event: "event"
    case .user: "user_id"
    case .session: "session_id"
    case .eventID: "event_id"
    case .timestamp: "timestamp"
    case .property, .source, .overflow, .run: nil
    }
  }
}
