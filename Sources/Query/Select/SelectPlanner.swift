// From syntax to plan: aliases, keys, aggregates, and the conditions that a scan can prune by.

import Columnar
import EvtCore

/// Plans one SELECT over events or over the columns of a sub-query.
struct SelectPlanner {
  private let select: SelectSyntax
  private let source: SourceText
  /// The range that the flags set, when rows are events.
  private let range: TimeRange
  private var binding: ExpressionBinding
  private var items: [Item] = []

  /// A column, or what stands for one elsewhere.
  private struct Item {
    var name = ""
    /// Within its own definition an alias means a field.
    var alias: String?
    var node: SyntaxNode
  }

  /// Prepares to plan `select`; `binder` knows the fields of what stands behind FROM.
  init(
    _ select: SelectSyntax, _ source: SourceText, _ binder: Binder, range: TimeRange,
    columns: [BoundField]
  ) throws(QueryError) {
    self.select = select
    self.source = source
    self.range = range
    binding = ExpressionBinding(binder: binder, source: source)
    var aliases: [String: SyntaxNode] = [:]
    for item in select.items {
      guard let node = item.node else {
        items += columns.map { column in
          let parts = FieldPath.components(of: column.name).map {
            NamePart(text: $0, quote: .backtick)
          }
          return Item(name: column.name, node: SyntaxNode(.name(parts), span: item.span))
        }
        continue
      }
      items.append(
        Item(
          name: item.alias ?? Self.title(source.slice(node.span)), alias: item.alias, node: node))
      guard let alias = item.alias else { continue }
      if let other = aliases[alias], source.slice(other.span) != source.slice(node.span) {
        throw source.problem(item.span, "two columns are named \(alias)")
      }
      aliases[alias] = node
    }
    binding.select = SelectScope(aliases: aliases, table: select.from.alias, clause: "")
  }

  /// What binding warned of.
  var warnings: [String] { binding.binder.warnings }

  /// Returns the plan.
  mutating func plan() throws(QueryError) -> SelectPlan {
    var request = ScanRequest(range: range)
    if let node = select.condition {
      let condition = try inClause("WHERE") { binding throws(QueryError) in
        try binding.bindCondition(node)
      }
      request.narrow(to: BoundPredicate(condition, fields: binding.fields))
    }
    var keys: [Item] = []
    for node in select.groupBy { keys.append(try positional(node, "GROUP BY")) }
    let isGrouped =
      !select.groupBy.isEmpty || items.contains { binding.holdsAggregate($0.node) }
      || select.having.map(binding.holdsAggregate) ?? false
      || select.orderBy.contains { binding.holdsAggregate($0.node) }
    if isGrouped { return try groupPlan(request, keys, isDistinct: select.isDistinct) }
    if let having = select.having {
      throw source.problem(
        having.span, "HAVING needs GROUP BY or an aggregate", hint: "write WHERE")
    }
    // The distinct rows are the groups of all their columns.
    if select.isDistinct { return try groupPlan(request, items, isDistinct: false) }
    return try rowPlan(request)
  }

  // MARK: - Rows

  private mutating func rowPlan(_ request: ScanRequest) throws(QueryError) -> SelectPlan {
    let columns = try outputs()
    let order = try orderKeys()
    var request = request
    request.fields = binding.fields
    return SelectPlan(
      rows: .rows(request), columns: columns, order: order, isDistinct: false,
      limit: select.limit, offset: select.offset)
  }

  // MARK: - Groups

  private mutating func groupPlan(
    _ request: ScanRequest, _ keyItems: [Item], isDistinct: Bool
  ) throws(QueryError) -> SelectPlan {
    var keys: [BoundPart] = []
    for item in keyItems {
      let key = try bind(item, "GROUP BY")
      // A constant groups nothing, and a key twice groups no more than once.
      if key.expression.constant == nil, !keys.contains(where: { $0.expression == key.expression })
      {
        keys.append(key)
      }
    }
    binding.grouping = Grouping(keys: keys)
    let columns = try outputs()
    let having = try select.having.map { node throws(QueryError) in
      try inClause("HAVING") { binding throws(QueryError) in try binding.bindCondition(node) }
    }
    let order = try orderKeys()
    var plan = aggregatePlan(request, keys, binding.grouping?.aggregates ?? [])
    plan.hasConstantKeys = !keyItems.isEmpty
    return SelectPlan(
      rows: .groups(plan, having: having), columns: columns, order: order,
      isDistinct: isDistinct, limit: select.limit, offset: select.offset)
  }

  private func aggregatePlan(
    _ request: ScanRequest, _ keys: [BoundPart], _ aggregates: [GroupAggregate]
  ) -> AggregatePlan {
    var plan = AggregatePlan(request: request)
    for key in keys { plan.keys.append(plan.key("", value(key.expression))) }
    for aggregate in aggregates {
      var bound = BoundAggregate(
        function: aggregate.function, sumsToNull: aggregate.sumsToNull)
      if let argument = aggregate.argument {
        bound.input = plan.input(aggregate.text, value(argument))
      }
      bound.condition = aggregate.condition.map { mark($0, &plan) }
      bound.steps = aggregate.steps.map { mark($0, &plan) }
      plan.aggregates.append(bound)
    }
    return plan
  }

  private func mark(_ condition: BoundExpression, _ plan: inout AggregatePlan) -> Int {
    let value = value(condition)
    plan.request.marks.append(BoundPredicate(value.expression, fields: value.fields))
    return plan.request.marks.count - 1
  }

  /// The expression with just the fields that it reads.
  private func value(_ expression: BoundExpression) -> BoundValue {
    var used: Set<Int> = []
    expression.collectFields(into: &used)
    let fields = used.sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(fields, fields.indices))
    return BoundValue(
      expression: expression.mapFields { places[$0] ?? 0 }, families: [],
      fields: fields.map { binding.fields[$0] })
  }

  // MARK: - Clauses

  private mutating func outputs() throws(QueryError) -> [OutputColumn] {
    var columns: [OutputColumn] = []
    for item in items {
      let part = try bind(item, "SELECT")
      columns.append(
        OutputColumn(
          name: item.name, expression: part.expression, families: part.families,
          isNullable: part.isNullable))
    }
    return columns
  }

  private mutating func orderKeys() throws(QueryError) -> [OrderKey] {
    var keys: [OrderKey] = []
    for item in select.orderBy {
      let part = try bind(try positional(item.node, "ORDER BY"), "ORDER BY")
      keys.append(
        OrderKey(
          expression: part.expression, isDescending: item.isDescending,
          nullsFirst: item.nullsFirst))
    }
    return keys
  }

  /// A whole number stands for the column of that place, from 1.
  private func positional(
    _ node: SyntaxNode, _ clause: String
  ) throws(QueryError) -> Item {
    guard case .number(let text) = node.kind, let place = Int(text) else {
      return Item(node: node)
    }
    guard items.indices.contains(place - 1) else {
      throw source.problem(
        node.span, "\(clause) \(text) names no column: there are \(items.count)")
    }
    return items[place - 1]
  }

  private mutating func bind(_ item: Item, _ clause: String) throws(QueryError) -> BoundPart {
    try inClause(clause) { binding throws(QueryError) in
      guard let alias = item.alias else { return try binding.bind(item.node) }
      return try binding.expanding(alias) { inner throws(QueryError) in try inner.bind(item.node) }
    }
  }

  private mutating func inClause<Result>(
    _ clause: String, _ body: (inout ExpressionBinding) throws(QueryError) -> Result
  ) throws(QueryError) -> Result {
    binding.select?.clause = clause
    return try body(&binding)
  }

  /// A column without alias is named by its text, in one line.
  private static func title(_ text: String) -> String {
    text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
  }
}
