// + - * / % and rounding. Integers and decimals are exact; with a double it is the double's
// arithmetic.

import EvtCore

enum Arithmetic {
  /// Applies an operator to two numbers; null when one is no number, or for what has no value.
  static func apply(_ operation: ArithmeticOperator, _ left: Value, _ right: Value) -> Value {
    switch (left, right) {
    case (.bool(let a), _): apply(operation, .int(a ? 1 : 0), right)
    case (_, .bool(let b)): apply(operation, left, .int(b ? 1 : 0))
    case (.int(let a), .int(let b)): integers(operation, a, b)
    case (.decimal(let a), .decimal(let b)): decimals(operation, a, b)
    case (.decimal(let a), .int(let b)): decimals(operation, a, ExactDecimal(b))
    case (.int(let a), .decimal(let b)): decimals(operation, ExactDecimal(a), b)
    default:
      if let a = double(left), let b = double(right) {
        doubles(operation, a, b)
      } else {
        .null
      }
    }
  }

  /// The nearest double of a number; nil for other values.
  static func double(_ value: Value) -> Double? {
    switch value {
    case .int(let value): Double(value)
    case .double(let value): value
    case .decimal(let value): value.nearestDouble
    case .bool(let truth): truth ? 1 : 0
    case .null, .text, .json, .time, .date, .array, .tuple: nil
    }
  }

  /// A double as a value: null when it is NaN.
  static func value(_ result: Double) -> Value { result.isNaN ? .null : .double(result) }

  /// Changes the sign.
  static func negate(_ value: Value) -> Value {
    switch value {
    case .int(let value):
      value == .min ? decimals(.subtract, ExactDecimal(0), ExactDecimal(value)) : .int(-value)
    case .double(let value): .double(-value)
    case .decimal(let value): decimals(.subtract, ExactDecimal(0), value)
    case .bool(let truth): .int(truth ? -1 : 0)
    case .null, .text, .json, .time, .date, .array, .tuple: .null
    }
  }

  /// The value without its sign.
  static func absolute(_ value: Value) -> Value {
    switch value {
    case .int(let number): number < 0 ? negate(value) : value
    case .double(let number): .double(number.magnitude)
    case .decimal(let number): number.isNegative ? negate(value) : value
    case .null, .bool, .text, .json, .time, .date, .array, .tuple: .null
    }
  }

  private static func integers(_ operation: ArithmeticOperator, _ a: Int64, _ b: Int64) -> Value {
    let (result, overflow): (Int64, Bool)
    switch operation {
    case .add: (result, overflow) = a.addingReportingOverflow(b)
    case .subtract: (result, overflow) = a.subtractingReportingOverflow(b)
    case .multiply: (result, overflow) = a.multipliedReportingOverflow(by: b)
    case .divide: return value(Double(a) / Double(b))
    case .modulo:
      if b == 0 { return .null }
      return .int(b == -1 ? 0 : a % b)
    }
    return overflow ? decimals(operation, ExactDecimal(a), ExactDecimal(b)) : .int(result)
  }

  private static func doubles(_ operation: ArithmeticOperator, _ a: Double, _ b: Double) -> Value {
    switch operation {
    case .add: value(a + b)
    case .subtract: value(a - b)
    case .multiply: value(a * b)
    case .divide: value(a / b)
    case .modulo: value(a.truncatingRemainder(dividingBy: b))
    }
  }

  /// Digits up to which decimals are computed exactly; longer ones continue as doubles.
  private static let exactDigitsMax = 1_000

  private static func decimals(
    _ operation: ArithmeticOperator, _ a: ExactDecimal, _ b: ExactDecimal
  ) -> Value {
    if operation == .modulo, let left = Int128(exactly: a), let right = Int128(exactly: b) {
      if right == 0 { return .null }
      return number(ExactDecimal(BigInteger(right == -1 ? 0 : left % right), scale: 0))
    }
    let low = min(a.exponent, b.exponent, 0)
    let high = max(a.magnitude, b.magnitude, 0)
    guard operation != .divide, operation != .modulo, high - low <= exactDigitsMax else {
      return doubles(operation, a.nearestDouble, b.nearestDouble)
    }
    let (left, right) = (a.unscaled(scale: -low), b.unscaled(scale: -low))
    let result =
      switch operation {
      case .add: ExactDecimal(left + right, scale: -low)
      case .subtract: ExactDecimal(left - right, scale: -low)
      case .multiply, .divide, .modulo: ExactDecimal(left * right, scale: -2 * low)
      }
    return number(result)
  }

  /// The plainest value that shows `decimal` exactly.
  static func number(_ decimal: ExactDecimal) -> Value {
    if let integer = decimal.int64 { return .int(integer) }
    let nearest = decimal.nearestDouble
    return ExactDecimal(nearest) == decimal ? .double(nearest) : .decimal(decimal)
  }
}

extension Arithmetic {
  /// Which way `round` and its relatives go.
  enum Rounding: Sendable { case nearest, down, up }

  /// Digits behind the point beyond which rounding changes nothing.
  private static let roundingDigitsMax: Int64 = 300

  /// Rounds to `digits` behind the point (before it when negative). Doubles round half to even and
  /// integers half away from zero, as ClickHouse does.
  static func round(_ value: Value, _ digits: Int64, _ rounding: Rounding) -> Value {
    switch value {
    case .int(let number):
      return digits >= 0 ? value : round(ExactDecimal(number), digits, rounding)
    case .double(let number):
      return self.value(round(number, digits, rounding))
    case .decimal(let number):
      return round(number, digits, rounding)
    case .null, .bool, .text, .json, .time, .date, .array, .tuple:
      return .null
    }
  }

  private static func round(_ value: Double, _ digits: Int64, _ rounding: Rounding) -> Double {
    guard value.isFinite else { return value }
    let rule: FloatingPointRoundingRule =
      switch rounding {
      case .nearest: .toNearestOrEven
      case .down: .down
      case .up: .up
      }
    if digits == 0 { return value.rounded(rule) }
    let places = Int(max(-roundingDigitsMax, min(roundingDigitsMax, digits)))
    let scale = Double("1e\(abs(places))") ?? 1
    let scaled = places > 0 ? value * scale : value / scale
    guard scaled.isFinite else { return value }
    return places > 0 ? scaled.rounded(rule) / scale : scaled.rounded(rule) * scale
  }

  private static func round(
    _ value: ExactDecimal, _ digits: Int64, _ rounding: Rounding
  ) -> Value {
    let places = Int(max(-roundingDigitsMax, min(roundingDigitsMax, digits)))
    if -value.exponent <= places { return number(value) }
    // The digits that stay; what is cut off is not zero.
    let kept = value.magnitude + places
    let cutAway = kept < 0 ? 0 : Int(value.digits.count > kept ? value.digits[kept] : 0)
    let awayFromZero =
      switch rounding {
      case .nearest: kept >= 0 && cutAway >= 5
      case .down: value.isNegative
      case .up: !value.isNegative
      }
    var units = BigInteger(
      isNegative: value.isNegative, decimalDigits: value.digits.prefix(max(kept, 0)))
    if awayFromZero { units = units + BigInteger(value.isNegative ? -1 : 1) }
    if places >= 0 { return number(ExactDecimal(units, scale: places)) }
    return number(ExactDecimal(units * .powerOfTen(-places), scale: 0))
  }
}

extension Int128 {
  /// The integer that `decimal` is; nil when it is none, or has more than 38 digits.
  fileprivate init?(exactly decimal: ExactDecimal) {
    guard decimal.isInteger, decimal.magnitude <= 38 else { return nil }
    self.init(decimal.text)
  }
}
