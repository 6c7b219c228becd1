// windowFunnel: how many steps each group did within a window.

/// An event that is a step of a funnel in some group.
struct StepEvent: BitwiseCopyable, Sendable {
  var group: UInt32
  /// Bit i stands for step i, from 0.
  var steps: UInt32
  var time: Int64

  /// Conditions that one funnel may have, as in ClickHouse.
  static let stepsMax = 32

  /// The events in the order of time, in which those of a store mostly are.
  static func ordered(_ events: ArraySlice<StepEvent>) -> ArraySlice<StepEvent> {
    let isOrdered = zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time }
    return isOrdered ? events : events.sorted { $0.time < $1.time }[...]
  }

  /// The number of steps done by `events`, which are of one group and in the order of time.
  ///
  /// ClickHouse's `windowFunnel` in its default mode: the longest chain of steps in non-decreasing
  /// time within `window` of its first; one event may do several steps, in their order. For each
  /// length only the latest start of any chain matters (see `FunnelMatcher` in Analytics for why).
  static func level(
    _ events: ArraySlice<StepEvent>, stepCount: Int, window: Int64,
    _ latestStart: inout [Int64?]
  ) -> Int {
    for step in 0..<stepCount { latestStart[step] = nil }
    var index = events.startIndex
    while index < events.endIndex {
      let time = events[index].time
      var steps: UInt32 = 0
      while index < events.endIndex, events[index].time == time {
        steps |= events[index].steps
        index += 1
      }
      while steps != 0 {
        let step = steps.trailingZeroBitCount
        steps &= steps - 1
        if step == 0 {
          latestStart[0] = time
        } else if let start = latestStart[step - 1], isWithin(window, from: start, to: time) {
          latestStart[step] = start
        }
      }
      if latestStart[stepCount - 1] != nil { return stepCount }
    }
    return (latestStart[..<stepCount].lastIndex { $0 != nil } ?? -1) + 1
  }

  /// Whether ascending times are no further apart than `window`, which is not negative.
  private static func isWithin(_ window: Int64, from start: Int64, to end: Int64) -> Bool {
    UInt64(bitPattern: end &- start) <= UInt64(window)
  }
}
