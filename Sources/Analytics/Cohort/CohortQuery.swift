// A cohort question as it is asked for.

import Columnar
import EvtCore
import Query

/// How many of the users who began in one bucket of time came back in later ones.
///
/// A user begins with the first event of the start step, and is retained in a period by an event of
/// the return step in it, at the start or later. `evt-semantics(7)` has all of it.
public struct CohortQuery: Sendable {
  /// A step with the text that it was read from.
  public struct Step: Sendable {
    public let text: String
    public let step: EventStep

    /// Reads one step; `any` is any event, as `*` is.
    /// - Throws: `AnalyticsError.steps` or `.unsupported`.
    public init(parsing text: String) throws(AnalyticsError) {
      self.text = text
      step = try EventStep.parseOne(text)
    }

    /// Any event.
    public static let any = Step(
      text: "any", step: EventStep(name: "any", alternatives: [.init(event: nil)]))

    private init(text: String, step: EventStep) {
      self.text = text
      self.step = step
    }
  }

  /// With what a user begins.
  public var start = Step.any
  /// With what a user is retained.
  public var comeback = Step.any
  /// The length of the buckets.
  public var interval = CohortInterval.week
  public var weekStart = CalendarBuckets.WeekStart.monday
  /// Whose days the buckets are.
  public var zone = ZoneRules.utc
  /// How many periods the answer has, from period 0 on.
  public var periods = 12
  public var mode = CohortMode.on
  public var clock = CohortClock.calendar
  /// The periods, when they are windows of elapsed time; `periods`, `mode` and `clock` mean nothing
  /// then.
  public var windows: [CohortWindow] = []
  public var mean = CohortMean.weighted
  public var reference = CohortReference.first
  /// Users who began before it are left out; events behind it do not count.
  public var range = TimeRange.all
  /// Events for which it does not hold do not count.
  public var filter: Expression?
  /// A field or expression by whose value at a user's start the answer is broken down.
  public var breakdown: String?
  /// How many groups of the breakdown to show: those with the most users.
  public var top = 10
  /// The present, in nanoseconds: what `now()` means, and what is observed.
  public var now: Int64
  /// Whether unknown events and fields are taken for nothing.
  public var allowsMissing = false
  /// What the events that are collected may take.
  public var memoryBytes = Limits.queryMemoryBytes / 2

  /// Creates the question which users come back in the weeks after their first event.
  public init(now: Int64) { self.now = now }

  /// Answers the question from `source`. The answer depends neither on the threads of `pool` nor on
  /// the memory.
  /// - Throws: `AnalyticsError`, `QueryError`, or the error of the source.
  public func run(on source: some QuerySource, pool: WorkerPool) throws -> CohortResult {
    try check()
    var binder = Binder(source, now: now, allowsMissing: allowsMissing)
    let steps = [start, comeback]
    let plan = try StepPlan(steps: steps.map(\.step)) { condition, step in
      try binder.predicate(
        Expression(parsing: condition.text, in: steps[step].text, at: condition.offset))
    }
    try binder.checkEvents(steps.flatMap { $0.step.alternatives.compactMap(\.event) })
    let filter = try filter.map { try binder.predicate($0) }
    let breakdown = try breakdown.map { try Breakdown($0, &binder) }
    guard let frame = try frame(source) else {
      return emptyResult(warnings: binder.warnings)
    }
    let passes = UserPasses(
      plan: plan, range: TimeRange(until: range.until), filter: filter, breakdown: breakdown,
      thinning: frame.cuts(since: range.since).map { .stretches(cuts: $0) } ?? .none,
      memoryBytes: memoryBytes, subject: "the cohorts")
    let rules = CohortRules(frame: frame, mode: mode, since: range.since)
    let empty = CohortTally(periodCount: frame.countedPeriods)
    let found = try passes.run(on: source, pool: pool, from: empty) { tally, pass in
      try tally.add(
        CohortCount.tally(
          of: pass.lists, hashes: pass.hashes, rules: rules, ranks: pass.ranks, pool: pool))
    }
    return try result(found, frame, warnings: binder.warnings)
  }

  /// How its periods are told.
  var periodKind: CohortFrame.Periods {
    if !windows.isEmpty { return .windows(windows) }
    guard clock == .rolling, let length = interval.fixedNanoseconds else { return .buckets }
    return .elapsed(length)
  }

  func check() throws(AnalyticsError) {
    guard periods >= 1 else { throw .invalid("--periods must be at least 1") }
    guard top >= 1 else { throw .invalid("--top must be at least 1") }
    if windows.isEmpty, clock == .rolling, interval.fixedNanoseconds == nil {
      throw .invalid(
        "--clock rolling counts elapsed time, and months have no fixed length: take --every week,"
          + " or the calendar's months without --clock")
    }
    try CohortFrame.check(cohorts: 1, periods: periods)
  }

  /// The buckets that there may be; nil without events.
  private func frame(_ source: some QuerySource) throws -> CohortFrame? {
    let summaries = source.summaries
    guard var first = summaries.map(\.minTime).min(), var last = summaries.map(\.maxTime).max()
    else { return nil }
    if let since = range.since { first = max(first, since) }
    if let until = range.until { last = min(last, until == .min ? .min : until - 1) }
    // Where the range has no events, one bucket in which nobody begins.
    last = max(first, last)
    return try CohortFrame(
      periodKind, count: windows.isEmpty ? periods : windows.count,
      calendar: CalendarBuckets(interval.unit(weekStart: weekStart), zone: zone),
      span: first...last, observationEnd: min(range.until ?? now, now))
  }

  // MARK: - The answer

  private func result(
    _ found: UserFindings<CohortTally>, _ frame: CohortFrame, warnings: [String]
  ) throws -> CohortResult {
    let answer = CohortAnswer(
      frame: frame, mode: windows.isEmpty ? mode : .on, mean: mean, reference: reference)
    var result = emptyResult(warnings: warnings)
    result.eventsWithoutUser = found.eventsWithoutUser
    let tally = found.count
    let cohorts = Set(tally.keys.map(\.cohort))
    try CohortFrame.check(cohorts: cohorts.count, periods: frame.periodCount)
    result.all = answer.table(tally, rows: tally.keys.indices)
    guard breakdown != nil else { return result }
    let ranks = found.values.ranks
    let groups = Dictionary(grouping: tally.keys.indices) { tally.keys[$0].group }
      .map { group, rows in
        (value: Int(group), rows: rows, size: rows.reduce(0) { $0 + tally.size($1) })
      }
      .sorted { ($1.size, ranks[$0.value]) < ($0.size, ranks[$1.value]) }
    let shown = groups.prefix(top)
    try CohortFrame.check(
      cohorts: shown.reduce(0) { $0 + $1.rows.count }, periods: frame.periodCount)
    result.groups = shown.map { group in
      CohortGroup(value: found.values[group.value], table: answer.table(tally, rows: group.rows))
    }
    let rest = groups.dropFirst(top)
    result.remainingGroups = rest.count
    result.remainingUsers = rest.reduce(0) { $0 + $1.size }
    return result
  }

  private func emptyResult(warnings: [String]) -> CohortResult {
    let names: [ResultValue] =
      windows.isEmpty ? (0..<periods).map { .int(Int64($0)) } : windows.map { .text($0.name) }
    return CohortResult(
      periods: names, all: CohortTable(rows: [], means: names.map { _ in nil }), groups: [],
      remainingGroups: 0, remainingUsers: 0, eventsWithoutUser: 0, warnings: warnings)
  }
}
