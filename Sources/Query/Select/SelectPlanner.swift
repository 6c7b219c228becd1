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
  /// What the queries in its expressions answered, by where they stand.
  var answers: [Int: SelectAnswer] = [:] {
    didSet { binding.select?.answers = answers }
  }
  /// What is known of the items of arrays that make rows.
  var itemTypes: [FieldType?] {
    get { binding.itemTypes }
    set { binding.itemTypes = newValue }
  }

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
    scope: QueryScope
  ) throws(QueryError) {
    self.select = select
    self.source = source
    self.range = range
    binding = ExpressionBinding(binder: binder, source: source)
    var aliases: [String: SyntaxNode] = [:]
    for item in scope.aliases {
      if let name = item.alias, aliases[name] == nil { aliases[name] = item.node }
    }
    var own: [String: SyntaxNode] = [:]
    for item in select.items {
      guard let node = item.node else {
        items += try columns(item, binder)
        continue
      }
      items.append(
        Item(
          name: item.alias ?? Self.title(source.slice(node.span)), alias: item.alias, node: node))
      guard let alias = item.alias else { continue }
      if let other = own[alias], source.slice(other.span) != source.slice(node.span) {
        throw source.problem(item.span, "two columns are named \(alias)")
      }
      own[alias] = node
    }
    aliases.merge(own) { $1 }
    binding.select = SelectScope(
      aliases: aliases, table: select.from.alias, clause: "", windows: select.windows)
  }

  /// The columns that `*` or `table.*` stands for.
  private func columns(_ item: SelectItem, _ binder: Binder) throws(QueryError) -> [Item] {
    let all = binder.columns
    if let table = item.table, !all.contains(where: { $0.table == table }),
      select.from.alias != table
    {
      throw source.problem(item.span, "there is no table \(table) here")
    }
    let isJoin = if case .join = select.from { true } else { false }
    let wanted = all.filter { !isJoin || item.table == nil || $0.table == item.table }
    for name in item.excepted where !wanted.contains(where: { $0.name == name }) {
      throw source.problem(item.span, "EXCEPT names \(name), which is no column")
    }
    return wanted.filter { !item.excepted.contains($0.name) }.map { column in
      let path = FieldPath.components(of: column.name)
      let parts = (isJoin ? [column.table ?? ""] + path : path).map {
        NamePart(text: $0, quote: .backtick)
      }
      let isAlone = wanted.count { $0.name == column.name } == 1
      return Item(
        name: isAlone ? column.name : "\(column.table ?? "").\(column.name)",
        node: SyntaxNode(.name(parts), span: item.span))
    }
  }

  /// What binding warned of.
  var warnings: [String] { binding.binder.warnings }

  /// Returns the plan.
  mutating func plan() throws(QueryError) -> SelectPlan {
    var request = ScanRequest(range: range)
    for clause in select.arrayJoins {
      try inClause("ARRAY JOIN") { binding throws(QueryError) in try binding.bind(clause) }
    }
    var condition = try select.condition.map { node throws(QueryError) in
      try inClause("WHERE") { binding throws(QueryError) in try binding.bindCondition(node) }
    }
    let ofItems = takeConditionOfItems(&condition)
    let join = try joinPlan(&condition)
    if let condition {
      let predicate = BoundPredicate(condition, fields: binding.fields)
      // A table in memory knows no events and times apart from its columns.
      if isOfEvents { request.narrow(to: predicate) } else { request.filter = predicate }
    }
    var plan = try self.plan(request)
    plan.join = join?.reading(binding.fields, binding.binder)
    try addArrayJoin(&plan, request, ofItems)
    return plan
  }

  // MARK: - Items of arrays

  /// Takes what is about items of arrays out of `condition`.
  private func takeConditionOfItems(_ condition: inout BoundExpression?) -> BoundExpression? {
    guard let whole = condition, !binding.arrayJoins.isEmpty else { return nil }
    var (ofItems, ofRows): ([BoundExpression], [BoundExpression]) = ([], [])
    for conjunct in whole.conjuncts {
      var used: Set<Int> = []
      conjunct.collectFields(into: &used)
      if used.contains(where: binding.isItem) {
        ofItems.append(conjunct)
      } else {
        ofRows.append(conjunct)
      }
    }
    condition = ofRows.isEmpty ? nil : .and(ofRows)
    return ofItems.isEmpty ? nil : .and(ofItems)
  }

  /// Makes rows of items between what `request` reads and what the plan does with rows.
  private func addArrayJoin(
    _ plan: inout SelectPlan, _ request: ScanRequest, _ condition: BoundExpression?
  ) throws(QueryError) {
    let isCalled = binding.arrayJoins.contains { $0.isCall } || !plan.groupArrays.isEmpty
    if isCalled, !plan.windows.isEmpty {
      throw source.problem(
        select.span, "arrayJoin and window functions do not mix in one SELECT",
        hint: "write ARRAY JOIN, or select from a query that makes the rows")
    }
    if plan.hasTotals, !plan.groupArrays.isEmpty {
      throw source.problem(
        select.span, "WITH TOTALS and arrayJoin over groups do not mix in one SELECT")
    }
    guard !binding.arrayJoins.isEmpty else { return }
    let fields = binding.fields
    var read = request
    read.fields = fields.indices.filter { !binding.isItem($0) }.map { fields[$0] }
    plan.arrayJoin = ArrayJoinPlan(request: read, joins: binding.arrayJoins, fields: fields)
    var made = ScanRequest(
      filter: condition.map { BoundPredicate($0, fields: fields) },
      fields: plan.rows.request.fields, marks: plan.rows.request.marks)
    made.needsTimes = plan.rows.request.needsTimes
    plan.rows.request = made
  }

  private var isOfEvents: Bool { if case .events = select.from { true } else { false } }

  private mutating func plan(_ request: ScanRequest) throws(QueryError) -> SelectPlan {
    var keys: [Item] = []
    for node in select.groupBy { keys.append(try positional(node, "GROUP BY")) }
    let isGrouped =
      !select.groupBy.isEmpty || items.contains { binding.holdsAggregate($0.node) }
      || select.having.map { binding.holdsAggregate($0) } ?? false
      || select.orderBy.contains { binding.holdsAggregate($0.node) }
    if isGrouped { return try groupPlan(request, keys, isDistinct: select.isDistinct) }
    if select.hasTotals {
      throw source.problem(select.span, "WITH TOTALS needs GROUP BY or an aggregate")
    }
    if let having = select.having {
      throw source.problem(
        having.span, "HAVING needs GROUP BY or an aggregate", hint: "write WHERE")
    }
    // The distinct rows are the groups of all their columns.
    let hasWindow = (items.map(\.node) + select.orderBy.map(\.node)).contains {
      binding.holdsAggregate($0, orWindow: true)
    }
    if select.isDistinct, !hasWindow { return try groupPlan(request, items, isDistinct: false) }
    return try rowPlan(request)
  }

  // MARK: - Rows

  private mutating func rowPlan(_ request: ScanRequest) throws(QueryError) -> SelectPlan {
    var plan = try finishPlan(.rows(request), isDistinct: select.isDistinct)
    var request = request
    request.fields = binding.fields
    plan.rows = .rows(request)
    return plan.placingWindows(behind: binding.fields.count)
  }

  // MARK: - Groups

  private mutating func groupPlan(
    _ request: ScanRequest, _ keyItems: [Item], isDistinct: Bool
  ) throws(QueryError) -> SelectPlan {
    var keys: [BoundPart] = []
    // A constant groups nothing, and a key twice groups no more than once.
    var places: [Int?] = []
    for item in keyItems {
      let key = try bind(item, "GROUP BY")
      let isConstant = key.expression.constant != nil
      let place = keys.firstIndex { $0.expression == key.expression } ?? keys.count
      places.append(isConstant ? nil : place)
      if !isConstant, place == keys.count { keys.append(key) }
    }
    let sets = select.grouping.map { GroupingSets($0, keys, places: places) }
    binding.grouping = Grouping(keys: keys)
    let having = try select.having.map { node throws(QueryError) in
      try inClause("HAVING") { binding throws(QueryError) in try binding.bindCondition(node) }
    }
    var plan = try finishPlan(.rows(request), isDistinct: isDistinct)
    var aggregation = aggregatePlan(request, keys, binding.grouping?.aggregates ?? [])
    aggregation.hasConstantKeys = !keyItems.isEmpty
    aggregation.unitesGroups = select.hasTotals || sets != nil
    plan.groupingSets = sets
    plan.marksKeys = binding.grouping?.marksKeys == true
    plan.hasTotals = select.hasTotals
    plan.rows = .groups(aggregation, having: having)
    plan.groupArrays = binding.groupArrays
    return plan.placingWindows(
      behind: keys.count + aggregation.aggregates.count, marks: plan.marksKeys ? keys.count : 0)
  }

  /// Binds what is made of the rows: columns, order and LIMIT BY.
  private mutating func finishPlan(
    _ rows: SelectPlan.Rows, isDistinct: Bool
  ) throws(QueryError) -> SelectPlan {
    let columns = try outputs()
    let (order, fill) = try orderKeys()
    let limitBy = try select.limitBy.map { limitBy throws(QueryError) in
      var keys: [BoundExpression] = []
      for node in limitBy.keys {
        keys.append(try bind(try positional(node, "LIMIT BY"), "LIMIT BY").expression)
      }
      return SelectPlan.LimitBy(limit: limitBy.limit, offset: limitBy.offset, keys: keys)
    }
    return SelectPlan(
      rows: rows, windows: binding.windows, columns: columns, order: order, fill: fill,
      limitBy: limitBy, isDistinct: isDistinct, limit: select.limit, offset: select.offset)
  }

  // MARK: - Joins

  /// Binds the conditions of joins and takes out of `condition` what single tables can test.
  private mutating func joinPlan(
    _ condition: inout BoundExpression?
  ) throws(QueryError) -> JoinPlan? {
    guard case .join = select.from else { return nil }
    var plan = JoinPlan(sides: binding.binder.sides.count)
    var number = 0
    for join in select.from.joins {
      number += 1
      var conditions: [BoundExpression] = []
      switch join.match {
      case .cross: break
      case .on(let node):
        conditions = [
          try inClause("ON") { binding throws(QueryError) in try binding.bindCondition(node) }
        ]
      case .using(let columns):
        for column in columns {
          let (left, right) = try binding.binder.using(column, source, side: number)
          conditions.append(
            .compare(
              .equal, binding.part(of: left).expression, binding.part(of: right).expression))
        }
      }
      let fields = binding.fields
      guard
        plan.add(
          .and(conditions), keepsLeft: join.keepsLeft, side: number,
          sideOf: { [binder = binding.binder] in binder.origin(of: fields[$0]).side })
      else {
        throw source.problem(
          join.span,
          "the condition of the join compares no column of the one table with one of"
            + " the other for equality", hint: "write ON a.user_id = b.user_id AND …")
      }
    }
    guard let whole = condition else { return plan }
    let fields = binding.fields
    condition = plan.push(whole) { [binder = binding.binder] in
      binder.origin(of: fields[$0]).side
    }
    return plan
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
      bound.inputs = aggregate.arguments.map { plan.input(aggregate.text, value($0)) }
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

  private mutating func orderKeys() throws(QueryError) -> ([OrderKey], FillPlan?) {
    var keys: [OrderKey] = []
    var fill: FillPlan?
    for item in select.orderBy {
      let part = try bind(try positional(item.node, "ORDER BY"), "ORDER BY")
      if let syntax = item.fill {
        fill = try binding.fill(syntax, part, isDescending: item.isDescending, at: keys.count)
      }
      keys.append(
        OrderKey(
          expression: part.expression, isDescending: item.isDescending,
          nullsFirst: item.nullsFirst))
    }
    return (keys, fill)
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
