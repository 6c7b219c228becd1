// Adds users up to the rows of a funnel.

/// Counts and durations of the users of one group. Adding tallies in any order gives the same sums.
struct FunnelTally: Sendable {
  let stepCount: Int
  /// By level, from 0: users who reached it and no more, and those of them who may still go on.
  private(set) var levels: [Int]
  private var inProgress: [Int]
  /// By step, from 0, twice over: times from the previous step, then those from the first one.
  /// Those of step 0 stay empty, and so do those from the first for step 1, which are the same as
  /// from the previous. Made when a user has some: there may be very many groups.
  private var durations: [Durations] = []

  init(stepCount: Int) {
    self.stepCount = stepCount
    levels = Array(repeating: 0, count: stepCount + 1)
    inProgress = levels
  }

  /// The number of users who entered.
  var entrants: Int { levels.dropFirst().reduce(0, +) }

  /// The number of users who may still go on.
  var usersInProgress: Int { inProgress.reduce(0, +) }

  /// Adds a user who reached one step or more.
  mutating func add(stepTimes: UnsafeBufferPointer<Int64>, isInProgress: Bool) {
    let level = stepTimes.count
    levels[level] += 1
    if isInProgress { inProgress[level] += 1 }
    guard level > 1 else { return }
    makeDurations()
    for step in 1..<level {
      // Within the window, so the differences fit.
      durations[step].add(stepTimes[step] &- stepTimes[step - 1])
      if step > 1 { durations[stepCount + step].add(stepTimes[step] &- stepTimes[0]) }
    }
  }

  /// Adds the users of `other`.
  mutating func add(_ other: FunnelTally) {
    for level in levels.indices {
      levels[level] += other.levels[level]
      inProgress[level] += other.inProgress[level]
    }
    guard !other.durations.isEmpty else { return }
    makeDurations()
    for index in durations.indices { durations[index].add(other.durations[index]) }
  }

  private mutating func makeDurations() {
    if durations.isEmpty { durations = Array(repeating: Durations(), count: 2 * stepCount) }
  }

  /// The row of `step`, counted from 0.
  func result(step: Int, name: String) -> FunnelStepResult {
    let count = self.count(step)
    let previous = step == 0 ? 0 : self.count(step - 1)
    let isLast = step + 1 == stepCount
    return FunnelStepResult(
      step: step + 1, name: name, count: count, rate: percent(count, of: self.count(0)),
      fromPrevious: percent(count, of: previous),
      dropOff: percent(previous - count, of: previous),
      inProgress: isLast ? 0 : inProgress[step + 1],
      fromPreviousTimes: times(step),
      fromFirstTimes: times(step == 1 ? step : stepCount + step))
  }

  private func times(_ index: Int) -> FunnelTimes? {
    durations.isEmpty ? nil : durations[index].times
  }

  /// Users whose level is at least `step` + 1.
  private func count(_ step: Int) -> Int { levels[(step + 1)...].reduce(0, +) }
}

/// 100 · `part` / `whole`; nil when there is nothing to take a part of.
private func percent(_ part: Int, of whole: Int) -> Double? {
  whole == 0 ? nil : 100 * Double(part) / Double(whole)
}

extension Durations {
  fileprivate var times: FunnelTimes? {
    guard let median = quantileMillis(0.5), let average = averageMillis,
      let p90 = quantileMillis(0.9)
    else { return nil }
    return FunnelTimes(median: median, average: average, p90: p90)
  }
}
