// Binds calls of aggregates.

import EvtCore

extension ExpressionBinding {
  /// Binds an aggregate over groups.
  mutating func bind(
    _ call: CallSyntax, _ name: AggregateName, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    let (aggregate, families) = try overRows { binding throws(QueryError) in
      try binding.aggregate(call, name, node)
    }
    guard var groups = grouping else {
      preconditionFailure("BUG: an aggregate without groups")
    }
    let place = groups.place(of: aggregate)
    grouping = groups
    return BoundPart(
      expression: .field(place), families: families, isNullable: aggregate.isNullable)
  }

  private mutating func aggregate(
    _ call: CallSyntax, _ name: AggregateName, _ node: SyntaxNode
  ) throws(QueryError) -> (GroupAggregate, ValueFamilies) {
    var arguments = call.arguments
    var condition: BoundExpression?
    if name.hasCondition {
      guard let last = arguments.popLast() else {
        throw source.problem(call.nameSpan, "\(call.name) takes a condition as its last argument")
      }
      condition = try bindCondition(last)
    }
    var aggregate = GroupAggregate(
      function: .count, condition: condition, text: source.slice(node.span))
    if name.base == .windowFunnel {
      return (try windowFunnel(call, arguments, aggregate), .number)
    }
    try checkShape(call, name, arguments)
    let part = try arguments.first.map { argument throws(QueryError) in try bind(argument) }
    if let part, let argument = arguments.first { try check(part, argument, call, name) }
    aggregate.argument = part?.expression
    aggregate.function = try function(call, name)
    var families = ValueFamilies.number
    switch name.base {
    case .count:
      // Values that are never null need no look.
      if part?.isNullable == false, !call.isDistinct { aggregate.argument = nil }
    case .sum: aggregate.sumsToNull = part?.isNullable ?? true
    case .min, .max: families = part?.families ?? []
    default: break
    }
    return (aggregate, families)
  }

  private func checkShape(
    _ call: CallSyntax, _ name: AggregateName, _ arguments: [SyntaxNode]
  ) throws(QueryError) {
    let least = name.base == .count && !call.isDistinct ? 0 : 1
    guard (least...1).contains(arguments.count) else {
      let wanted = least == 0 ? "at most one argument" : "one argument"
      throw source.problem(
        call.nameSpan,
        "\(call.name) takes \(wanted)\(name.hasCondition ? " and a condition" : "")"
          + ", not \(arguments.count)")
    }
    guard !call.isDistinct || name.base == .count else {
      throw source.problem(
        call.nameSpan, "\(call.name) takes no DISTINCT", hint: "write uniqExact(…)")
    }
    guard call.parameters == nil || name.quantileMethod != nil else {
      throw source.problem(call.nameSpan, "\(call.name) takes no parameters")
    }
  }

  private func check(
    _ part: BoundPart, _ argument: SyntaxNode, _ call: CallSyntax, _ name: AggregateName
  ) throws(QueryError) {
    guard name.takesNumbers, !part.families.isEmpty, !part.families.contains(.number) else {
      return
    }
    throw source.problem(
      argument.span, "\(shown(part, argument)), but \(call.name) takes numbers",
      hint: part.families == .bool ? "write countIf(\(source.slice(argument.span)))" : nil)
  }

  private func function(
    _ call: CallSyntax, _ name: AggregateName
  ) throws(QueryError) -> BoundAggregate.Function {
    if let method = name.quantileMethod {
      return .quantile(Quantile(method: method, level: try level(call)))
    }
    switch name.base {
    case .count: return call.isDistinct ? .distinct(.value) : .count
    case .uniq, .uniqExact: return .distinct(.value)
    case .sum: return .sum
    case .avg: return .average
    case .min: return .extreme(isMax: false)
    default: return .extreme(isMax: true)
    }
  }

  private func level(_ call: CallSyntax) throws(QueryError) -> Double {
    guard let parameters = call.parameters else { return 0.5 }
    guard parameters.count == 1, case .number(let text) = parameters[0].kind,
      let level = Double(text), (0...1).contains(level)
    else {
      throw source.problem(
        call.nameSpan, "\(call.name) takes one level from 0 to 1",
        hint: "write \(call.name)(0.95)(price)")
    }
    return level
  }

  /// `windowFunnel(seconds)(timestamp, condition, condition, …)`.
  private mutating func windowFunnel(
    _ call: CallSyntax, _ arguments: [SyntaxNode], _ aggregate: GroupAggregate
  ) throws(QueryError) -> GroupAggregate {
    let example = "write windowFunnel(1800)(timestamp, event = 'a', event = 'b')"
    guard let parameters = call.parameters, let first = parameters.first,
      case .number(let text) = first.kind, let window = Int64(text), window >= 0
    else {
      throw source.problem(
        call.nameSpan, "windowFunnel takes its window, a whole number, before the arguments",
        hint: example)
    }
    if parameters.count > 1 {
      throw source.problem(
        parameters[1].span, "the modes of windowFunnel are not supported",
        hint: "evt funnel counts no event twice (strict_once)")
    }
    guard (2...(StepEvent.stepsMax + 1)).contains(arguments.count) else {
      throw source.problem(
        call.nameSpan,
        "windowFunnel takes a time and 1 to \(StepEvent.stepsMax) conditions", hint: example)
    }
    let time = try bind(arguments[0])
    guard !time.families.isDisjoint(with: [.time, .number]) else {
      throw source.problem(
        arguments[0].span, "\(shown(time, arguments[0])), but windowFunnel takes a time",
        hint: example)
    }
    // Of times the window is in seconds; of numbers in whatever they count.
    let unit: Int64 = time.families == .time ? 1_000_000_000 : 1
    let (units, overflow) = window.multipliedReportingOverflow(by: unit)
    var aggregate = aggregate
    aggregate.argument = time.expression
    aggregate.function = .windowFunnel(window: overflow ? .max : units)
    for step in arguments.dropFirst() { aggregate.steps.append(try bindCondition(step)) }
    return aggregate
  }
}

extension GroupAggregate {
  /// Whether it can be null for a group.
  var isNullable: Bool {
    switch function {
    case .count, .distinct, .windowFunnel: false
    case .sum: sumsToNull
    case .average, .extreme, .quantile: true
    }
  }
}
