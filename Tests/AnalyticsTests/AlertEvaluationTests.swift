// Rules over real segments against counting, at each minute, the rows they were made of.

import Columnar
import EvtCore
import Query
import TestSupport
import Testing

@testable import Analytics

@Suite("AlertEvaluation")
struct AlertEvaluationTests {
  private static let pool = WorkerPool(threads: 2)
  private static let minute: Int64 = 60_000_000_000

  /// Counted events, and which rows they mean.
  static let choices: [(text: String, isMeant: @Sendable (TestEvent) -> Bool)] = [
    ("purchase", { $0.event == "purchase" }),
    ("page_view|search", { $0.event == "page_view" || $0.event == "search" }),
    ("*", { _ in true }),
    ("never", { _ in false }),
    (
      "search[context.device = 'phone']",
      { $0.event == "search" && $0.values["context.device"] == .text("phone") }
    ),
  ]

  private static func meant(_ events: AlertEvents?, _ row: TestEvent) -> Bool {
    guard let events else { return true }
    return choices.first { $0.text == events.text }?.isMeant(row) == true
  }

  private static func rule(_ random: inout SeededGenerator) throws -> AlertRule {
    func events(_ random: inout SeededGenerator) throws -> AlertEvents {
      try AlertEvents(parsing: random.pick(choices).text)
    }
    let threshold = Double(random.below(4)) + random.pick([0, 0.5, 1])
    let condition: AlertRule.Condition =
      switch random.below(4) {
      case 0: .volumeBelow(try events(&random), threshold: threshold)
      case 1: .volumeAbove(try events(&random), threshold: threshold)
      case 2:
        .rateBelow(
          numerator: try events(&random), denominator: try events(&random),
          threshold: random.pick([10, 50, 100, 200]), minSamples: random.below(4))
      default: .noData(random.chance(1, in: 2) ? nil : try events(&random))
      }
    var rule = AlertRule(
      id: "r", name: "r", condition: condition,
      window: random.pick([1, 90, 300, 3_600, 50_000]) * 1_000_000_000)
    rule.hold = random.pick([0, 30, 60, 61, 300, 3_600]) * 1_000_000_000
    return rule
  }

  @Test("random rules on random logs equal the brute force", arguments: 0..<8)
  func randomLogs(_ part: UInt64) throws {
    var states: Set<AlertState> = []
    for seed in part * 40..<(part + 1) * 40 {
      var random = SeededGenerator(seed: seed)
      var shape = RandomLogShape()
      shape.rows = 0..<150
      shape.days = 1 + random.below(3)
      shape.tickNanos = random.pick([1_000_000_000, 20_000_000_000, 60_000_000_000])
      let log = RandomLog(seed: seed, shape: shape)
      let rules = try (0..<20).map { _ in try Self.rule(&random) }
      let source = try TestSource(of: log.batches(rowsPerBatch: 31), parts: 1 + random.below(3))
      let day = shape.firstDay.start
      for _ in 0..<4 {
        var now = day + Int64(random.below(shape.days * 86_400 + 4_000)) * 1_000_000_000
        if random.chance(1, in: 2) { now -= now % Self.minute }
        if random.chance(1, in: 4) { now += Int64(random.below(1_000_000_000)) }
        let outcomes = try AlertEvaluation(rules, now: now).run(on: source, pool: Self.pool)
          .outcomes
        for (rule, outcome) in zip(rules, outcomes) {
          let expected = Self.bruteForce(rule, log.rows, now: now)
          #expect(outcome == expected, "seed \(seed), now \(now), \(rule)")
          states.insert(outcome.state)
        }
      }
    }
    #expect(states == Set(AlertState.allCases))
  }

  /// What the definitions say, an instant at a time.
  private static func bruteForce(_ rule: AlertRule, _ rows: [TestEvent], now: Int64) -> AlertOutcome
  {
    func counts(at instant: Int64) -> [Int] {
      rule.events.map { events in
        rows.count {
          $0.time >= instant - rule.window && $0.time < instant && meant(events, $0)
        }
      }
    }
    func isBad(at instant: Int64) -> Bool {
      let counts = counts(at: instant)
      return switch rule.condition {
      case .volumeBelow(_, let threshold): Double(counts[0]) < threshold
      case .volumeAbove(_, let threshold): Double(counts[0]) > threshold
      case .rateBelow(_, _, let threshold, let least):
        counts[1] >= max(least, 1)
          && Double(counts[0]) * 100 < threshold * Double(counts[1])
      case .noData: counts[0] == 0
      }
    }
    var instants = [now]
    var instant = now - 1
    while instant >= now - rule.hold {
      if instant % minute == 0 {
        instants.append(instant)
        instant -= minute
      } else {
        instant -= instant % minute
      }
    }
    let present = counts(at: now)
    let isSilent = !rows.contains { $0.time >= now - rule.window && $0.time < now }
    var outcome = AlertOutcome(state: .ok, counts: present)
    for instant in instants {
      guard isBad(at: instant) else { break }
      outcome.since = instant
    }
    outcome.isAlerting = instants.allSatisfy(isBad)
    switch rule.condition {
    case .rateBelow(_, _, _, let least):
      outcome.value = present[1] == 0 ? nil : 100 * Double(present[0]) / Double(present[1])
      outcome.state = isSilent ? .noData : present[1] < least ? .insufficient : .ok
      if outcome.since != nil { outcome.state = outcome.isAlerting ? .firing : .pending }
    default:
      outcome.value = Double(present[0])
      if outcome.since != nil { outcome.state = outcome.isAlerting ? .firing : .pending }
      if case .volumeAbove = rule.condition, isSilent { outcome.state = .noData }
      if case .volumeBelow = rule.condition, isSilent, outcome.isAlerting {
        outcome.state = .noData
      }
    }
    return outcome
  }

  @Test("what holds for its `for` fires, however often it was asked, and not a minute before")
  func hold() throws {
    let start = UTCDay(year: 2026, month: 1, day: 5).start
    let rows = (0..<60).map { TestEvent(time: start + $0 * Self.minute, event: "a", user: "u") }
    let source = try TestSource(of: [EventBatch(rows)])
    var rule = AlertRule(
      id: "r", name: "r", condition: .noData(try AlertEvents(parsing: "a")),
      window: 10 * Self.minute)
    rule.hold = 5 * Self.minute
    // The last event is at 00:59, so the window is empty from 01:09:00.000000001 on; the whole
    // minutes with an empty window begin at 01:10.
    func state(_ minutes: Int64, _ nanos: Int64 = 0) throws -> AlertOutcome {
      let evaluation = AlertEvaluation([rule], now: start + minutes * Self.minute + nanos)
      return try evaluation.run(on: source, pool: Self.pool).outcomes[0]
    }
    #expect(try state(69).state == .ok)
    #expect(try state(69, 1).state == .pending)
    #expect(try state(74).state == .pending)
    #expect(try state(74, 999).since == start + 70 * Self.minute)
    #expect(try state(74, 999).state == .firing)
    #expect(try state(75).state == .firing)
    #expect(try state(500).since == start + 495 * Self.minute)
  }

  @Test("unknown events and fields count as nothing, with a remark; wrong conditions name the rule")
  func remarks() throws {
    let source = try TestSource(of: [
      EventBatch([
        TestEvent(time: 5, event: "purchase", user: "u", values: ["price": .int(3)])
      ])
    ])
    func rule(_ text: String) throws -> AlertRule {
      AlertRule(
        id: "r1", name: "r", condition: .volumeBelow(try AlertEvents(parsing: text), threshold: 1),
        window: 10)
    }
    let found = try AlertEvaluation([rule("purchse"), rule("purchase[prize > 1]")], now: 9)
      .run(on: source, pool: Self.pool)
    #expect(found.outcomes.map(\.isAlerting) == [true, true])
    #expect(
      found.remarks == [
        "rule r1: \"purchse\" was never seen in this store; did you mean \"purchase\" (1 row)?",
        "no field is named \"prize\": it counts as null",
      ])
    #expect {
      try AlertEvaluation([rule("purchase"), rule("purchase[price > 'x']")], now: 9)
        .run(on: source, pool: Self.pool)
    } throws: { error in
      (error as? AlertRuleError)?.rule == 1
    }
  }

  @Test("whether ingestion has stopped is told also from the middle of a segment")
  func silence() throws {
    let source = try TestSource(of: [
      EventBatch([10, 500, 900].map { TestEvent(time: $0, event: "a", user: "u") })
    ])
    let rule = AlertRule(
      id: "r", name: "r", condition: .volumeBelow(try AlertEvents(parsing: "b"), threshold: 1),
      window: 100)
    let states = try [200, 501, 601, 950, 2_000].map { now in
      try AlertEvaluation([rule], now: now).run(on: source, pool: Self.pool).outcomes[0].state
    }
    #expect(states == [.noData, .firing, .noData, .firing, .noData])
  }

  @Test("extreme windows and instants do not overflow")
  func extremes() throws {
    let source = try TestSource(of: [
      EventBatch([TestEvent(time: 10, event: "a", user: "u")])
    ])
    var rule = AlertRule(
      id: "r", name: "r", condition: .volumeAbove(try AlertEvents(parsing: "a"), threshold: 0),
      window: .max)
    rule.hold = AlertRule.holdMax
    for now in [Int64.min, .min + 5, 0, 11, .max] {
      let state = try AlertEvaluation([rule], now: now).run(on: source, pool: Self.pool).outcomes[0]
        .state
      #expect(state == .noData || now > 10)
    }
  }
}
