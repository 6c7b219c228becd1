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

  /// Whether integers are nanoseconds since 1970.
  var isTime: Bool { self != .plain }
}

extension FieldType {
  /// The value that an integer of the column stands for.
  @inline(__always)
  func value(_ integer: Int64) -> Value {
    switch self {
    case .plain: .int(integer)
    case .instant: .time(integer)
    case .date: .date(UTCDay(containing: integer).number)
    }
  }
}
