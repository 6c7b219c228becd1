// The funnel of one user: how far, and by which chain of events.

import EvtCore

/// How far one user came.
public struct UserFunnel: Hashable, Sendable {
  /// The number of steps reached; 0 when no event matches step 1.
  public var level = 0
  /// When the user first completed `level` steps, and the latest step 1 from which that completion
  /// is reached; undefined at level 0.
  public var completion: Int64 = 0
  public var entry: Int64 = 0
  /// The last step 1 of all; undefined at level 0 and when the last step was reached.
  public var latestEntry: Int64 = 0

  /// Creates the funnel of a user without step 1.
  public init() {}
}

/// Finds the level of users one after the other.
///
/// **Level**: the largest k for which k distinct events match the steps 1..k in non-decreasing time
/// with last − first ≤ window; events of the same instant may serve in any order.
///
/// **How**: events are taken in groups of equal time. `latestStart[j]` is the latest first time of
/// any chain of length j made of the groups so far. The latest start dominates: whether a chain of
/// length j can grow by a later event depends on (1) that event's time, which is no earlier than
/// the chain's end whatever the chain is, (2) the event not being in the chain, which holds because
/// it belongs to a later group, and (3) its time minus the chain's start being within the window,
/// which is easiest for the latest start. Nothing else of the chain matters, so every other
/// chain of length j can be forgotten. Within a group a chain that came in with length j grows by m
/// iff m distinct events of the group match the steps j+1..j+m (`TieMatching`).
///
/// Chains of length j have prefixes of length j − 1 with the same start, so `latestStart` does not
/// increase with j, and exists exactly for j ≤ level.
public struct FunnelMatcher: ~Copyable {
  private let masks: StepMasks
  private let stepCount: Int
  private let window: UInt64
  // The words of `masks` once more, for the loop over all events.
  private var words: GrowableBuffer<UInt64>
  /// By mask id: the one step that the mask holds, -1 for several or none.
  private var onlyStep: GrowableBuffer<Int32>
  /// By length of chain; that of length 0 would start now.
  private var latestStart: GrowableBuffer<Int64>
  private var stepTime: GrowableBuffer<Int64>
  private var ties: TieMatching

  /// Creates a matcher for events whose step sets are in `masks`.
  /// - Parameter window: the longest a chain may take, in nanoseconds, not negative.
  public init(masks: StepMasks, window: Int64) {
    precondition(window >= 0, "BUG: negative window")
    self.masks = masks
    self.window = UInt64(window)
    stepCount = masks.stepCount
    words = GrowableBuffer(capacity: masks.words.count)
    onlyStep = GrowableBuffer(capacity: masks.count)
    latestStart = GrowableBuffer(capacity: stepCount + 1)
    latestStart.append(repeating: 0, count: stepCount + 1)
    stepTime = GrowableBuffer(capacity: stepCount)
    stepTime.append(repeating: 0, count: stepCount)
    ties = TieMatching(masks: masks)
    for word in masks.words { words.append(word) }
    for mask in 0..<masks.count {
      let steps = (0..<stepCount).filter { masks.contains(UInt32(mask), step: $0) }
      onlyStep.append(steps.count == 1 ? Int32(steps[0]) : -1)
    }
  }

  /// Returns how far the user of these events came.
  /// - Parameters:
  ///   - times: nanoseconds, ascending.
  ///   - events: for each time, the id of the event's steps.
  public mutating func match(times: Span<Int64>, events: Span<UInt32>) -> UserFunnel {
    precondition(times.count == events.count, "BUG: events without time")
    var found = UserFunnel()
    var index = 0
    while index < times.count {
      let time = times[index]
      let end = endOfGroup(times, from: index)
      let level: Int
      if end == index + 1 {
        let step = Int(onlyStep.base[Int(events[index])])
        level =
          step >= 0
          ? advance(level: found.level, time: time, step: step)
          : advance(level: found.level, time: time, event: events[index])
      } else {
        level = advance(level: found.level, time: time, group: events.extracting(index..<end))
      }
      if level > found.level {
        found.level = level
        found.completion = time
        found.entry = latestStart.base[level]
        if level == stepCount { return found }
      }
      index = end
    }
    if found.level > 0 { found.latestEntry = latestStart.base[1] }
    return found
  }

  /// Returns the times of the steps of the chain that `match` found, valid until the next call.
  ///
  /// From the entry on, every step is taken at the earliest possible time. Taking it in each group
  /// greedily is right: if j steps can be done by some time then so can fewer, and what a group
  /// adds to a shorter chain beyond j it also adds to the chain of length j (its matching is a part
  /// of the other's). So all steps have their earliest times in one and the same chain.
  public mutating func stepTimes(
    of funnel: UserFunnel, times: Span<Int64>, events: Span<UInt32>
  ) -> UnsafeBufferPointer<Int64> {
    var reached = 0
    var index = firstIndex(of: funnel.entry, in: times)
    while reached < funnel.level, index < times.count {
      let end = endOfGroup(times, from: index)
      let gained: Int
      if end == index + 1 {
        gained = masks.contains(events[index], step: reached) ? 1 : 0
      } else {
        ties.load(events.extracting(index..<end))
        gained = ties.longestRun(from: reached, limit: funnel.level)
      }
      for step in reached..<reached + gained { stepTime.base[step] = times[index] }
      reached += gained
      index = end
    }
    precondition(reached == funnel.level, "BUG: the chain of a funnel is not among its events")
    return UnsafeBufferPointer(start: stepTime.base, count: reached)
  }

  /// Returns the index of the event that opens the chain of `stepTimes`; where several of that
  /// instant could, the one that comes first by `rank` of its index, and by index among equals.
  public mutating func entryEvent(
    of funnel: UserFunnel, times: Span<Int64>, events: Span<UInt32>, rank: (Int) -> UInt32
  ) -> Int {
    let start = firstIndex(of: funnel.entry, in: times)
    let end = endOfGroup(times, from: start)
    if end == start + 1 { return start }
    let group = events.extracting(start..<end)
    ties.load(group)
    let run = ties.longestRun(from: 0, limit: funnel.level)
    var best: Int?
    for position in group.indices where masks.contains(group[position], step: 0) {
      if let best, rank(start + position) >= rank(best) { continue }
      // It can open the chain iff the others fill the chain's further steps of this instant.
      ties.withdraw(group[position])
      if ties.longestRun(from: 1, limit: run) == run - 1 { best = start + position }
      ties.restore(group[position])
    }
    guard let best else { preconditionFailure("BUG: a chain without entry") }
    return best
  }

  /// Takes one event that is alone at its instant and can fill `step` alone. What comes next in a
  /// log is hard to guess, so nothing here branches.
  @inline(__always)
  private mutating func advance(level: Int, time: Int64, step: Int) -> Int {
    latestStart.base[0] = time
    let start = latestStart.base[step]
    let extends = step <= level && isWithinWindow(from: start, to: time)
    latestStart.base[step + 1] = extends ? start : latestStart.base[step + 1]
    return extends ? max(level, step + 1) : level
  }

  /// Takes one event that is alone at its instant.
  @inline(__always)
  private mutating func advance(level: Int, time: Int64, event: UInt32) -> Int {
    var level = level
    // Steps from the last to the first, so that no event fills two.
    var word = level >> 6
    let mask = words.base + Int(event) * masks.wordsPerMask
    var bits = mask[word] & (.max >> UInt64(63 - level & 63))
    while true {
      while bits != 0 {
        let bit = 63 - bits.leadingZeroBitCount
        bits ^= 1 << UInt64(bit)
        let done = word << 6 + bit
        let start = done == 0 ? time : latestStart.base[done]
        guard isWithinWindow(from: start, to: time) else { continue }
        latestStart.base[done + 1] = start
        level = max(level, done + 1)
      }
      if word == 0 { return level }
      word -= 1
      bits = mask[word]
    }
  }

  /// Takes several events of one instant.
  @inline(never)
  private mutating func advance(level: Int, time: Int64, group: Span<UInt32>) -> Int {
    ties.load(group)
    var reached = level
    // From the longest chain to the shortest: a write goes only to lengths whose old chains have
    // been extended already, and a shorter chain, whose start is no earlier, has the last word.
    for done in stride(from: min(level, stepCount - 1), through: 0, by: -1) {
      let start = done == 0 ? time : latestStart.base[done]
      guard isWithinWindow(from: start, to: time) else { continue }
      let gained = ties.longestRun(from: done, limit: stepCount)
      for length in done..<done + gained { latestStart.base[length + 1] = start }
      reached = max(reached, done + gained)
    }
    return reached
  }

  @inline(__always)
  private func isWithinWindow(from start: Int64, to end: Int64) -> Bool {
    // The difference of ascending times fits 64 bits without sign.
    UInt64(bitPattern: end &- start) <= window
  }

  @inline(__always)
  private func endOfGroup(_ times: Span<Int64>, from start: Int) -> Int {
    var end = start + 1
    while end < times.count, times[end] == times[start] { end += 1 }
    return end
  }

  private func firstIndex(of time: Int64, in times: Span<Int64>) -> Int {
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
