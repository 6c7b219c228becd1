// Runs plans: sub-queries first, then scans, groups, order and limit.

import Columnar
import EvtCore

/// The rows of a SELECT's answer, as values.
struct SelectAnswer {
  var columns: [OutputColumn]
  var rows: [[Value]]
}

/// Runs the SELECTs of one query over one source.
struct SelectExecution {
  private let query: SQLQuery
  private let events: any QuerySource
  private let pool: WorkerPool
  private let budget: MemoryBudget
  private(set) var warnings: [String] = []

  init(_ query: SQLQuery, _ events: any QuerySource, _ pool: WorkerPool) {
    self.query = query
    self.events = events
    self.pool = pool
    budget = MemoryBudget(bytes: query.memoryBytes)
  }

  /// Answers `select`, after the sub-queries in it.
  mutating func run(_ select: SelectSyntax) throws -> SelectAnswer {
    // Everything is bound before anything runs: a mistake in the outer query is known at once.
    let plan = try self.plan(select)
    guard case .select(let inner, _) = select.from else { return try run(plan, over: nil) }
    let answer = try run(inner)
    let table = MemoryTable(answer.columns.map(\.field), answer.rows)
    return try run(try self.plan(select, over: table.fields), over: table)
  }

  private mutating func plan(_ select: SelectSyntax) throws -> SelectPlan {
    guard case .select(let inner, _) = select.from else {
      let binder = Binder(events, now: query.now, allowsMissing: query.allowsMissing)
      return try plan(select, binder, binder.allFields)
    }
    let columns = try plan(inner).columns.map(\.field)
    return try plan(select, over: columns)
  }

  private mutating func plan(
    _ select: SelectSyntax, over columns: [BoundField]
  ) throws -> SelectPlan {
    let binder = Binder(events, now: query.now, allowsMissing: query.allowsMissing)
    return try plan(select, binder.over(columns), columns)
  }

  private mutating func plan(
    _ select: SelectSyntax, _ binder: Binder, _ columns: [BoundField]
  ) throws -> SelectPlan {
    let isOfEvents = if case .events = select.from { true } else { false }
    var planner = try SelectPlanner(
      select, query.source, binder, range: isOfEvents ? query.range : .all, columns: columns)
    let plan = try planner.plan()
    for warning in planner.warnings where !warnings.contains(warning) { warnings.append(warning) }
    return plan
  }

  private func run(_ plan: SelectPlan, over table: MemoryTable?) throws -> SelectAnswer {
    var rows: [[Value]]
    switch plan.rows {
    case .rows(let request):
      rows = try RowSelection(plan, request).run(on: events, table, pool, budget)
    case .groups(var aggregation, let having):
      aggregation.memoryBytes = query.memoryBytes
      let groups =
        try table.map { try aggregation.run(on: $0, pool: pool) }
        ?? aggregation.run(on: events, pool: pool)
      rows = GroupSelection(plan, having).rows(groups)
    }
    if plan.isDistinct {
      var seen: Set<[Value]> = []
      rows = rows.filter { seen.insert($0.map(\.plain)).inserted }
    }
    let kept = rows.dropFirst(plan.offset).prefix(plan.limit ?? .max)
    return SelectAnswer(columns: plan.columns, rows: Array(kept))
  }
}
