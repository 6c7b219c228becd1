// Binds window functions.

import EvtCore

extension ExpressionBinding {
  /// Binds `function(…) OVER (…)`: its value stands behind those of the row or group.
  mutating func bindWindow(
    _ call: CallSyntax, _ syntax: WindowSyntax, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    guard let clause = select?.clause, clause == "SELECT" || clause == "ORDER BY" else {
      let place = select.map { $0.clause.isEmpty ? "an aggregate" : $0.clause } ?? "a condition"
      throw source.problem(
        node.span, "a window function has no place in \(place)",
        hint: "compute it in a sub-query and use its name")
    }
    let window = try named(syntax)
    let saved = isInWindow
    guard !saved else {
      throw source.problem(node.span, "a window function stands inside another")
    }
    isInWindow = true
    defer { isInWindow = saved }
    var arguments: [BoundPart] = []
    for argument in call.arguments { arguments.append(try bind(argument)) }
    var condition: BoundExpression?
    var name = call.name
    if name.hasSuffix("If"), WindowFunction(name: String(name.dropLast(2))) != nil,
      let last = call.arguments.last
    {
      name = String(name.dropLast(2))
      arguments.removeLast()
      condition = try bindCondition(last)
    }
    let (function, families) = try windowFunction(name, call, arguments)
    if case .shifted = function { arguments = Self.withDefault(arguments) }
    var bound = BoundWindow(
      function: function, arguments: arguments.map(\.expression), condition: condition,
      partition: [], order: [],
      frame: window.frame
        ?? FrameSyntax(
          countsRows: false, start: .unboundedPreceding,
          end: window.order.isEmpty ? .unboundedFollowing : .currentRow))
    for key in window.partition { bound.partition.append(try bind(key).expression) }
    for item in window.order {
      bound.order.append(
        OrderKey(
          expression: try bind(item.node).expression, isDescending: item.isDescending,
          nullsFirst: item.nullsFirst))
    }
    let place = windows.firstIndex(of: bound) ?? windows.count
    if place == windows.count { windows.append(bound) }
    return BoundPart(expression: .field(BoundWindow.base + place), families: families)
  }

  /// The window with what the WINDOW clause says of its name.
  private func named(_ syntax: WindowSyntax) throws(QueryError) -> WindowSyntax {
    guard let name = syntax.name else { return syntax }
    guard let known = select?.windows[name] else {
      throw source.problem(syntax.span, "the WINDOW clause has no window \(name)")
    }
    var window = syntax
    if window.partition.isEmpty { window.partition = known.partition }
    if window.order.isEmpty { window.order = known.order }
    window.frame = window.frame ?? known.frame
    return window
  }

  private func windowFunction(
    _ name: String, _ call: CallSyntax, _ arguments: [BoundPart]
  ) throws(QueryError) -> (WindowFunction, ValueFamilies) {
    guard let function = WindowFunction(name: name) else {
      throw source.problem(
        call.nameSpan, "\(call.name) is no window function here",
        hint: "row_number, rank, lagInFrame and the common aggregates are")
    }
    let first = arguments.first?.families ?? []
    func constant(_ index: Int) throws(QueryError) -> Int {
      guard arguments.indices.contains(index),
        case .int(let number) = arguments[index].expression.constant,
        let count = Int(exactly: number), count >= 0, count < 1 << 40
      else {
        throw source.problem(
          call.nameSpan, "\(call.name) takes a whole number as argument \(index + 1)")
      }
      return count
    }
    let wanted = function.arity
    guard wanted.contains(arguments.count) else {
      throw source.problem(
        call.nameSpan,
        "\(call.name) takes \(wanted.lowerBound) to \(wanted.upperBound) arguments,"
          + " not \(arguments.count)")
    }
    switch function {
    case .ntile:
      let buckets = try constant(0)
      guard buckets > 0 else { throw source.problem(call.nameSpan, "ntile takes 1 or more") }
      return (.ntile(buckets), .number)
    case .nthValue:
      let place = try constant(1)
      guard place > 0 else { throw source.problem(call.nameSpan, "nth_value counts from 1") }
      return (.nthValue(place), first)
    case .shifted(let direction, let inFrame):
      let distance = arguments.count > 1 ? try constant(1) : 1
      return (.shifted(direction * distance, inFrame: inFrame), first)
    case .firstValue, .lastValue: return (function, first)
    case .aggregate(let aggregate):
      let keepsFamily = aggregate.kind == .minimum || aggregate.kind == .maximum
      if case .sum = aggregate.kind { try checkNumbers(call, arguments) }
      if case .average = aggregate.kind { try checkNumbers(call, arguments) }
      return (function, keepsFamily ? first : .number)
    case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist: return (function, .number)
    }
  }

  /// The value, and what stands for one outside of the rows: null, or the default of ClickHouse's
  /// types where the value is never null.
  private static func withDefault(_ arguments: [BoundPart]) -> [BoundPart] {
    if arguments.count > 2 { return [arguments[0], arguments[2]] }
    guard !arguments[0].isNullable else { return [arguments[0], .null] }
    let value: Value =
      switch arguments[0].families {
      case .number: .int(0)
      case .text: .text([])
      case .bool: .bool(false)
      case .time: .time(0)
      case .array: .array([])
      default: .null
      }
    return [arguments[0], BoundPart(value)]
  }

  private func checkNumbers(
    _ call: CallSyntax, _ arguments: [BoundPart]
  ) throws(QueryError) {
    guard let part = arguments.first, !part.families.isEmpty,
      part.families.isDisjoint(with: [.number, .bool])
    else { return }
    throw source.problem(
      call.arguments[0].span,
      "\(shown(part, call.arguments[0])), but \(call.name) takes numbers")
  }
}

extension WindowFunction {
  /// Finds the function of a name, with no arguments yet.
  init?(name: String) {
    switch name.lowercased() {
    case "row_number", "rownumber": self = .rowNumber
    case "rank": self = .rank
    case "dense_rank", "denserank": self = .denseRank
    case "percent_rank", "percentrank": self = .percentRank
    case "cume_dist": self = .cumeDist
    case "ntile": self = .ntile(1)
    case "lag": self = .shifted(-1, inFrame: false)
    case "lead": self = .shifted(1, inFrame: false)
    case "laginframe": self = .shifted(-1, inFrame: true)
    case "leadinframe": self = .shifted(1, inFrame: true)
    case "first_value", "firstvalue": self = .firstValue
    case "last_value", "lastvalue": self = .lastValue
    case "nth_value", "nthvalue": self = .nthValue(1)
    case "count": self = .aggregate(AccumulatorFunction(kind: .count))
    case "sum": self = .aggregate(AccumulatorFunction(kind: .sum))
    case "avg": self = .aggregate(AccumulatorFunction(kind: .average))
    case "min": self = .aggregate(AccumulatorFunction(kind: .minimum))
    case "max": self = .aggregate(AccumulatorFunction(kind: .maximum))
    default: return nil
    }
  }

  /// How many arguments it takes.
  fileprivate var arity: ClosedRange<Int> {
    switch self {
    case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist: 0...0
    case .ntile, .firstValue, .lastValue: 1...1
    case .nthValue: 2...2
    case .shifted: 1...3
    case .aggregate(let function): function.kind == .count ? 0...1 : 1...1
    }
  }
}
