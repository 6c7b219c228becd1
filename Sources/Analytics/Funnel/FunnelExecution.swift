// Runs a bound funnel over segments, within its memory.

import Columnar
import EvtCore

/// The segments that a funnel runs over, by (day, age).
struct FunnelSegments: Sendable {
  var count: Int
  /// At most so many rows of a segment can fill a step, as far as is known without opening it.
  var matchingRowsMax: @Sendable (Int) -> Int
  /// The times of the first and the last row of a segment.
  var times: @Sendable (Int) -> ClosedRange<Int64>
  var reader: @Sendable (Int) throws -> SegmentReader

  /// For each segment, whether no other one has a row between its first and its last.
  var areAlone: [Bool] {
    let order = (0..<count).sorted { times($0).lowerBound < times($1).lowerBound }
    var alone = [Bool](repeating: true, count: count)
    var latest: (segment: Int, end: Int64)?
    for segment in order {
      let span = times(segment)
      if let latest, span.lowerBound <= latest.end {
        alone[segment] = false
        alone[latest.segment] = false
      }
      if span.upperBound >= latest?.end ?? .min { latest = (segment, span.upperBound) }
    }
    return alone
  }
}

/// Collects the segments in parallel, then merges and counts their users by ranges of hashes.
struct FunnelExecution: Sendable {
  var plan: FunnelPlan
  var range: TimeRange
  var window: Int64
  var observationEnd: Int64
  var selection: FunnelUserSelection?
  /// The memory that the collected lists may take.
  var memoryBytes: Int

  /// Counts all users of `segments`.
  ///
  /// When the lists would not fit in memory, users are taken in several passes by their hash. Blocks
  /// are in the order of the hash too, so a pass skips those of the others.
  func run(
    _ segments: FunnelSegments, pool: WorkerPool
  ) throws -> (count: FunnelCount, eventsWithoutUser: Int) {
    var total = FunnelCount(all: FunnelTally(stepCount: plan.masks.stepCount))
    var eventsWithoutUser = 0
    let rules = FunnelRules(
      masks: plan.masks, window: window, observationEnd: observationEnd, selection: selection)
    let areAlone = segments.areAlone
    let everyone: ClosedRange<UInt64> = 0 ... .max
    for hashes in everyone.cut(into: passes(segments)) {
      let parts = try pool.map(count: segments.count) { index in
        try FunnelCollector(
          segments.reader(index), plan: plan, range: range, hashes: hashes,
          isAlone: areAlone[index])?.collect()
      }.compactMap { $0 }
      eventsWithoutUser += parts.reduce(0) { $0 + $1.rowsWithoutUser }
      total.add(
        try FunnelCount.of(
          parts.map(\.events), hashes: hashes, rules: rules, ranks: nil, pool: pool))
    }
    return (total, eventsWithoutUser)
  }

  /// The number of passes for the lists of one to fit.
  private func passes(_ segments: FunnelSegments) -> Int {
    let rows = (0..<segments.count).reduce(0) { $0 &+ max(0, segments.matchingRowsMax($1)) }
    // An event and its value, the slack of growing buffers, and each user's text and record.
    let bytes = rows.multipliedReportingOverflow(by: 40)
    let needed = bytes.overflow ? Int.max : bytes.partialValue
    return 1 + min(needed / max(1, memoryBytes), 4_096)
  }
}
