// The functions of one row: what they are called and what they take.

/// A function of the ClickHouse dialect that maps values to a value.
enum ScalarFunction: String, CaseIterable, Sendable {
  case lower, upper, length, empty, notEmpty, startsWith, endsWith, position, concat, substring
  case `if`, coalesce, ifNull, nullIf
  case abs, round, floor, ceil
  case toDate, toStartOfMinute, toStartOfFiveMinutes, toStartOfTenMinutes
  case toStartOfFifteenMinutes, toStartOfHour, toStartOfDay, toStartOfWeek, toMonday
  case toStartOfMonth, toStartOfQuarter, toStartOfYear
  case toMinute, toHour, toDayOfWeek, toDayOfMonth, toMonth, toYear, toDateTime
  case jsonExtractString = "JSONExtractString"
  case jsonExtractInt = "JSONExtractInt"
  case jsonExtractFloat = "JSONExtractFloat"
  case jsonExtractBool = "JSONExtractBool"

  /// Whether its arguments are an object and keys, which binding makes one path.
  var extractsJSON: Bool {
    switch self {
    case .jsonExtractString, .jsonExtractInt, .jsonExtractFloat, .jsonExtractBool: true
    default: false
    }
  }

  /// Finds the function of a name as typed. Those that standard SQL knows are written in any case.
  init?(name: String) {
    if let function = Self(rawValue: name) {
      self = function
      return
    }
    let lowered = name.lowercased()
    guard let function = Self.byLoweredName[lowered] else { return nil }
    self = function
  }

  private static let byLoweredName: [String: ScalarFunction] = [
    "lower": .lower, "lcase": .lower, "upper": .upper, "ucase": .upper, "length": .length,
    "position": .position, "concat": .concat, "substring": .substring, "substr": .substring,
    "mid": .substring, "if": .if, "coalesce": .coalesce, "ifnull": .ifNull, "nullif": .nullIf,
    "abs": .abs, "round": .round, "floor": .floor, "ceil": .ceil, "ceiling": .ceil,
  ]

  /// How many arguments it takes.
  var arity: ClosedRange<Int> {
    switch self {
    case .lower, .upper, .length, .empty, .notEmpty, .abs, .toDate, .toStartOfMinute,
      .toStartOfFiveMinutes, .toStartOfTenMinutes, .toStartOfFifteenMinutes, .toStartOfHour,
      .toStartOfDay, .toMonday, .toStartOfMonth, .toStartOfQuarter, .toStartOfYear, .toMinute,
      .toHour, .toDayOfWeek, .toDayOfMonth, .toMonth, .toYear, .toDateTime, .jsonExtractString,
      .jsonExtractInt, .jsonExtractFloat, .jsonExtractBool:
      1...1
    case .startsWith, .endsWith, .position, .ifNull, .nullIf: 2...2
    case .round, .floor, .ceil, .toStartOfWeek: 1...2
    case .substring: 2...3
    case .if: 3...3
    case .concat, .coalesce: 1...64
    }
  }

  /// What argument `index` must be.
  func parameter(_ index: Int) -> ValueFamilies {
    switch self {
    case .lower, .upper, .length, .empty, .notEmpty, .startsWith, .endsWith, .position: .text
    case .substring: index == 0 ? .text : .number
    case .concat: [.text, .number, .bool]
    case .if: index == 0 ? .bool : .any
    case .coalesce, .ifNull, .nullIf: .any
    case .abs, .round, .floor, .ceil: .number
    case .toDate, .toDateTime: [.time, .text]
    case .jsonExtractString, .jsonExtractInt, .jsonExtractFloat, .jsonExtractBool: .any
    case .toStartOfWeek: index == 0 ? .time : .number
    case .toStartOfMinute, .toStartOfFiveMinutes, .toStartOfTenMinutes,
      .toStartOfFifteenMinutes, .toStartOfHour, .toStartOfDay, .toMonday, .toStartOfMonth,
      .toStartOfQuarter, .toStartOfYear, .toMinute, .toHour, .toDayOfWeek, .toDayOfMonth,
      .toMonth, .toYear:
      .time
    }
  }

  /// What it returns for arguments of these families.
  func result(_ arguments: [ValueFamilies]) -> ValueFamilies {
    switch self {
    case .lower, .upper, .concat, .substring, .jsonExtractString: .text
    case .empty, .notEmpty, .startsWith, .endsWith, .jsonExtractBool: .bool
    case .jsonExtractInt, .jsonExtractFloat: .number
    case .length, .position, .abs, .round, .floor, .ceil, .toMinute, .toHour, .toDayOfWeek,
      .toDayOfMonth, .toMonth, .toYear:
      .number
    case .if: arguments.dropFirst().reduce(into: []) { $0.formUnion($1) }
    case .coalesce, .ifNull: arguments.reduce(into: []) { $0.formUnion($1) }
    case .nullIf: arguments[0]
    case .toDate, .toDateTime, .toStartOfMinute, .toStartOfFiveMinutes, .toStartOfTenMinutes,
      .toStartOfFifteenMinutes, .toStartOfHour, .toStartOfDay, .toStartOfWeek, .toMonday,
      .toStartOfMonth, .toStartOfQuarter, .toStartOfYear:
      .time
    }
  }

  /// Whether it can return null for arguments that can or cannot be null.
  func isNullable(_ arguments: [Bool]) -> Bool {
    switch self {
    case .if: arguments[1] || arguments[2]
    case .coalesce, .ifNull: arguments.allSatisfy { $0 }
    case .nullIf: true
    default: arguments.contains(true)
    }
  }

  /// Applies it to as many arguments as `arity` allows. Null in gives null out, but for the
  /// functions that are about null; so does an argument of another family.
  func apply(_ arguments: [Value]) -> Value {
    switch self {
    case .if: return arguments[0].truth == true ? arguments[1] : arguments[2]
    case .coalesce, .ifNull: return arguments.first { !$0.isNull } ?? .null
    case .nullIf:
      let isEqual = ValueOrder.compare(arguments[0], arguments[1]) == .equal
      return isEqual ? .null : arguments[0]
    case .concat: return TextFunctions.concat(arguments)
    case .jsonExtractString, .jsonExtractInt, .jsonExtractFloat, .jsonExtractBool:
      return JSONFunctions.apply(self, arguments[0])
    case .lower, .upper, .length, .empty, .notEmpty, .startsWith, .endsWith, .position,
      .substring:
      return applyToText(arguments)
    case .abs: return Arithmetic.absolute(arguments[0])
    case .round, .floor, .ceil: return applyRounding(arguments)
    default: return TimeFunctions.apply(self, arguments)
    }
  }

  private func applyToText(_ arguments: [Value]) -> Value {
    guard case .text(let text) = arguments[0] else { return .null }
    switch self {
    case .lower: return .text(TextFunctions.mapASCII(text, 0x41...0x5A))
    case .upper: return .text(TextFunctions.mapASCII(text, 0x61...0x7A))
    case .length: return .int(Int64(text.count))
    case .empty: return .bool(text.isEmpty)
    case .notEmpty: return .bool(!text.isEmpty)
    case .substring: return TextFunctions.substring(text, Array(arguments.dropFirst()))
    default: break
    }
    guard case .text(let other) = arguments[1] else { return .null }
    switch self {
    case .startsWith: return .bool(text.starts(with: other))
    case .endsWith: return .bool(text.suffix(other.count).elementsEqual(other))
    default: return .int(TextFunctions.position(of: other, in: text))
    }
  }

  private func applyRounding(_ arguments: [Value]) -> Value {
    var digits: Int64 = 0
    if arguments.count > 1 {
      guard case .int(let given) = arguments[1] else { return .null }
      digits = given
    }
    let rounding: Arithmetic.Rounding = self == .round ? .nearest : self == .floor ? .down : .up
    return Arithmetic.round(arguments[0], digits, rounding)
  }
}
