// Runs a bound funnel over segments, within its memory.

import Columnar
import EvtCore
import Query

/// Collects the events of all users, and counts the users by their levels.
struct FunnelExecution: Sendable {
  var plan: StepPlan
  var range: TimeRange
  var filter: BoundPredicate?
  var breakdown: Breakdown?
  var window: Int64
  var observationEnd: Int64
  var selection: FunnelUserSelection?
  /// The memory that the collected lists may take.
  var memoryBytes: Int

  /// Counts all users of `source`.
  /// - Throws: `QueryError.tooMuchMemory`, or the error of the source.
  func run(
    on source: some QuerySource, pool: WorkerPool
  ) throws -> UserFindings<FunnelCount> {
    let passes = UserPasses(
      plan: plan, range: range, filter: filter, breakdown: breakdown, thinning: .innerEntries,
      memoryBytes: memoryBytes, subject: "the funnel")
    let empty = FunnelCount(stepCount: plan.masks.stepCount)
    return try passes.run(on: source, pool: pool, from: empty) { count, pass in
      let rules = FunnelRules(
        masks: pass.masks, window: window, observationEnd: observationEnd, selection: selection)
      count.add(
        try FunnelCount.of(
          pass.lists, hashes: pass.hashes, rules: rules, ranks: pass.ranks, pool: pool))
    }
  }
}
