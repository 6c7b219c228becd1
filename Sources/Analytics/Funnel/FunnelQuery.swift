// A funnel as it is asked for.

import EvtCore
import Query

/// How many users take given steps in order within a window of time.
///
/// A user's level is the largest k for which k distinct events match the steps 1..k in
/// non-decreasing time, the last at most `window` after the first; any event of step 1 may begin.
/// `evt-semantics(7)` has all of it.
public struct FunnelQuery: Sendable {
  /// The window when none is asked for, in nanoseconds: 30 minutes.
  public static let standardWindow: Int64 = 30 * 60 * 1_000_000_000

  /// The steps as one argument: see `EventStep.parse`.
  public let text: String
  public let steps: [EventStep]
  /// Nanoseconds from the first step to the last, inclusive.
  public var window = FunnelQuery.standardWindow
  /// Events outside of it do not count.
  public var range = TimeRange.all
  /// Events for which it does not hold do not count.
  public var filter: Expression?
  /// A field or expression by whose value at a user's entry the answer is broken down.
  public var breakdown: String?
  /// How many groups of the breakdown to show: those with the most entrants.
  public var top = 10
  /// The users to list.
  public var users: FunnelUserSelection?
  /// The present, in nanoseconds: what `now()` means and where an open range is observed to.
  public var now: Int64
  /// Whether unknown events and fields are taken for nothing.
  public var allowsMissing = false
  /// What the events that are collected may take.
  public var memoryBytes = Limits.queryMemoryBytes / 2

  /// Creates the funnel of the steps that `text` lists.
  /// - Throws: `AnalyticsError.steps` or `.unsupported`.
  public init(parsing text: String, now: Int64) throws(AnalyticsError) {
    self.text = text
    self.now = now
    steps = try EventStep.parse(text)
  }

  /// Answers the question from `source`. The answer depends neither on the threads of `pool` nor on
  /// the memory.
  /// - Throws: `AnalyticsError`, `QueryError`, or the error of the source.
  public func run(on source: some QuerySource, pool: WorkerPool) throws -> FunnelResult {
    try check()
    var binder = Binder(source, now: now, allowsMissing: allowsMissing)
    let plan = try StepPlan(steps: steps) { condition, _ in
      try binder.predicate(Expression(parsing: condition.text, in: text, at: condition.offset))
    }
    try binder.checkEvents(steps.flatMap { $0.alternatives.compactMap(\.event) })
    let execution = FunnelExecution(
      plan: plan, range: range, filter: try filter.map { try binder.predicate($0) },
      breakdown: try breakdown.map { try Breakdown($0, &binder) }, window: window,
      observationEnd: range.until ?? now, selection: users, memoryBytes: memoryBytes)
    let found = try execution.run(on: source, pool: pool)
    var result = FunnelResult(
      window: window, steps: try results(found.count.all, pool), groups: [],
      remainingGroups: 0, remainingEntrants: 0, users: users == nil ? nil : found.count.users,
      eventsWithoutUser: found.eventsWithoutUser, warnings: binder.warnings)
    try addGroups(found, to: &result, pool)
    return result
  }

  private func addGroups(
    _ found: UserFindings<FunnelCount>, to result: inout FunnelResult, _ pool: WorkerPool
  ) throws {
    let ranks = found.values.ranks
    let groups = found.count.groups.map { (value: $0.key, entrants: $0.value.entrants) }.sorted {
      ($1.entrants, ranks[Int($0.value)]) < ($0.entrants, ranks[Int($1.value)])
    }
    for (value, _) in groups.prefix(top) {
      guard let tally = found.count.groups[value] else { continue }
      result.groups.append(
        FunnelGroup(value: found.values[Int(value)], steps: try results(tally, pool)))
    }
    let rest = groups.dropFirst(top)
    result.remainingGroups = rest.count
    result.remainingEntrants = rest.reduce(0) { $0 + $1.entrants }
  }

  private func check() throws(AnalyticsError) {
    guard window >= 0 else { throw .invalid("the window of a funnel cannot be negative") }
    guard top >= 1 else { throw .invalid("the groups to show must be at least 1") }
    switch users {
    case .reached(let step) where step < 1 || step > steps.count:
      throw .invalid("reached:\(step): the funnel has the steps 1 to \(steps.count)")
    case .dropped(let step) where step < 2 || step > steps.count:
      throw .invalid(
        steps.count == 1
          ? "dropped:\(step): nobody can drop out of a funnel of one step"
          : "dropped:\(step): the steps before which users can drop out are 2 to \(steps.count)")
    case .reached, .dropped, nil: return
    }
  }

  private func results(_ tally: FunnelTally, _ pool: WorkerPool) throws -> [FunnelStepResult] {
    // The medians of long funnels are worth a thread each.
    let names = steps.map(\.name)
    return try pool.map(count: steps.count) { tally.result(step: $0, name: names[$0]) }
  }
}
