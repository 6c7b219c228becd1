// Figures by group: the question behind `evt query --by --agg`.

import Columnar
import EvtCore

/// Aggregates of the selected rows, by group. The answer does not depend on threads or segments.
public struct AggregateQuery: Sendable {
  /// Only rows of these events count; all when empty.
  public var events: [String]
  /// Only rows for which it holds count.
  public var condition: Expression?
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

  /// Groups beyond which an answer is refused.
  public static let groupsMax = 1_000_000

  /// Creates a query.
  public init(
    events: [String] = [], condition: Expression? = nil, keys: [String] = [],
    aggregates: [Aggregate] = [Aggregate(.count)], top: Int? = nil, range: TimeRange = .all,
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
    let plan = try AggregatePlan(self, &binder)
    let budget = MemoryBudget(bytes: memoryBytes)
    let parts = try MetadataAnswer.split(plan, source)
    let scanned = try pool.map(count: parts.toScan.count) { number in
      let index = parts.toScan[number]
      return try source.reading(segment: index) { reader in
        var aggregator = SegmentAggregator(plan, budget)
        try scan(reader, plan.request) { try aggregator.add($0) }
        return try aggregator.finish()
      }
    }
    var merge = GroupMerge(plan)
    for part in parts.answered { try merge.add(part) }
    for part in scanned { try merge.add(part) }
    try merge.mergeDistinct(pool)
    return ResultTable(
      columns: plan.keys.map(\.name) + aggregates.map(\.name), rows: try merge.rows(top: top),
      warnings: binder.warnings)
  }
}
