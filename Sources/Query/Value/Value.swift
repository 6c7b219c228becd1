// One value while an expression is evaluated row by row.

import EvtCore

/// A value of any kind. Doubles are never NaN: what has no value is null.
enum Value: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case decimal(ExactDecimal)
  /// UTF-8, though functions such as `substring` may have cut it anywhere.
  case text([UInt8])
  /// An array or object as JSON text.
  case json([UInt8])
  /// Nanoseconds since 1970.
  case time(Int64)
  /// Days since 1970.
  case date(Int32)
  case array([Value])
  case tuple([Value])

  var isNull: Bool { self == .null }

  /// The text `string`.
  static func text(_ string: String) -> Value { .text(Array(string.utf8)) }

  /// The class of values it can be compared with; nil for null.
  var family: ValueFamilies? {
    switch self {
    case .null: nil
    case .bool: .bool
    case .int, .double, .decimal: .number
    case .text: .text
    case .json: .json
    case .time, .date: .time
    case .array: .array
    case .tuple: .tuple
    }
  }

  /// A condition's outcome: null unless it is a truth value.
  var truth: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }
}

/// Classes of values that can be compared with each other, as a set.
struct ValueFamilies: OptionSet, Hashable, Sendable {
  let rawValue: UInt8
  static let bool = ValueFamilies(rawValue: 1)
  static let number = ValueFamilies(rawValue: 2)
  static let text = ValueFamilies(rawValue: 4)
  static let json = ValueFamilies(rawValue: 8)
  static let time = ValueFamilies(rawValue: 16)
  static let array = ValueFamilies(rawValue: 32)
  static let tuple = ValueFamilies(rawValue: 64)
  static let any: ValueFamilies = [.bool, .number, .text, .json, .time, .array, .tuple]

  /// One value of the set in words: "a number".
  var singular: String {
    switch self {
    case .bool: "true or false"
    case .number: "a number"
    case .text: "text"
    case .json: "an array or object"
    case .time: "a time"
    case .array: "an array"
    case .tuple: "a tuple"
    default: description
    }
  }

  /// The set in words: "numbers or text".
  var description: String {
    let names: [(ValueFamilies, String)] = [
      (.bool, "true or false"), (.number, "numbers"), (.text, "text"),
      (.json, "arrays or objects"), (.time, "times"), (.array, "arrays"), (.tuple, "tuples"),
    ]
    let held = names.filter { contains($0.0) }.map(\.1)
    return held.isEmpty ? "nothing" : held.joined(separator: " or ")
  }
}

extension Value {
  /// The value as an answer shows it; infinite numbers are null.
  var result: ResultValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .double(let value): value.isFinite ? .double(value) : .null
    case .decimal(let value): .decimal(value.text)
    case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    case .json(let bytes): .json(String(decoding: bytes, as: UTF8.self))
    case .time(let time): .time(time)
    case .date(let day): .text(UTCDay(number: day).description)
    case .array, .tuple: .json(String(decoding: ValueText.json(self), as: UTF8.self))
    }
  }
}
