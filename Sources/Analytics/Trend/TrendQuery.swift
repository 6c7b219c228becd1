// A trend as it is asked for.

import Columnar
import EvtCore
import Query

/// Figures of events over time, in buckets of a calendar.
///
/// Every bucket of the range has its figures, also when nothing happened. Without a range it goes
/// from the first to the last event of the store. `evt-semantics(7)` has all of it.
public struct TrendQuery: Sendable {
  /// The events that have a series each; all together have one when empty.
  public let events: [String]
  public var aggregates: [Aggregate] = [.count, .users]
  public var interval = TrendInterval.auto
  public var weekStart = CalendarBuckets.WeekStart.monday
  /// Whose days and hours the buckets are.
  public var zone = ZoneRules.utc
  /// A field or expression by whose values each event is broken down.
  public var breakdown: String?
  /// How many values of the breakdown have a series of their own: those with the greatest first
  /// aggregate over all buckets and events.
  public var top = 5
  /// Events for which it does not hold do not count.
  public var filter: Expression?
  /// Events outside of it do not count.
  public var range = TimeRange.all
  /// Whether figures are over everything from the first bucket on.
  public var isCumulative = false
  /// The present, in nanoseconds: what `now()` means and which buckets are over.
  public var now: Int64
  /// Whether unknown events and fields are taken for nothing.
  public var allowsMissing = false
  public var memoryBytes = Limits.queryMemoryBytes

  /// Rows, buckets times series, that an answer may have.
  public static let rowsMax = 100_000

  /// Creates the trend of `events`; names given twice count once.
  public init(of events: [String] = [], now: Int64) {
    var seen: Set<ExactText> = []
    self.events = events.filter { seen.insert(ExactText($0)).inserted }
    self.now = now
  }

  /// Answers the question from `source`. The answer does not depend on the threads of `pool`.
  /// - Throws: `AnalyticsError`, `QueryError`, or the error of the source.
  public func run(on source: some QuerySource, pool: WorkerPool) throws -> TrendResult {
    try check()
    var scope = RollupScope(self, source)
    var frame = try frame(source, scope)
    scope.check(frame.buckets)
    if scope.obstacle != nil { frame = try self.frame(source, scope) }
    let groups = try groups(frame.interval, frame.calendar, source, pool)
    let rollups =
      scope.isUsed ? RollupTrend(self, scope, source, pool, buckets: frame.buckets) : nil
    let ranking = try rollups?.ranking()
    let layout = try TrendLayout(self, groups, frame.buckets, ranking: ranking, pool)
    try checkRows(frame.interval, frame.span, seriesCount: layout.seriesCount)
    var result = TrendResult(
      interval: frame.interval, buckets: frame.buckets.map { bucket($0) },
      series: try layout.series(groups, pool), warnings: groups.warnings + scope.warnings)
    if let rollups {
      let gaps = try rollups.answer(&result.series, ranking)
      for index in gaps.incomplete { result.buckets[index].isPartial = true }
      result.rolledUpBefore = scope.summaries.last.map { UTCDay(number: $0.day.number + 1) }
      result.warnings += gaps.warnings
    } else {
      for index in result.buckets.indices
      where scope.overlaps(result.buckets[index].span) { result.buckets[index].isPartial = true }
    }
    return result
  }

  /// The length of its buckets, chosen if it is `auto`.
  func resolvedInterval(for source: some QuerySource) throws -> TrendInterval {
    try frame(source, RollupScope(self, source)).interval
  }

  /// The figures that it asks for, but for the buckets.
  var aggregateQuery: AggregateQuery {
    AggregateQuery(
      events: events, condition: filter,
      keys: (events.count > 1 ? ["event"] : []) + (breakdown.map { [$0] } ?? []),
      aggregates: aggregates, range: range, now: now, allowsMissing: allowsMissing)
  }

  /// Which buckets there are.
  private struct Frame {
    var interval: TrendInterval
    var calendar: CalendarBuckets
    var span: ClosedRange<Int64>?
    var buckets: [ClosedRange<Int64>]
  }

  private func frame(_ source: some QuerySource, _ scope: RollupScope) throws -> Frame {
    var times = source.summaries.map { $0.minTime...$0.maxTime }
    if scope.isUsed { times += scope.summaries.map { $0.minTime...$0.maxTime } }
    let span = span(of: times)
    let length = scope.coarsened(interval.resolved(for: span))
    try checkRows(length, span, seriesCount: max(1, events.count))
    let calendar = CalendarBuckets(length.unit(weekStart: weekStart), zone: zone)
    return Frame(
      interval: length, calendar: calendar, span: span,
      buckets: TrendLayout.buckets(calendar, span))
  }

  /// The first and the last instant for which there are buckets: the range, where it is open the
  /// events of the store at `times`; nil when there are neither.
  private func span(of times: [ClosedRange<Int64>]) -> ClosedRange<Int64>? {
    let first = range.since ?? times.map(\.lowerBound).min()
    let last = range.until.map { $0 == .min ? .min : $0 - 1 } ?? times.map(\.upperBound).max()
    guard let end = last ?? first, let start = first ?? last else { return nil }
    // An open end reaches no further than the other one.
    return range.since == nil ? min(start, end)...end : start...max(start, end)
  }

  private func bucket(_ span: ClosedRange<Int64>) -> TrendBucket {
    let isCut =
      range.since.map { span.lowerBound < $0 } ?? false
      || range.until.map { span.upperBound >= $0 } ?? false
    return TrendBucket(span: span, isPartial: isCut || span.upperBound >= now)
  }

  private func groups(
    _ interval: TrendInterval, _ calendar: CalendarBuckets, _ source: some QuerySource,
    _ pool: WorkerPool
  ) throws -> AggregateGroups {
    var query = aggregateQuery
    query.timeBuckets = calendar
    query.memoryBytes = memoryBytes
    query.unitesGroups = breakdown != nil || isCumulative
    do {
      return try query.groups(on: source, pool: pool)
    } catch QueryError.tooManyGroups(let limit) {
      throw AnalyticsError.invalid(
        "there are more than \(limit) groups by \(interval.rawValue)"
          + (breakdown.map { " and \"\($0)\"" } ?? "")
          + ": take a coarser --every, a shorter range, or a key with fewer values"
      )
    }
  }

  // MARK: - Checks

  private func check() throws(AnalyticsError) {
    guard top >= 1 else { throw .invalid("--top must be at least 1") }
    guard isCumulative else { return }
    for aggregate in aggregates {
      switch aggregate.function {
      case .count, .users, .sessions, .uniq, .sum: continue
      case .avg, .min, .max, .quantile:
        throw .invalid(
          "--cumulative adds up, and \"\(aggregate.name)\" is no total: take count, users,"
            + " sessions, uniq or sum")
      }
    }
  }

  /// Makes sure that the answer is not longer than anybody reads.
  private func checkRows(
    _ interval: TrendInterval, _ span: ClosedRange<Int64>?, seriesCount: Int
  ) throws(AnalyticsError) {
    guard let span else { return }
    func isWithin(_ interval: TrendInterval) -> Bool {
      interval.bucketCount(in: span) <= Self.rowsMax / max(1, seriesCount)
    }
    if isWithin(interval) { return }
    let coarser = TrendInterval.fixed.drop { $0 != interval }.first(where: isWithin)
    let count = interval.bucketCount(in: span)
    throw .invalid(
      "--every \(interval.rawValue) makes about \(count) buckets"
        + (seriesCount > 1 ? " of \(seriesCount) series" : "")
        + ", and an answer has at most \(Self.rowsMax) rows: "
        + (coarser.map { "take --every \($0.rawValue), or " } ?? "")
        + "shorten the range with --last or --since")
  }
}
