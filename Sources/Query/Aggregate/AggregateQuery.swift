// Figures by group: the question behind `evt query --by --agg`.

import Columnar
import EvtCore

/// Aggregates of the selected rows, by group. The answer does not depend on threads or segments.
public struct AggregateQuery: Sendable {
  /// Only rows of these events count; all when empty.
  public var events: [String]
  /// Only rows for which it holds count.
  public var condition: Expression?
  /// Stretches of time that make groups too, as the first key.
  public var timeBuckets: CalendarBuckets?
  /// Fields or expressions whose values make the groups; also `day` and `hour`, unless fields have
  /// these names.
  public var keys: [String]
  /// The figures, at least one; the first one orders the rows.
  public var aggregates: [Aggregate]
  /// How many rows of the answer to keep.
  public var top: Int?
  public var range: TimeRange
  /// What `now()` means.
  public var now: Int64
  /// Whether unknown fields and events stand for nothing.
  public var allowsMissing: Bool
  public var memoryBytes = Limits.queryMemoryBytes
  /// Whether several of its `groups` will be united.
  public var unitesGroups = false

  /// Groups beyond which an answer is refused.
  public static let groupsMax = 1_000_000

  /// Creates a query.
  public init(
    events: [String] = [], condition: Expression? = nil, keys: [String] = [],
    aggregates: [Aggregate] = [.count], top: Int? = nil, range: TimeRange = .all,
    now: Int64, allowsMissing: Bool = false
  ) {
    self.events = events
    self.condition = condition
    self.keys = keys
    self.aggregates = aggregates
    self.top = top
    self.range = range
    self.now = now
    self.allowsMissing = allowsMissing
  }

  /// Answers the query. Rows are ordered by the first aggregate, greatest first, then by the keys;
  /// by the keys alone when the first key is a time and no `top` is asked for. Nulls come last.
  /// - Throws: `QueryError`, and the errors of `source`.
  public func run(on source: any QuerySource, pool: WorkerPool) throws -> ResultTable {
    var binder = Binder(source, now: now, allowsMissing: allowsMissing)
    let plan = try self.plan(&binder)
    let groups = try plan.run(on: source, pool: pool)
    return ResultTable(
      columns: plan.keys.map(\.name) + aggregates.map(\.name), rows: rows(groups, plan),
      warnings: binder.warnings)
  }

  /// Says what `run` would do, a row for each step. Footers are read, no blocks.
  /// - Throws: `QueryError`, and the errors of `source`.
  public func explain(on source: any QuerySource) throws -> ResultTable {
    var binder = Binder(source, now: now, allowsMissing: allowsMissing)
    var explanation = PlanExplanation(source)
    try explanation.add(self, try plan(&binder))
    return ResultTable(
      columns: PlanExplanation.columns, rows: explanation.rows, warnings: binder.warnings)
  }

  /// Answers the query with groups that can still be united. What orders or limits rows does not
  /// matter here.
  /// - Throws: `QueryError`, and the errors of `source`.
  public func groups(on source: any QuerySource, pool: WorkerPool) throws -> AggregateGroups {
    var binder = Binder(source, now: now, allowsMissing: allowsMissing)
    let plan = try self.plan(&binder)
    return AggregateGroups(
      try plan.groups(on: source, pool: pool), warnings: binder.warnings)
  }

  // MARK: - Plan

  /// Binds the query's names.
  func plan(_ binder: inout Binder) throws(QueryError) -> AggregatePlan {
    if aggregates.isEmpty { throw QueryError.usage("at least one aggregate is needed") }
    if let top, top < 1 { throw QueryError.usage("--top must be at least 1") }
    try binder.checkEvents(events)
    var plan = AggregatePlan(
      request: ScanRequest(range: range, events: events.isEmpty ? nil : events))
    plan.memoryBytes = memoryBytes
    plan.unitesGroups = unitesGroups
    if let condition { plan.request.narrow(to: try binder.predicate(condition)) }
    if let timeBuckets {
      let time = plan.slot(.canonical(.timestamp))
      plan.keys.append(
        GroupKey(name: "time", source: .timeBucket(time, timeBuckets, isDate: false)))
    }
    for key in keys { plan.keys.append(try bind(key, &binder, &plan)) }
    for aggregate in aggregates {
      plan.aggregates.append(try bind(aggregate, &binder, &plan))
    }
    return plan
  }

  private func bind(
    _ key: String, _ binder: inout Binder, _ plan: inout AggregatePlan
  ) throws(QueryError) -> GroupKey {
    if case .field(let field) = binder.catalog.resolve(FieldPath.components(of: key)) {
      return GroupKey(name: key, source: .field(plan.slot(field)))
    }
    let times: [String: String] = ["day": "toDate(timestamp)", "hour": "toStartOfHour(timestamp)"]
    if let expression = try? Expression(parsing: times[key] ?? key), !expression.isName {
      return plan.key(key, try binder.value(expression))
    }
    // A name that means no field: an error, or null when names may be missing.
    guard let field = try binder.field(key) else {
      return GroupKey(name: key, source: .expression(.constant(.null), fields: []))
    }
    return GroupKey(name: key, source: .field(plan.slot(field)))
  }

  private func bind(
    _ aggregate: Aggregate, _ binder: inout Binder, _ plan: inout AggregatePlan
  ) throws(QueryError) -> BoundAggregate {
    let field: BoundField? =
      switch aggregate.function {
      case .count: nil
      case .users: .canonical(.user)
      case .sessions: .canonical(.session)
      case .uniq, .sum, .avg, .min, .max, .quantile: try binder.field(aggregate.field ?? "")
      }
    if let field, aggregate.function.needsNumbers {
      let families = field.families
      guard families.isEmpty || families.contains(.number) else {
        throw .usage(
          "\(aggregate.name): \"\(field.name)\" holds \(families.description), not numbers")
      }
    }
    var bound = BoundAggregate(function: aggregate.function.bound)
    if let field {
      bound.input = AggregateInput(source: .field(plan.slot(field)), name: field.name)
    } else if aggregate.function != .count {
      // A field that is missing: an aggregate of nulls.
      bound.input = AggregateInput(
        source: .expression(.constant(.null), fields: []), name: aggregate.field ?? "")
    }
    return bound
  }

  // MARK: - Order

  private struct Row {
    var keys: [Value]
    var figures: [Value]
  }

  /// The rows of the answer in order.
  private func rows(_ groups: GroupTable, _ plan: AggregatePlan) -> [[ResultValue]] {
    let byKeyOnly = top == nil && (plan.keys.first?.isTime(plan) ?? false)
    let rows = candidates(groups).map { group in
      Row(keys: groups.keys(of: group), figures: groups.figures(of: group))
    }
    let ordered = rows.sorted { left, right in
      if !byKeyOnly, let isFirst = Self.order(left.figures[0], right.figures[0]) { return isFirst }
      for (a, b) in zip(left.keys, right.keys) {
        let order = ValueOrder.total(a, b)
        if order != .equal { return order == .below }
      }
      return false
    }
    return ordered.prefix(top ?? .max).map { $0.keys.map(\.result) + $0.figures.map(\.result) }
  }

  /// The groups that may be among the first `top`: a first figure that is a count rules most out
  /// before any key is looked at.
  private func candidates(_ groups: GroupTable) -> [Int] {
    let present = groups.present
    let counts: [UInt64]
    switch groups.figures[0] {
    case .rows: counts = groups.rowCounts
    case .counts(let figures): counts = figures
    case .values: return present
    }
    guard let top, top < present.count else { return present }
    let least = present.map { counts[$0] }.sorted(by: >)[top - 1]
    return present.filter { counts[$0] >= least }
  }

  /// Whether the greater figure, which comes first, is on the left; nil when they are equal.
  static func order(_ left: Value, _ right: Value) -> Bool? {
    if left.isNull || right.isNull { return left.isNull == right.isNull ? nil : right.isNull }
    let order = ValueOrder.total(left, right)
    return order == .equal ? nil : order == .above
  }
}

extension ScanRequest {
  /// Lets only rows pass for which `condition` holds as well.
  mutating func narrow(to condition: BoundPredicate) {
    let parts = condition.split()
    range = range.intersection(parts.range).intersection(parts.rest?.timeRange ?? .all)
    if let names = parts.events {
      let known = events.map { Set($0.map { ExactText($0) }) }
      events = names.filter { known?.contains(ExactText($0)) ?? true }
    }
    filter = parts.rest
  }
}

extension GroupKey {
  /// Whether its values are times.
  func isTime(_ plan: AggregatePlan) -> Bool {
    switch source {
    case .field(let index): plan.type(index).isTime
    case .timeBucket: true
    case .expression(let expression, _):
      if case .call(let function, _) = expression { function.families == .time } else { false }
    }
  }
}
