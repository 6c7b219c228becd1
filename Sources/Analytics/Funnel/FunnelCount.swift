// Counts the users of merged event lists into tallies.

import EvtCore

/// Which users are listed by name.
public enum FunnelUserSelection: Hashable, Sendable {
  /// Those whose level is at least this step.
  case reached(Int)
  /// Those who reached the step before this one, but not this one.
  case dropped(Int)

  /// Whether a user of `level` is listed.
  func includes(level: Int) -> Bool {
    switch self {
    case .reached(let step): level >= step
    case .dropped(let step): level == step - 1
    }
  }
}

/// What the pure part of a funnel needs besides the events.
struct FunnelRules: Sendable {
  var masks: StepMasks
  /// Nanoseconds, not negative.
  var window: Int64
  /// The first instant that was not observed.
  var observationEnd: Int64
  var selection: FunnelUserSelection?
}

/// The users of a range of hashes.
struct FunnelCount: Sendable {
  var all: FunnelTally
  /// By the value of the breakdown, as the lists number it; empty without one.
  var groups: [UInt32: FunnelTally] = [:]
  var users: [FunnelUser] = []

  /// Creates the count of no users.
  init(stepCount: Int) { all = FunnelTally(stepCount: stepCount) }

  /// Counts all users of `lists`.
  ///
  /// The lists stand in the order of time where they can; marks are ids of `rules.masks`, users
  /// with a step 1 are flagged, values number the breakdown.
  /// - Parameters:
  ///   - hashes: only users with such a hash are looked at.
  ///   - ranks: by value, its place in the order of values; nil without a breakdown.
  static func of(
    _ lists: [UserEvents], hashes: ClosedRange<UInt64> = 0 ... .max, rules: FunnelRules,
    ranks: [UInt32]?, pool: WorkerPool
  ) throws -> FunnelCount {
    // Ranges whose entries fit a core's cache, and enough of them to keep the threads busy.
    let entries = lists.reduce(0) { $0 + $1.userCount }
    let ranges = hashes.cut(into: max(pool.threads * 4, min(entries / 16_384, 1_024)))
    let parts = try pool.map(count: ranges.count) { index in
      var part = FunnelCount(stepCount: rules.masks.stepCount)
      part.count(lists, in: ranges[index], rules: rules, ranks: ranks)
      return part
    }
    var total = FunnelCount(stepCount: rules.masks.stepCount)
    for part in parts { total.add(part) }
    return total
  }

  /// Adds the users of the hashes that follow.
  mutating func add(_ other: FunnelCount) {
    all.add(other.all)
    for (value, tally) in other.groups {
      groups[value, default: FunnelTally(stepCount: tally.stepCount)].add(tally)
    }
    users.append(contentsOf: other.users)
  }

  private mutating func count(
    _ lists: [UserEvents], in range: ClosedRange<UInt64>, rules: FunnelRules, ranks: [UInt32]?
  ) {
    var matcher = FunnelMatcher(masks: rules.masks, window: rules.window)
    var merge = UserMerge(lists: lists)
    merge.forEachUser(in: range) { merge, entries in
      // Without step 1 no chain begins.
      guard merge.isFlagged(entries) else { return }
      merge.gather(entries)
      let times = merge.timeline.times.elements.span
      let marks = merge.timeline.marks.elements.span
      let funnel = matcher.match(times: times, events: marks)
      guard funnel.level > 0 else { return }
      let stepTimes = matcher.stepTimes(of: funnel, times: times, events: marks)
      let isInProgress = rules.isInProgress(funnel)
      all.add(stepTimes: stepTimes, isInProgress: isInProgress)
      if rules.selection?.includes(level: funnel.level) == true {
        users.append(
          FunnelUser(
            user: String(decoding: merge.text(of: entries[0]), as: UTF8.self), funnel: funnel,
            stepTimes: stepTimes, stepCount: rules.masks.stepCount))
      }
      guard let ranks else { return }
      let values = merge.timeline.values.elements
      let entry = matcher.entryEvent(of: funnel, times: times, events: marks) {
        ranks[Int(values[$0])]
      }
      groups[
        values[entry], default: FunnelTally(stepCount: rules.masks.stepCount)
      ].add(stepTimes: stepTimes, isInProgress: isInProgress)
    }
  }
}

extension FunnelRules {
  /// Whether an event that nobody could see yet may still raise the level: the last entry's window
  /// reaches to the end of the observation.
  func isInProgress(_ funnel: UserFunnel) -> Bool {
    guard funnel.level < masks.stepCount else { return false }
    if funnel.latestEntry >= observationEnd { return true }
    return UInt64(bitPattern: observationEnd &- funnel.latestEntry) <= UInt64(window)
  }
}

extension FunnelUser {
  /// Describes the reported chain of a user.
  init(
    user: String, funnel: UserFunnel, stepTimes: UnsafeBufferPointer<Int64>, stepCount: Int
  ) {
    self.init(
      user: user, level: funnel.level, enteredAt: funnel.entry,
      convertedAt: funnel.level == stepCount ? funnel.completion : nil,
      stepMillis: zip(stepTimes.dropFirst(), stepTimes).map { Double($0 &- $1) / 1_000_000 })
  }
}
