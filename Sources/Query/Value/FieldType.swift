// What the integers of a column mean.

import EvtCore

/// Columns hold plain integers; those of some fields stand for times.
public enum FieldType: Hashable, Sendable {
  /// Values are what they are.
  case plain
  /// Integers are nanoseconds since 1970.
  case instant
  /// Integers are the nanoseconds at which a day begins, and stand for that date.
  case date
  /// JSON values are arrays and tuples in the form of `ValueCoding`.
  case nested

  /// Whether integers are nanoseconds since 1970.
  var isTime: Bool { self == .instant || self == .date }
}

extension FieldType {
  /// What the integers and JSON values of a column with `value` mean; nil for null.
  init?(of value: Value) {
    switch value {
    case .time: self = .instant
    case .array, .tuple: self = .nested
    case .date: self = .date
    case .null: return nil
    case .bool, .int, .double, .decimal, .text, .json: self = .plain
    }
  }

  /// The value that an integer of the column stands for.
  @inline(__always)
  func value(_ integer: Int64) -> Value {
    switch self {
    case .plain, .nested: .int(integer)
    case .instant: .time(integer)
    case .date: .date(UTCDay(containing: integer).number)
    }
  }
}
