// Adds users up to the rows of a funnel.

/// Counts and durations of the users of one group. Adding tallies in any order gives the same sums.
struct FunnelTally: Sendable {
  /// By level, from 0: users who reached it and no more, and those of them who may still go on.
  private(set) var levels: [Int]
  private(set) var inProgress: [Int]
  /// By step, from 0; those of step 0 stay empty, and so does what is from the first for step 1,
  /// where it is the same as from the previous.
  private var fromPrevious: [Durations]
  private var fromFirst: [Durations]

  init(stepCount: Int) {
    levels = Array(repeating: 0, count: stepCount + 1)
    inProgress = levels
    fromPrevious = Array(repeating: Durations(), count: stepCount)
    fromFirst = fromPrevious
  }

  /// The number of users who entered.
  var entrants: Int { levels.dropFirst().reduce(0, +) }

  /// Adds a user who reached one step or more.
  mutating func add(stepTimes: UnsafeBufferPointer<Int64>, isInProgress: Bool) {
    let level = stepTimes.count
    levels[level] += 1
    if isInProgress { inProgress[level] += 1 }
    guard level > 1 else { return }
    for step in 1..<level {
      // Within the window, so the differences fit.
      fromPrevious[step].add(stepTimes[step] &- stepTimes[step - 1])
      if step > 1 { fromFirst[step].add(stepTimes[step] &- stepTimes[0]) }
    }
  }

  /// Adds the users of `other`.
  mutating func add(_ other: FunnelTally) {
    for level in levels.indices {
      levels[level] += other.levels[level]
      inProgress[level] += other.inProgress[level]
    }
    for step in fromPrevious.indices {
      fromPrevious[step].add(other.fromPrevious[step])
      fromFirst[step].add(other.fromFirst[step])
    }
  }

  /// The row of `step`, counted from 0.
  func result(step: Int, name: String) -> FunnelStepResult {
    let count = self.count(step)
    let previous = step == 0 ? 0 : self.count(step - 1)
    return FunnelStepResult(
      step: step + 1, name: name, count: count, rate: percent(count, of: self.count(0)),
      fromPrevious: percent(count, of: previous),
      dropOff: percent(previous - count, of: previous),
      inProgress: step + 2 == levels.count ? 0 : inProgress[step + 1],
      fromPreviousTimes: fromPrevious[step].times,
      fromFirstTimes: (step == 1 ? fromPrevious[step] : fromFirst[step]).times)
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
