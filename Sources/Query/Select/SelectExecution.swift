// Runs queries: the queries within them first, then scans, groups, windows, order and limit.

import Columnar
import EvtCore

/// Runs the SELECTs of one query over one source.
struct SelectExecution {
  private let query: SQLQuery
  private let events: any QuerySource
  private let pool: WorkerPool
  private let budget: MemoryBudget
  /// Answers of the tables of WITH, by where they stand in the text: each runs once.
  private var commonAnswers: [Int: SelectAnswer] = [:]
  /// Whether queries are only planned: their answers have columns and no rows.
  private var isPlanning = false
  private(set) var warnings: [String] = []
  private var explanation: PlanExplanation?

  init(_ query: SQLQuery, _ events: any QuerySource, _ pool: WorkerPool) {
    self.query = query
    self.events = events
    self.pool = pool
    budget = MemoryBudget(bytes: query.memoryBytes)
  }

  /// Answers `syntax`. Everything is bound before anything runs: a mistake in the outer query is
  /// known at once.
  mutating func run(_ syntax: QuerySyntax) throws -> SelectAnswer {
    isPlanning = true
    _ = try answer(syntax, QueryScope())
    isPlanning = false
    commonAnswers = [:]
    return try answer(syntax, QueryScope())
  }

  /// What `run` would do, step by step, without doing it.
  mutating func explain(_ syntax: QuerySyntax) throws -> [[ResultValue]] {
    isPlanning = true
    explanation = PlanExplanation(events)
    _ = try answer(syntax, QueryScope())
    return explanation?.rows ?? []
  }

  private mutating func answer(
    _ syntax: QuerySyntax, _ outer: QueryScope
  ) throws -> SelectAnswer {
    var scope = outer
    scope.add(tablesOf: syntax)
    // They may not name each other before they are answered.
    let named = try answers(syntax.aliases.compactMap(\.node), scope)
    scope.answers.merge(named) { $1 }
    scope.add(aliasesOf: syntax)
    var answer = try self.answer(syntax.selects[0], scope)
    for select in syntax.selects.dropFirst() {
      let next = try self.answer(select, scope)
      try union(&answer, next, select)
    }
    if syntax.isDistinctUnion { answer.rows = Self.distinct(answer.rows) }
    return answer
  }

  private func union(
    _ answer: inout SelectAnswer, _ next: SelectAnswer, _ select: SelectSyntax
  ) throws(QueryError) {
    guard next.columns.count == answer.columns.count else {
      throw query.source.problem(
        select.span,
        "this SELECT has \(next.columns.count) columns, the first of the UNION"
          + " \(answer.columns.count)")
    }
    for (index, column) in next.columns.enumerated() {
      let families = answer.columns[index].families.union(column.families)
      guard families == .time || !families.contains(.time) else {
        throw query.source.problem(
          select.span,
          "column \(index + 1) of the UNION would give \(families.description):"
            + " times mix with nothing else")
      }
      answer.columns[index].families = families
      answer.columns[index].isNullable = answer.columns[index].isNullable || column.isNullable
    }
    answer.rows += next.rows
  }

  // MARK: - One SELECT

  private mutating func answer(
    _ select: SelectSyntax, _ scope: QueryScope
  ) throws -> SelectAnswer {
    let tables = try self.tables(select.from, scope)
    let binder = Binder(events, now: query.now, allowsMissing: query.allowsMissing)
    let isOfEvents = if case .events = select.from { true } else { false }
    var planner = try SelectPlanner(
      select, query.source, tables.over(binder), range: isOfEvents ? query.range : .all,
      scope: scope)
    planner.answers = try answers(select.expressions, scope).merging(scope.answers) { own, _ in own
    }
    let unbound = planner
    var plan = try planner.plan()
    if !isPlanning, let arrays = plan.arrayJoin, arrays.mayHoldTimes {
      let types = try ArrayJoinRows(try rows(tables, plan), arrays).itemTypes()
      planner = unbound
      planner.itemTypes = types
      plan = try planner.plan()
    }
    for warning in planner.warnings where !warnings.contains(warning) { warnings.append(warning) }
    let text = query.source
    try explanation?.add(select, plan, tables, in: text)
    if isPlanning { return SelectAnswer(columns: plan.columns, rows: []) }
    return try run(plan, over: tables)
  }

  /// What stands behind FROM, with the answers of its queries.
  private mutating func tables(
    _ source: SelectSource, _ scope: QueryScope
  ) throws -> SelectTables {
    switch source {
    case .one: return .memory(MemoryTable([], [[]]), alias: nil)
    case .events(let alias): return .events(alias: alias ?? "events", query.range)
    case .query(let inner, let alias):
      return .memory(try answer(inner, scope).table, alias: alias)
    case .named(let name, let alias, let span):
      return .memory(try answer(named: name, span, scope).table, alias: alias ?? name)
    case .join(let left, let right, let join):
      return .join(try tables(left, scope), try tables(right, scope), join)
    }
  }

  private mutating func answer(
    named name: String, _ span: SourceSpan, _ scope: QueryScope
  ) throws -> SelectAnswer {
    guard let (syntax, inner) = scope.table(name) else {
      let near = NearestNames.find(name, among: scope.tableNames + ["events"])
      throw query.source.problem(
        span, "there is no table \(name)",
        hint: near.first.map { "did you mean \($0)?" }
          ?? "the one table is events; WITH and sub-queries make others")
    }
    if let known = commonAnswers[syntax.span.start] { return known }
    let answer = try self.answer(syntax, inner)
    commonAnswers[syntax.span.start] = answer
    return answer
  }

  /// The answers of the queries in `expressions`, by where they stand.
  private mutating func answers(
    _ expressions: [SyntaxNode], _ scope: QueryScope
  ) throws -> [Int: SelectAnswer] {
    var answers: [Int: SelectAnswer] = [:]
    var nodes = expressions
    while let node = nodes.popLast() {
      switch node.kind {
      case .query(let inner), .exists(let inner), .queryMembership(_, let inner, _):
        answers[inner.span.start] = try answer(inner, scope)
      case .namedMembership(_, let name, _):
        guard case .name(let parts) = name.kind, parts.count == 1,
          scope.table(parts[0].text) != nil
        else { break }
        answers[name.span.start] = try answer(named: parts[0].text, name.span, scope)
      default: break
      }
      nodes += node.children
    }
    return answers
  }

  // MARK: - Running

  private func run(_ plan: SelectPlan, over tables: SelectTables) throws -> SelectAnswer {
    var rows = try self.rows(tables, plan)
    if let arrays = plan.arrayJoin { rows = ArrayJoinRows(rows, arrays) }
    var selection = RowFinish(plan)
    var totals: [Value]?
    var found: [SortableRow]
    switch plan.rows {
    case .rows(let request):
      found = try RowSelection(plan, request).run(on: rows, pool, budget)
    case .groups(var aggregation, let having):
      aggregation.memoryBytes = query.memoryBytes
      let groups = try aggregation.groups(on: rows, pool: pool)
      let chosen = GroupSelection(plan, having)
      (found, totals) = try chosen.rows(groups, pool)
      selection.tieKeys = aggregation.keys.count
    }
    return SelectAnswer(
      columns: plan.columns, rows: try selection.finish(found, budget), totals: totals)
  }

  private func rows(_ tables: SelectTables, _ plan: SelectPlan) throws -> any RowSource {
    switch tables {
    case .events: return SegmentRows(events)
    case .memory(let table, _): return table
    case .join: return try JoinRows(tables, plan.join, events, pool, budget)
    }
  }

  private static func distinct(_ rows: [[Value]]) -> [[Value]] {
    var seen: Set<[Value]> = []
    return rows.filter { seen.insert($0.map(\.plain)).inserted }
  }
}

extension SelectSyntax {
  /// Every expression of its clauses.
  fileprivate var expressions: [SyntaxNode] {
    let clauses = [condition, having].compactMap { $0 } + groupBy + (limitBy?.keys ?? [])
    let named = windows.values.flatMap { $0.partition + $0.order.map(\.node) }
    let arrays = arrayJoins.flatMap(\.items)
    return (items + arrays).compactMap(\.node) + clauses + named + orderBy.map(\.node)
      + from.conditions + orderBy.flatMap { $0.fill?.nodes ?? [] }
  }
}

extension SelectSource {
  /// The conditions by which tables are joined.
  fileprivate var conditions: [SyntaxNode] {
    guard case .join(let left, let right, let join) = self else { return [] }
    let own: [SyntaxNode] = if case .on(let condition) = join.match { [condition] } else { [] }
    return left.conditions + right.conditions + own
  }
}
