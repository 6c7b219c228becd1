// Runs a bound funnel over segments, within its memory.

import Columnar
import EvtCore
import Query

/// What a funnel came to.
struct FunnelFindings: Sendable {
  var count: FunnelCount
  /// The values of the breakdown, by which the groups of `count` are numbered.
  var values = BreakdownValues()
  /// Rows that fill a step but have no user.
  var eventsWithoutUser = 0
}

/// Collects the segments in parallel, then merges and counts their users by ranges of hashes.
struct FunnelExecution: Sendable {
  var plan: FunnelPlan
  var range: TimeRange
  var filter: BoundPredicate?
  var breakdown: Breakdown?
  var window: Int64
  var observationEnd: Int64
  var selection: FunnelUserSelection?
  /// The memory that the collected lists may take.
  var memoryBytes: Int

  /// Counts all users of `source`.
  ///
  /// When the lists would not fit in memory, users are taken in several passes by their hash. A
  /// segment's blocks are in the order of the hash too, so that a pass skips those of the others.
  /// - Throws: `QueryError.tooMuchMemory`, or the error of the source.
  func run(on source: some QuerySource, pool: WorkerPool) throws -> FunnelFindings {
    let summaries = source.summaries
    let wanted = summaries.indices.filter { index in
      rowsMax(summaries[index]) > 0
        && range.overlaps(least: summaries[index].minTime, greatest: summaries[index].maxTime)
    }
    var passes = passes(wanted.map { rowsMax(summaries[$0]) })
    while passes <= Self.passesMax {
      do {
        return try run(on: source, segments: wanted, passes: passes, pool: pool)
      } catch is ListsTooLarge {
        // The rows were few enough; the users' texts must be long.
        passes *= 8
      }
    }
    throw QueryError.tooMuchMemory(what: "the funnel", limitBytes: listBytes)
  }

  private func run(
    on source: some QuerySource, segments: [Int], passes: Int, pool: WorkerPool
  ) throws -> FunnelFindings {
    let areAlone = Self.areAlone(source.summaries)
    let masks = SharedStepMasks(plan.masks)
    var found = FunnelFindings(count: FunnelCount(stepCount: plan.masks.stepCount))
    let everyone: ClosedRange<UInt64> = 0 ... .max
    for hashes in everyone.cut(into: passes) {
      let collection = FunnelCollection(
        plan: plan, masks: masks, range: range, filter: filter, breakdown: breakdown,
        hashes: hashes, budget: MemoryBudget(bytes: listBytes))
      let collected = try pool.map(count: segments.count) { number in
        let index = segments[number]
        return try source.reading(segment: index) { reader in
          try FunnelCollector(reader, collection, isAlone: areAlone[index]).collect()
        }
      }
      for segment in collected {
        found.eventsWithoutUser += segment.rowsWithoutUser
        if let values = segment.values {
          segment.events.renumberValues(by: try found.values.add(values))
        }
      }
      let rules = FunnelRules(
        masks: masks.snapshot, window: window, observationEnd: observationEnd,
        selection: selection)
      found.count.add(
        try FunnelCount.of(
          collected.map(\.events), hashes: hashes, rules: rules,
          ranks: breakdown == nil ? nil : found.values.ranks, pool: pool))
    }
    return found
  }

  /// At most so many rows of a segment can fill a step.
  private func rowsMax(_ summary: SegmentSummary) -> Int {
    let rowCount = Int(clamping: summary.rowCount)
    guard let events = summary.events else { return rowCount }
    return plan.rowsMax(rowCount: rowCount, events: events.lazy.map { ($0.name, $0.count) })
  }

  /// What the lists of one pass may hold; small limits, which only tests set, bear on the number of
  /// passes alone.
  private var listBytes: Int { max(memoryBytes, 16 << 20) }

  private static let passesMax = 1 << 16

  /// The number of passes for the lists of one to fit, as far as rows tell.
  private func passes(_ rows: [Int]) -> Int {
    // An event and its value, the slack of growing buffers, and each user's text and record.
    let bytes = rows.reduce(0, &+).multipliedReportingOverflow(by: 40)
    let needed = bytes.overflow ? Int.max : bytes.partialValue
    return 1 + min(needed / max(1, memoryBytes), Self.passesMax - 1)
  }

  /// For each segment, whether no other one has a row between its first and its last.
  static func areAlone(_ summaries: [SegmentSummary]) -> [Bool] {
    let order = summaries.indices.sorted { summaries[$0].minTime < summaries[$1].minTime }
    var alone = [Bool](repeating: true, count: summaries.count)
    var latest: (segment: Int, end: Int64)?
    for segment in order {
      let summary = summaries[segment]
      if let latest, summary.minTime <= latest.end {
        alone[segment] = false
        alone[latest.segment] = false
      }
      if summary.maxTime >= latest?.end ?? .min { latest = (segment, summary.maxTime) }
    }
    return alone
  }
}
