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
    var bound = try boundArguments(call, name, arguments)
    if name.takesNumbers, bound.first?.families == .bool, !name.combinators.contains(.array) {
      bound[0] = bound[0].asNumber
    }
    var aggregate = GroupAggregate(
      function: .count, condition: condition, text: source.slice(node.span))
    if name.base == .windowFunnel, call.parameters?.count == 1, !hasOthers(name, call) {
      let time = try funnelTime(call, arguments, bound)
      aggregate.argument = bound[0].expression
      aggregate.steps = bound.dropFirst().map(\.expression)
      aggregate.function = .windowFunnel(window: time)
      return (aggregate, .number)
    }
    let isOfOne = arguments.count <= 1 && !hasOthers(name, call)
    if isOfOne, let function = try simpleFunction(call, name) {
      aggregate.argument = bound.first?.expression
      aggregate.function = function
      // Values that are never null need no look.
      if function == .count, bound.first?.isNullable == false { aggregate.argument = nil }
      if name.base == .sum { aggregate.sumsToNull = bound[0].isNullable }
      let keepsFamily = name.base == .min || name.base == .max
      return (aggregate, keepsFamily ? bound[0].families : .number)
    }
    let function = try accumulator(call, name, arguments, bound)
    aggregate.arguments = bound.map(\.expression)
    if bound.isEmpty { aggregate.arguments = [.constant(.bool(true))] }
    aggregate.function = .accumulator(function)
    return (aggregate, families(name, bound))
  }

  /// Whether more than a condition stands around the aggregate.
  private func hasOthers(_ name: AggregateName, _ call: CallSyntax) -> Bool {
    name.combinators.contains { $0 != .if } || call.isDistinct && !Self.countsDistinct(name)
  }

  /// Whether DISTINCT within it, or nothing, makes it count different values.
  private static func countsDistinct(_ name: AggregateName) -> Bool {
    switch name.base {
    case .count, .uniq, .uniqExact, .uniqCombined, .uniqCombined64, .uniqHLL12, .uniqTheta: true
    default: false
    }
  }

  // MARK: - Arguments

  /// Binds the arguments, conditions among them, and checks what they are.
  mutating func boundArguments(
    _ call: CallSyntax, _ name: AggregateName, _ arguments: [SyntaxNode]
  ) throws(QueryError) -> [BoundPart] {
    try checkCount(call, name, arguments)
    var parts: [BoundPart] = []
    for (index, argument) in arguments.enumerated() {
      if name.takesCondition(at: index) {
        parts.append(BoundPart(expression: try bindCondition(argument), families: .bool))
        continue
      }
      let part = try bind(argument)
      try check(part, argument, call, name)
      parts.append(part)
    }
    return parts
  }

  private func checkCount(
    _ call: CallSyntax, _ name: AggregateName, _ arguments: [SyntaxNode]
  ) throws(QueryError) {
    var wanted = name.arity
    if name.base == .count, call.isDistinct { wanted = 1...32 }
    guard !wanted.contains(arguments.count) else { return }
    if let example = name.example {
      throw source.problem(
        call.nameSpan, "\(call.name) takes \(example.arguments)", hint: "write \(example.call)")
    }
    let shown =
      switch (wanted.lowerBound, wanted.upperBound) {
      case (0, 1): "at most one argument"
      case (1, 1): "one argument"
      case (let low, let high): low == high ? "\(low) arguments" : "\(low) to \(high) arguments"
      }
    throw source.problem(
      call.nameSpan,
      "\(call.name) takes \(shown)\(name.hasCondition ? " and a condition" : "")"
        + ", not \(arguments.count)")
  }

  private func check(
    _ part: BoundPart, _ argument: SyntaxNode, _ call: CallSyntax, _ name: AggregateName
  ) throws(QueryError) {
    if name.combinators.contains(.array) {
      guard part.families.isEmpty || !part.families.isDisjoint(with: [.array, .json]) else {
        throw source.problem(
          argument.span, "\(shown(part, argument)), but \(call.name) takes arrays")
      }
      return
    }
    if name.mapFigure != nil {
      let isAlone = call.arguments.count == (name.hasCondition ? 2 : 1)
      guard
        part.families.isEmpty
          || !part.families.isDisjoint(with: isAlone ? .tuple : [.array, .json])
      else {
        throw source.problem(
          argument.span, "\(shown(part, argument)), but \(call.name) takes arrays",
          hint: "write \(call.name)(keys, values)")
      }
      return
    }
    var wanted: ValueFamilies = [.number, .bool]
    if name.isQuantile { wanted.insert(.time) }
    guard name.takesNumbers, !part.families.isEmpty, part.families.isDisjoint(with: wanted) else {
      return
    }
    throw source.problem(
      argument.span, "\(shown(part, argument)), but \(call.name) takes numbers")
  }

  // MARK: - Functions

  /// The aggregates that have states of their own.
  private func simpleFunction(
    _ call: CallSyntax, _ name: AggregateName
  ) throws(QueryError) -> BoundAggregate.Function? {
    if case .quantile(let method) = name.quantileMethod, !name.isPlural {
      return .quantile(Quantile(method: method, level: try levels(call, name)[0]))
    }
    guard !name.isQuantile else { return nil }
    switch name.base {
    case .count where call.isDistinct: return .distinct(.value)
    case .uniq, .uniqExact, .uniqCombined, .uniqCombined64, .uniqHLL12, .uniqTheta:
      return .distinct(.value)
    case .count, .sum, .avg, .min, .max: try refuseParameters(call)
    default: return nil
    }
    switch name.base {
    case .count: return .count
    case .sum: return .sum
    case .avg: return .average
    default: return .extreme(isMax: name.base == .max)
    }
  }

  private func refuseParameters(_ call: CallSyntax) throws(QueryError) {
    guard call.parameters == nil else {
      throw source.problem(call.nameSpan, "\(call.name) takes no parameters")
    }
  }

  /// The accumulator of an aggregate with its combinators.
  func accumulator(
    _ call: CallSyntax, _ name: AggregateName, _ arguments: [SyntaxNode], _ bound: [BoundPart]
  ) throws(QueryError) -> AccumulatorFunction {
    var kind = try kind(call, name, arguments, bound)
    if call.isDistinct, !Self.countsDistinct(name) { kind = .distinct(kind) }
    for combinator in name.combinators.reversed() {
      switch combinator {
      case .if: break
      case .distinct: kind = .distinct(kind)
      case .array: kind = .items(kind)
      case .orNull: kind = .empty(kind, ofNothing: .null)
      case .orDefault: kind = .empty(kind, ofNothing: Self.standard(name, bound))
      }
    }
    // A sum of nothing is null where its terms can be null.
    if name.base == .sum, bound.first?.isNullable == true, !name.combinators.contains(.orDefault) {
      kind = .empty(kind, ofNothing: .null)
    }
    return AccumulatorFunction(kind: kind)
  }

  /// What ClickHouse's types have by default.
  private static func standard(_ name: AggregateName, _ bound: [BoundPart]) -> Value {
    switch name.base {
    case .min, .max, .any, .anyLast, .argMin, .argMax:
      switch bound.first?.families {
      case .some(.text), .some(.time), .some(.bool): bound[0].families.standard
      default: .int(0)
      }
    case .groupArray, .groupArrayLast, .groupArraySorted, .groupUniqArray, .topK, .topKWeighted:
      .array([])
    default: .int(0)
    }
  }

  private func kind(
    _ call: CallSyntax, _ name: AggregateName, _ arguments: [SyntaxNode], _ bound: [BoundPart]
  ) throws(QueryError) -> AccumulatorFunction.Kind {
    if let method = name.quantileMethod {
      return .quantiles(method, try levels(call, name), isPlural: name.isPlural)
    }
    if let figure = name.mapFigure {
      try refuseParameters(call)
      return .map(figure, width: max(1, bound.count - 1))
    }
    switch name.base {
    case .groupArray: return .array(.first, limit: try limit(call))
    case .groupArrayLast: return .array(.last, limit: try limit(call, isNeeded: true))
    case .groupUniqArray: return .array(.unique, limit: try limit(call))
    case .groupArraySorted: return .sorted(limit: try limit(call, isNeeded: true) ?? 0)
    case .topK, .topKWeighted:
      return .frequent(
        limit: try limit(call) ?? 10, isWeighted: name.base == .topKWeighted)
    case .windowFunnel:
      return .funnel(
        window: try funnelTime(call, arguments, bound), try funnelModes(call),
        conditions: arguments.count - 1)
    case .sequenceMatch, .sequenceCount:
      return .sequence(
        try sequencePattern(call, arguments, bound), counts: name.base == .sequenceCount)
    default:
      try refuseParameters(call)
      return plainKind(name, call, arguments.count)
    }
  }

  /// The aggregates without parameters.
  private func plainKind(
    _ name: AggregateName, _ call: CallSyntax, _ count: Int
  ) -> AccumulatorFunction.Kind {
    switch name.base {
    case .count: call.isDistinct ? .unique : .count
    case .sum: .sum
    case .avg: .average
    case .min: .minimum
    case .max: .maximum
    case .any: .any(isLast: false)
    case .anyLast: .any(isLast: true)
    case .argMin: .argument(isMax: false)
    case .argMax: .argument(isMax: true)
    case .stddevPop: .moments(.deviation(isSample: false))
    case .stddevSamp: .moments(.deviation(isSample: true))
    case .varPop: .moments(.variance(isSample: false))
    case .varSamp: .moments(.variance(isSample: true))
    case .covarPop: .moments(.covariance(isSample: false))
    case .covarSamp: .moments(.covariance(isSample: true))
    case .corr: .moments(.correlation)
    case .avgWeighted: .moments(.weightedMean)
    case .groupBitAnd: .bits(.and)
    case .groupBitOr: .bits(.or)
    case .groupBitXor: .bits(.xor)
    case .retention: .retention(conditions: count)
    default: .unique
    }
  }

  /// What an aggregate gives for arguments of these families.
  func families(_ name: AggregateName, _ bound: [BoundPart]) -> ValueFamilies {
    if name.isPlural { return .array }
    if name.mapFigure != nil { return .tuple }
    switch name.base {
    case .min, .max, .any, .anyLast, .argMin, .argMax:
      return name.combinators.contains(.array) ? [] : bound.first?.families ?? []
    case .groupArray, .groupArrayLast, .groupArraySorted, .groupUniqArray, .topK, .topKWeighted,
      .retention:
      return .array
    default:
      return name.isQuantile && bound.first?.families == .time ? .time : .number
    }
  }
}

extension BoundPart {
  /// Truth values as 0 and 1.
  fileprivate var asNumber: BoundPart {
    BoundPart(
      expression: .arithmetic(.add, expression, .constant(.int(0))), families: .number,
      isNullable: isNullable)
  }
}

extension AggregateName {
  /// Whether argument `index` is a condition.
  fileprivate func takesCondition(at index: Int) -> Bool {
    switch base {
    case .retention: true
    case .windowFunnel, .sequenceMatch, .sequenceCount: index > 0
    default: false
    }
  }

  /// How a call looks whose arguments are not just values.
  fileprivate var example: (arguments: String, call: String)? {
    let conditions = "event = 'a', event = 'b'"
    return switch base {
    case .windowFunnel:
      (
        "a time and 1 to \(StepEvent.stepsMax) conditions",
        "windowFunnel(1800)(timestamp, \(conditions))"
      )
    case .sequenceMatch, .sequenceCount:
      (
        "a time and 1 to \(StepEvent.stepsMax) conditions",
        "\(base.rawValue)('(?1).*(?2)')(timestamp, \(conditions))"
      )
    case .retention: ("1 to 32 conditions", "retention(\(conditions))")
    default: nil
    }
  }
}

extension GroupAggregate {
  /// Whether it can be null for a group.
  var isNullable: Bool {
    switch function {
    case .count, .distinct, .windowFunnel: false
    case .sum: sumsToNull
    case .average, .extreme, .quantile: true
    case .accumulator(let function): function.kind.isNullable
    }
  }
}

extension AccumulatorFunction.Kind {
  /// Whether it can be null for a group.
  var isNullable: Bool {
    switch self {
    case .count, .sum, .array, .sorted, .frequent, .unique, .retention, .funnel, .sequence, .map:
      false
    case .quantiles(_, _, let isPlural): !isPlural
    case .average, .minimum, .maximum, .any, .argument, .bits, .moments: true
    case .distinct(let inner), .items(let inner): inner.isNullable
    case .empty(let inner, let ofNothing): ofNothing.isNull || inner.isNullable
    }
  }
}
