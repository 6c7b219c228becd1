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
    var nodes = call.arguments
    var condition: BoundExpression?
    let aggregate = WindowFunction(name: call.name) == nil ? AggregateName(call.name) : nil
    if aggregate?.hasCondition == true, let last = nodes.popLast() {
      condition = try bindCondition(last)
    }
    var arguments: [BoundPart] = []
    let function: WindowFunction
    let families: ValueFamilies
    if let aggregate {
      arguments = try boundArguments(call, aggregate, nodes)
      function = .aggregate(try accumulator(call, aggregate, nodes, arguments))
      families = self.families(aggregate, arguments)
    } else {
      for argument in nodes { arguments.append(try bind(argument)) }
      (function, families) = try windowFunction(call, arguments)
    }
    if case .shifted = function { arguments = Self.withDefault(arguments) }
    var bound = BoundWindow(
      function: function, arguments: arguments.map(\.expression), condition: condition,
      partition: [], order: [],
      frame: window.frame
        ?? FrameSyntax(
          countsRows: false, start: .unboundedPreceding,
          end: window.order.isEmpty ? .unboundedFollowing : .currentRow))
    if bound.frame.hasDistance { try checkDistance(window) }
    for key in window.partition { bound.partition.append(try bind(key).expression) }
    for item in window.order {
      bound.order.append(
        OrderKey(
          expression: try bind(item.node).expression, isDescending: item.isDescending,
          nullsFirst: item.nullsFirst))
    }
    let place = windows.firstIndex(of: bound) ?? windows.count
    if place == windows.count { windows.append(bound) }
    return BoundPart(
      expression: .field(BoundWindow.base + place), families: families,
      isNullable: function.isNullable)
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

  /// Distances need something to be measured by.
  private mutating func checkDistance(_ window: WindowSyntax) throws(QueryError) {
    guard window.order.count == 1 else {
      throw source.problem(
        window.span, "RANGE with a distance takes ORDER BY of one key, not of \(window.order.count)"
      )
    }
    let key = try bind(window.order[0].node)
    guard key.families.isEmpty || key.families == .number || key.families == .time else {
      throw source.problem(
        window.order[0].node.span,
        "\(shown(key, window.order[0].node)), but RANGE with a distance takes numbers or times")
    }
  }

  private func windowFunction(
    _ call: CallSyntax, _ arguments: [BoundPart]
  ) throws(QueryError) -> (WindowFunction, ValueFamilies) {
    guard let function = WindowFunction(name: call.name) else {
      throw source.problem(
        call.nameSpan, "\(call.name) is no window function here",
        hint: "row_number, rank, lagInFrame and the aggregates are")
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
    case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist, .aggregate:
      return (function, .number)
    }
  }

  /// The value, and what stands for one outside of the rows: null, or the default of ClickHouse's
  /// types where the value is never null.
  private static func withDefault(_ arguments: [BoundPart]) -> [BoundPart] {
    if arguments.count > 2 { return [arguments[0], arguments[2]] }
    guard !arguments[0].isNullable else { return [arguments[0], .null] }
    return [arguments[0], BoundPart(arguments[0].families.standard)]
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
    default: return nil
    }
  }

  /// Whether it can be null for a row.
  fileprivate var isNullable: Bool {
    switch self {
    case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist, .ntile: false
    case .shifted, .firstValue, .lastValue, .nthValue: true
    case .aggregate(let function): function.kind.isNullable
    }
  }

  /// How many arguments it takes.
  fileprivate var arity: ClosedRange<Int> {
    switch self {
    case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist, .aggregate: 0...0
    case .ntile, .firstValue, .lastValue: 1...1
    case .nthValue: 2...2
    case .shifted: 1...3
    }
  }
}
