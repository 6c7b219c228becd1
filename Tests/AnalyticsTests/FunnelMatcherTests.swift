// The funnel matcher against the definition, by name and by seed.

import Analytics
import TestSupport
import Testing

@Suite("FunnelMatcher")
struct FunnelMatcherTests {
  /// A user's events and what they must give.
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var steps: Int
    var window: Int64
    var events: [NaiveFunnel.Event]
    var level: Int
    var times: [Int64]
    var testDescription: String { name }

    init(
      _ name: String, steps: Int, window: Int64 = 30, _ events: [(Int64, Set<Int>)], level: Int,
      times: [Int64]
    ) {
      self.name = name
      self.steps = steps
      self.window = window
      self.events = events.map { NaiveFunnel.Event(time: $0.0, steps: $0.1) }
      self.level = level
      self.times = times
    }
  }

  static let cases: [Case] = [
    Case("no events", steps: 3, [], level: 0, times: []),
    Case("step 2 without step 1 counts for nothing", steps: 2, [(1, [1])], level: 0, times: []),
    Case(
      "the window includes its last instant", steps: 2, [(0, [0]), (30, [1])], level: 2,
      times: [0, 30]),
    Case(
      "one tick past the window is too late", steps: 2, [(0, [0]), (31, [1])], level: 1,
      times: [0]),
    Case(
      "the window runs from the first step, not the previous one", steps: 3,
      [(0, [0]), (20, [1]), (40, [2])], level: 2, times: [0, 20]),
    Case(
      "ties may serve in any order", steps: 3, [(5, [2]), (5, [1]), (5, [0])], level: 3,
      times: [5, 5, 5]),
    Case("one event never fills two steps", steps: 2, [(5, [0, 1])], level: 1, times: [5]),
    Case(
      "two events that match both steps fill both", steps: 2, [(5, [0, 1]), (6, [0, 1])], level: 2,
      times: [5, 6]),
    Case(
      "a later start rescues a chain that ran out", steps: 3,
      [(0, [0]), (20, [0]), (25, [1]), (45, [2])], level: 3, times: [20, 25, 45]),
    Case(
      "an earlier start is kept while the later one lacks its second step", steps: 3,
      [(0, [0]), (10, [1]), (20, [0]), (25, [2])], level: 3, times: [0, 10, 25]),
    Case(
      "the entry is the latest that reaches the earliest completion", steps: 2,
      [(0, [0]), (10, [0]), (12, [1]), (13, [0]), (14, [1])], level: 2, times: [10, 12]),
    Case(
      "a repeated step needs as many events", steps: 3, [(1, [0, 1, 2]), (2, [0, 1, 2])], level: 2,
      times: [1, 2]),
    Case(
      "a tie is matched, not taken greedily", steps: 2, [(5, [0, 1]), (5, [0])], level: 2,
      times: [5, 5]),
    Case(
      "augmenting moves a step to another event of the instant", steps: 3,
      [(5, [0, 1, 2]), (5, [0, 1]), (5, [0])], level: 3, times: [5, 5, 5]),
    Case(
      "window zero wants one instant", steps: 2, window: 0,
      [(1, [0]), (2, [1]), (3, [0]), (3, [1])], level: 2, times: [3, 3]),
    Case(
      "the ends of time do not overflow", steps: 2, window: .max,
      [(.min, [0]), (.max, [1])], level: 1, times: [.min]),
    Case(
      "the steps between are as early as they can be", steps: 3,
      [(0, [0]), (3, [1]), (5, [1]), (9, [2])], level: 3, times: [0, 3, 9]),
  ]

  @Test("named cases", arguments: cases)
  func namedCase(_ example: Case) {
    let found = matched(example.events, steps: example.steps, window: example.window)
    #expect(found.level == example.level)
    #expect(found.stepTimes == example.times)
    let oracle = NaiveFunnel(stepCount: example.steps, window: example.window)
    if example.window < .max { #expect(oracle.outcome(of: example.events) == found) }
  }

  @Test("random users equal the brute force", arguments: 0..<20)
  func randomUsers(_ part: UInt64) {
    for seed in part * 1_000..<(part + 1) * 1_000 {
      var random = SeededGenerator(seed: seed)
      let steps = 1 + random.below(5)
      let window = Int64(random.below(9))
      let span = 1 + random.below(10)
      let events = (0..<random.below(8)).map { _ in
        NaiveFunnel.Event(
          time: Int64(random.below(span)), steps: Self.steps(of: steps, &random),
          value: random.below(3))
      }
      let expected = NaiveFunnel(stepCount: steps, window: window).outcome(of: events)
      let found = matched(events, steps: steps, window: window)
      #expect(found == expected, "seed \(seed): \(events), \(steps) steps, window \(window)")
    }
  }

  @Test("more than 64 steps are matched like few")
  func manySteps() {
    for seed in UInt64(0)..<300 {
      var random = SeededGenerator(seed: seed)
      // A long common prefix of steps at distinct times, then a random tail across the word's edge.
      let prefix = 60 + random.below(8)
      let tail = 1 + random.below(4)
      let steps = prefix + tail
      var events = (0..<prefix).map { NaiveFunnel.Event(time: Int64($0), steps: [$0]) }
      let tailEvents = (0..<random.below(6)).map { _ in
        NaiveFunnel.Event(
          time: Int64(prefix + random.below(4)),
          steps: Set(Self.steps(of: tail, &random).map { $0 + prefix }))
      }
      events += tailEvents
      let found = matched(events, steps: steps, window: 1_000)
      // Behind the prefix the tail is a funnel of its own that any start may open.
      let alone = NaiveFunnel(stepCount: tail, window: 1_000).outcome(
        of: tailEvents.map {
          NaiveFunnel.Event(time: $0.time, steps: Set($0.steps.map { $0 - prefix }))
        })
      #expect(found.level == prefix + alone.level, "seed \(seed)")
    }
  }

  @Test("a hundred thousand events of one instant are no burden")
  func hugeTie() {
    let events = (0..<100_000).map {
      NaiveFunnel.Event(time: 7, steps: $0 % 2 == 0 ? [0, 2] : [1])
    }
    #expect(matched(events, steps: 3, window: 0).level == 3)
  }

  private static func steps(of count: Int, _ random: inout SeededGenerator) -> Set<Int> {
    var steps: Set<Int> = []
    for step in 0..<count where random.chance(2, in: 5) { steps.insert(step) }
    return steps
  }

  /// What the matcher says, in the words of the oracle.
  private func matched(
    _ unsorted: [NaiveFunnel.Event], steps: Int, window: Int64
  ) -> NaiveFunnel.Outcome {
    let events = unsorted.sorted { $0.time < $1.time }
    var masks = StepMasks(stepCount: steps)
    let ids = events.map { masks.id(of: $0.steps) }
    let times = events.map(\.time)
    let ranks = events.map { UInt32($0.value) }
    var matcher = FunnelMatcher(masks: masks, window: window)
    let funnel = matcher.match(times: times.span, events: ids.span)
    var outcome = NaiveFunnel.Outcome()
    outcome.level = funnel.level
    outcome.latestEntry = events.filter { $0.steps.contains(0) }.map(\.time).max()
    guard funnel.level > 0 else { return outcome }
    if funnel.level < steps { #expect(funnel.latestEntry == outcome.latestEntry) }
    outcome.stepTimes = Array(
      matcher.stepTimes(of: funnel, times: times.span, events: ids.span))
    let entry = matcher.entryEvent(of: funnel, times: times.span, events: ids.span) { ranks[$0] }
    outcome.value = Int(ranks[entry])
    return outcome
  }
}
