// Comparisons of numbers with constants, made so that a row costs one or two machine comparisons.

import EvtCore

/// What a condition comes to: the values stand in tables of one byte an entry, 0 for not yet known.
enum Outcome: UInt8, Sendable {
  case no = 1
  case yes = 2
  case null = 3

  init(_ value: Value) { self = value.truth.map { $0 ? .yes : .no } ?? .null }
}

/// A test of numbers of one type.
enum NumberTest<Number: Comparable & Sendable>: Sendable {
  case always(Outcome)
  /// True inside of both ends, else false; the other way round when inverted.
  case interval(Number, Number, isInverted: Bool)
  /// To be evaluated value by value.
  case general

  /// Whether a number in `least`...`greatest` may come to `outcome`.
  func mayBe(_ outcome: Outcome, least: Number, greatest: Number) -> Bool {
    switch self {
    case .always(let always): always == outcome
    case .general: true
    case .interval(let low, let high, let isInverted):
      switch outcome {
      case .null: false
      case .yes, .no:
        (outcome == .yes) != isInverted
          ? least <= high && greatest >= low : least < low || greatest > high
      }
    }
  }
}

/// The greatest number of a type that is not above a constant.
struct NumberFloor<Number: Comparable & Sendable>: Sendable {
  /// Nil when all numbers of the type are above the constant.
  var floor: Number?
  /// Whether `floor` is the constant itself.
  var isExact: Bool
}

extension NumberFloor<Int64> {
  /// The floor of a number or an instant among the integers; nil for other values.
  init?(_ constant: Value) {
    switch constant {
    case .int(let value), .time(let value): self.init(floor: value, isExact: true)
    case .date(let day): self.init(floor: UTCDay(number: day).start, isExact: true)
    case .decimal(let value): self.init(value)
    case .double(let value):
      if let exact = ExactDecimal(value) {
        self.init(exact)
      } else {
        self.init(floor: value > 0 ? .max : nil, isExact: false)
      }
    case .null, .bool, .text, .json, .array, .tuple: return nil
    }
  }

  private init(_ value: ExactDecimal) {
    if let integer = value.int64 {
      self.init(floor: integer, isExact: true)
      return
    }
    guard value.magnitude <= 19 else {
      self.init(floor: value.isNegative ? nil : .max, isExact: false)
      return
    }
    var whole = BigInteger(
      isNegative: value.isNegative, decimalDigits: value.digits.prefix(max(0, value.magnitude)))
    if value.exponent > 0 { whole = whole * .powerOfTen(value.exponent) }
    if value.isNegative, !value.isInteger { whole = whole - BigInteger(1) }
    self.init(floor: whole.int64 ?? (value.isNegative ? nil : .max), isExact: false)
  }
}

extension NumberFloor<Double> {
  /// The floor of a number among the doubles; nil for other values.
  init?(_ constant: Value) {
    switch constant {
    case .double(let value):
      self.init(floor: value, isExact: true)
    case .int, .decimal:
      guard var nearest = Arithmetic.double(constant) else { return nil }
      if nearest == .infinity { nearest = .greatestFiniteMagnitude }
      while ValueOrder.compare(.double(nearest), constant) == .above { nearest = nearest.nextDown }
      while nearest.nextUp.isFinite,
        ValueOrder.compare(.double(nearest.nextUp), constant) != .above
      {
        nearest = nearest.nextUp
      }
      let isExact = ValueOrder.compare(.double(nearest), constant) == .equal
      self.init(floor: nearest, isExact: isExact)
    case .null, .bool, .text, .json, .time, .date, .array, .tuple: return nil
    }
  }
}

extension NumberTest<Int64> {
  /// The test `x comparison constant`.
  init(_ comparison: ComparisonOperator, _ bound: NumberFloor<Int64>) {
    guard let floor = bound.floor else {
      let isAbove = comparison == .greater || comparison == .greaterOrEqual
      self = .always(isAbove || comparison == .notEqual ? .yes : .no)
      return
    }
    let isExact = bound.isExact
    switch comparison {
    case .equal, .notEqual:
      let isInverted = comparison == .notEqual
      self =
        isExact
        ? .interval(floor, floor, isInverted: isInverted) : .always(isInverted ? .yes : .no)
    case .less where isExact:
      self = floor == .min ? .always(.no) : .interval(.min, floor - 1, isInverted: false)
    case .less, .lessOrEqual:
      self = .interval(.min, floor, isInverted: false)
    case .greaterOrEqual where isExact:
      self = .interval(floor, .max, isInverted: false)
    case .greater, .greaterOrEqual:
      self = floor == .max ? .always(.no) : .interval(floor + 1, .max, isInverted: false)
    }
  }
}

extension NumberTest<Double> {
  /// The test `x comparison constant`.
  init(_ comparison: ComparisonOperator, _ bound: NumberFloor<Double>) {
    let floor = bound.floor ?? -.infinity
    let isExact = bound.isExact
    switch comparison {
    case .equal, .notEqual:
      let isInverted = comparison == .notEqual
      self =
        isExact
        ? .interval(floor, floor, isInverted: isInverted) : .always(isInverted ? .yes : .no)
    case .less where isExact:
      self =
        floor == -.infinity
        ? .always(.no) : .interval(-.infinity, floor.nextDown, isInverted: false)
    case .less, .lessOrEqual:
      self = .interval(-.infinity, floor, isInverted: false)
    case .greaterOrEqual where isExact:
      self = .interval(floor, .infinity, isInverted: false)
    case .greater, .greaterOrEqual:
      self =
        floor == .infinity
        ? .always(.no) : .interval(floor.nextUp, .infinity, isInverted: false)
    }
  }
}
