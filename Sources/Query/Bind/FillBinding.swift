// Binds WITH FILL: constants to count from, to and by.

import EvtCore

extension ExpressionBinding {
  /// Binds the WITH FILL of the key at `place` of the order, which is `part`.
  mutating func fill(
    _ syntax: FillSyntax, _ part: BoundPart, isDescending: Bool, at place: Int
  ) throws(QueryError) -> FillPlan {
    let isKnown = !part.families.isEmpty
    guard !isKnown || part.families == .number || part.families == .time else {
      throw source.problem(
        syntax.span, "WITH FILL is for numbers and times, not for \(part.families.description)")
    }
    let from = try syntax.from.map { node throws(QueryError) in try fillBound(node, part, "FROM") }
    let to = try syntax.to.map { node throws(QueryError) in try fillBound(node, part, "TO") }
    if let from, let to, let node = syntax.to {
      let order = ValueOrder.compare(from, to)
      guard order != (isDescending ? .below : .above) else {
        throw source.problem(node.span, "TO comes before FROM in the order")
      }
    }
    let isOfTimes = part.families == .time
    let step = try syntax.step.map { node throws(QueryError) in
      try fillStep(node, isDescending: isDescending, isOfTimes: isOfTimes)
    }
    return FillPlan(
      key: place, from: from, to: to, step: step ?? .number(.int(isDescending ? -1 : 1)))
  }

  private mutating func fillBound(
    _ node: SyntaxNode, _ key: BoundPart, _ word: String
  ) throws(QueryError) -> Value {
    guard let value = try bind(node).expression.constant, let family = value.family,
      family == .number || family == .time
    else {
      throw source.problem(
        node.span, "WITH FILL \(word) takes a constant number or time",
        hint: "write toDate('2026-01-01') for a date")
    }
    guard key.families.isEmpty || key.families == family else {
      throw source.problem(
        node.span,
        "WITH FILL \(word) is \(family.singular), but what is filled is \(key.families.singular)")
    }
    return value
  }

  private mutating func fillStep(
    _ node: SyntaxNode, isDescending: Bool, isOfTimes: Bool
  ) throws(QueryError) -> FillPlan.Step {
    var (amount, unit) = (node, IntervalUnit?.none)
    if case .interval(let count, let word) = node.kind { (amount, unit) = (count, word) }
    let value = try bind(amount).expression.constant ?? .null
    guard value.family == .number, let sign = ValueOrder.compare(value, .int(0)), sign != .equal,
      unit == nil && !isOfTimes || value.integer != nil
    else {
      throw source.problem(
        node.span, "WITH FILL STEP takes a constant number other than 0, or an INTERVAL")
    }
    guard (sign == .below) == isDescending else {
      throw source.problem(
        node.span,
        isDescending ? "in descending order STEP is below 0" : "in ascending order STEP is above 0")
    }
    guard let unit, let count = value.integer else { return .number(value) }
    guard let span = TimeSpan(count, unit) else {
      throw source.problem(node.span, "the INTERVAL is too long")
    }
    return .span(span)
  }
}
