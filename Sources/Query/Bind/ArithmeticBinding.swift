// Binds + - * / %, of numbers and of times.

import EvtCore

extension ExpressionBinding {
  mutating func bindNumber(
    _ node: SyntaxNode, _ operation: String
  ) throws(QueryError) -> BoundPart {
    let part = try bind(node)
    try checkNumber(part, node, operation)
    return part
  }

  private func checkNumber(
    _ part: BoundPart, _ node: SyntaxNode, _ operation: String
  ) throws(QueryError) {
    guard part.families.isEmpty || !part.families.isDisjoint(with: .condition) else {
      let hint = operation == "+" && part.families == .text ? "write concat(…) to join texts" : nil
      throw source.problem(
        node.span, "\(shown(part, node)), but \(operation) takes numbers", hint: hint)
    }
  }

  mutating func arithmetic(
    _ operation: ArithmeticOperator, _ left: SyntaxNode, _ right: SyntaxNode, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    if case .interval(let amount, let unit) = right.kind,
      operation == .add || operation == .subtract
    {
      return try add(amount, unit, to: left, isBackwards: operation == .subtract, node)
    }
    if case .interval(let amount, let unit) = left.kind, operation == .add {
      return try add(amount, unit, to: right, isBackwards: false, node)
    }
    let leftPart = try bind(left)
    let rightPart = try bind(right)
    if operation == .add || operation == .subtract,
      leftPart.families == .time || rightPart.families == .time
    {
      let name = operation == .add ? "timePlus" : "timeMinus"
      return try call(
        named: name, [leftPart, rightPart], [left, right], operation.rawValue, node.span)
    }
    try checkNumber(leftPart, left, operation.rawValue)
    try checkNumber(rightPart, right, operation.rawValue)
    // What a division by zero gives has no value.
    let divides = operation == .divide || operation == .modulo
    let divisor = rightPart.expression.constant
    let hasNoValue = divides && (divisor.map { ValueOrder.compare($0, .int(0)) == .equal } ?? true)
    return BoundPart(
      expression: .arithmetic(operation, leftPart.expression, rightPart.expression),
      families: .number,
      isNullable: hasNoValue || leftPart.isNullable || rightPart.isNullable)
  }

  /// A time and an INTERVAL. What is fixed is a span; all else is a call of addDays or its like.
  private mutating func add(
    _ amount: SyntaxNode, _ unit: IntervalUnit, to node: SyntaxNode, isBackwards: Bool,
    _ whole: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    let part = try bind(node)
    guard part.families.isEmpty || part.families.contains(.time) else {
      throw source.problem(
        node.span, "\(shown(part, node)), but INTERVAL is added to times",
        hint: "write toDate('2026-01-01') for a date")
    }
    let count = try bind(amount)
    guard case .int(let number) = count.expression.constant, part.zone == nil else {
      let word = unit.rawValue.prefix(1) + unit.rawValue.dropFirst().lowercased() + "s"
      return try call(
        named: (isBackwards ? "subtract" : "add") + word, [part, count], [node, amount],
        "INTERVAL", whole.span)
    }
    guard let span = TimeSpan(number, unit) else {
      throw source.problem(amount.span, "the INTERVAL is too long")
    }
    return BoundPart(
      expression: .addSpan(part.expression, isBackwards ? span.negated : span),
      families: .time, isNullable: part.isNullable)
  }
}

extension TimeSpan {
  /// The span of `count` units; nil when it is too long.
  init?(_ count: Int64, _ unit: IntervalUnit) {
    let (months, nanoseconds): (Int64, Int64) =
      switch unit {
      case .second: (0, 1_000_000_000)
      case .minute: (0, 60_000_000_000)
      case .hour: (0, 3_600_000_000_000)
      case .day: (0, UTCDay.nanoseconds)
      case .week: (0, 7 * UTCDay.nanoseconds)
      case .month: (1, 0)
      case .quarter: (3, 0)
      case .year: (12, 0)
      }
    let first = months.multipliedReportingOverflow(by: count)
    let second = nanoseconds.multipliedReportingOverflow(by: count)
    guard !first.overflow, !second.overflow, first.partialValue != .min,
      second.partialValue != .min
    else { return nil }
    self.init(months: first.partialValue, nanoseconds: second.partialValue)
  }
}
