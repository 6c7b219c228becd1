// Goes through the events of all users, in as few passes as the memory allows.

import Columnar
import EvtCore
import Query

/// The users of one range of hashes, with the events that fill steps.
struct UserPass: Sendable {
  var hashes: ClosedRange<UInt64>
  /// A list a segment, in the order of time where they can be.
  var lists: [UserEvents]
  /// What the marks of the events mean.
  var masks: StepMasks
  /// By number of a value of the breakdown, its place in the order of values; nil without one.
  var ranks: [UInt32]?
}

/// What the users of all passes came to.
struct UserFindings<Count: Sendable>: Sendable {
  var count: Count
  /// The values of the breakdown, by number.
  var values = BreakdownValues()
  /// Rows that fill a step but have no user.
  var eventsWithoutUser = 0
}

/// Collects the events that fill steps, segment by segment in parallel.
///
/// When the lists would not fit in memory, users are taken in several passes by their hash. A
/// segment's blocks are in the order of the hash too, so that a pass skips those of the others.
struct UserPasses: Sendable {
  var plan: StepPlan
  var range: TimeRange
  var filter: BoundPredicate?
  var breakdown: Breakdown?
  var thinning: EventThinning
  /// The memory that the collected lists may take.
  var memoryBytes: Int
  /// What takes the memory, for when it is not enough.
  var subject: String

  /// Returns `empty` with the users of each pass added by `add`, in the order of their hashes.
  /// - Throws: `QueryError.tooMuchMemory`, the error of the source, or that of `add`.
  func run<Count: Sendable>(
    on source: some QuerySource, pool: WorkerPool, from empty: Count,
    _ add: (inout Count, UserPass) throws -> Void
  ) throws -> UserFindings<Count> {
    let summaries = source.summaries
    let everyone = collection(of: 0 ... .max, masks: SharedStepMasks(plan.masks))
    let eventsMax = summaries.map { self.eventsMax($0, everyone) }
    let wanted = summaries.indices.filter { index in
      eventsMax[index] > 0
        && range.overlaps(least: summaries[index].minTime, greatest: summaries[index].maxTime)
    }
    var count = passCount(wanted.map { eventsMax[$0] })
    while count <= Self.passesMax {
      do {
        var found = UserFindings(count: empty)
        try run(on: source, segments: wanted, passes: count, pool: pool, into: &found, add)
        return found
      } catch is ListsTooLarge {
        // The events were few enough; the users' texts must be long.
        count *= 8
      }
    }
    throw QueryError.tooMuchMemory(what: subject, limitBytes: listBytes)
  }

  private func run<Count>(
    on source: some QuerySource, segments: [Int], passes: Int, pool: WorkerPool,
    into found: inout UserFindings<Count>, _ add: (inout Count, UserPass) throws -> Void
  ) throws {
    let areAlone = Self.areAlone(source.summaries)
    let masks = SharedStepMasks(plan.masks)
    let everyone: ClosedRange<UInt64> = 0 ... .max
    for hashes in everyone.cut(into: passes) {
      let collection = collection(of: hashes, masks: masks)
      let collected = try pool.map(count: segments.count) { number in
        let index = segments[number]
        return try source.reading(segment: index) { reader in
          try StepCollector(reader, collection, isAlone: areAlone[index]).collect()
        }
      }
      for segment in collected {
        found.eventsWithoutUser += segment.rowsWithoutUser
        if let values = segment.values {
          segment.events.renumberValues(by: try found.values.add(values))
        }
      }
      let pass = UserPass(
        hashes: hashes, lists: collected.map(\.events), masks: masks.snapshot,
        ranks: breakdown == nil ? nil : found.values.ranks)
      try add(&found.count, pass)
    }
  }

  private func collection(
    of hashes: ClosedRange<UInt64>, masks: SharedStepMasks
  ) -> StepCollection {
    StepCollection(
      plan: plan, masks: masks, range: range, filter: filter, breakdown: breakdown,
      thinning: thinning, hashes: hashes, budget: MemoryBudget(bytes: listBytes))
  }

  /// At most so many events of a segment are collected.
  private func eventsMax(_ summary: SegmentSummary, _ collection: StepCollection) -> Int {
    collection.eventsMax(
      rows: Int(clamping: summary.rowCount), users: Int(clamping: summary.userCount),
      from: summary.minTime, to: summary.maxTime,
      events: summary.events?.lazy.map { ($0.name, $0.count) })
  }

  /// What the lists of one pass may hold; small limits, which only tests set, bear on the number of
  /// passes alone.
  private var listBytes: Int { max(memoryBytes, 16 << 20) }

  private static let passesMax = 1 << 16

  /// The number of passes for the lists of one to fit, as far as the number of events tells.
  private func passCount(_ events: [Int]) -> Int {
    // An event and its value, the slack of growing buffers, and each user's text and record.
    let bytes = events.reduce(0, &+).multipliedReportingOverflow(by: 40)
    let needed = bytes.overflow ? Int.max : bytes.partialValue
    return 1 + min(needed / max(1, memoryBytes), Self.passesMax - 1)
  }

  /// For each segment, whether no other one has a row between its first and its last.
  private static func areAlone(_ summaries: [SegmentSummary]) -> [Bool] {
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

extension ClosedRange<UInt64> {
  /// Cuts the range into at most `count` ranges of nearly equal width, in order.
  func cut(into count: Int) -> [ClosedRange<UInt64>] {
    let width = (upperBound - lowerBound) / UInt64(count)
    guard count > 1, width > 0 else { return [self] }
    return (0..<UInt64(count)).map { index in
      let start = lowerBound + index * width
      return start...(index + 1 == UInt64(count) ? upperBound : start + width - 1)
    }
  }
}
