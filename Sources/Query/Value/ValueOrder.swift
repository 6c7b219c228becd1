// Which of two values is less. Nothing is converted: values of different families have no order.

import EvtCore

/// How two values stand to each other.
enum Order: Int, Sendable {
  case below = -1
  case equal = 0
  case above = 1

  init(_ isBelow: Bool, _ isEqual: Bool) { self = isEqual ? .equal : isBelow ? .below : .above }

  /// Whether `operator` holds between values so ordered.
  func satisfies(_ comparison: ComparisonOperator) -> Bool {
    switch comparison {
    case .equal: self == .equal
    case .notEqual: self != .equal
    case .less: self == .below
    case .lessOrEqual: self != .above
    case .greater: self == .above
    case .greaterOrEqual: self != .below
    }
  }

  var reversed: Order { Order(rawValue: -rawValue) ?? .equal }
}

enum ValueOrder {
  /// Compares two values; nil when one is null or they are of different families.
  static func compare(_ left: Value, _ right: Value) -> Order? {
    switch (left, right) {
    case (.int(let a), .int(let b)): order(a, b)
    case (.double(let a), .double(let b)): order(a, b)
    case (.int(let a), .double(let b)): compare(a, b)
    case (.double(let a), .int(let b)): compare(b, a).reversed
    case (.decimal(let a), .decimal(let b)): order(a, b)
    case (.decimal(let a), .int(let b)): order(a, ExactDecimal(b))
    case (.int(let a), .decimal(let b)): order(ExactDecimal(a), b)
    case (.decimal(let a), .double(let b)): compare(a, b)
    case (.double(let a), .decimal(let b)): compare(b, a).reversed
    case (.text(let a), .text(let b)), (.json(let a), .json(let b)): compareBytes(a, b)
    case (.array(let a), .array(let b)), (.tuple(let a), .tuple(let b)): compareItems(a, b)
    case (.bool(let a), .bool(let b)): order(a ? 1 : 0, b ? 1 : 0)
    case (.time(let a), .time(let b)): order(a, b)
    case (.date(let a), .date(let b)): order(a, b)
    case (.time(let a), .date(let b)): order(a, UTCDay(number: b).start)
    case (.date(let a), .time(let b)): order(UTCDay(number: a).start, b)
    default: nil
    }
  }

  /// Compares item by item, then by length; nulls among them come last.
  private static func compareItems(_ left: [Value], _ right: [Value]) -> Order {
    for (a, b) in zip(left, right) {
      let order = total(a, b)
      if order != .equal { return order }
    }
    return order(left.count, right.count)
  }

  private static func order<T: Comparable>(_ left: T, _ right: T) -> Order {
    Order(left < right, left == right)
  }

  /// 2^53: integers up to here are doubles exactly.
  private static let exactMax: Double = 9_007_199_254_740_992

  /// Compares without rounding. A double is the number that its shortest text shows, which differs
  /// from its binary value only beyond 2^53.
  static func compare(_ left: Int64, _ right: Double) -> Order {
    if right.magnitude <= exactMax {
      if left.magnitude <= UInt64(exactMax) { return order(Double(left), right) }
      return left < 0 ? .below : .above
    }
    if right.magnitude > 1e19 { return right > 0 ? .below : .above }
    guard let shown = ExactDecimal(right) else { return .below }
    return order(ExactDecimal(left), shown)
  }

  /// Compares a decimal with a double, which may be infinite.
  static func compare(_ left: ExactDecimal, _ right: Double) -> Order {
    guard let shown = ExactDecimal(right) else { return right > 0 ? .below : .above }
    return order(left, shown)
  }

  /// Compares by bytes, the order of UTF-8 text and of ClickHouse's String.
  static func compareBytes(_ left: [UInt8], _ right: [UInt8]) -> Order {
    left.withUnsafeBytes { left in right.withUnsafeBytes { compareBytes(left, $0) } }
  }

  /// Compares by bytes.
  static func compareBytes(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Order {
    let shared = min(left.count, right.count)
    var index = 0
    while index < shared, left[index] == right[index] { index += 1 }
    if index < shared { return left[index] < right[index] ? .below : .above }
    return order(left.count, right.count)
  }
}

extension ValueOrder {
  /// Orders any two values: by family first, null last.
  static func total(_ left: Value, _ right: Value) -> Order {
    func rank(_ value: Value) -> Int { value.family.map { Int($0.rawValue) } ?? 255 }
    if let order = compare(left, right) { return order }
    return Order(rank(left) < rank(right), rank(left) == rank(right))
  }
}
