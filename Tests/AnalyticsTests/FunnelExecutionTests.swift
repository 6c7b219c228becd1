// Funnels over real segments against the brute force over the rows they were made of.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Analytics

@Suite("FunnelExecution")
struct FunnelExecutionTests {
  static let funnels = [
    "page_view,add_to_cart,purchase", "page_view|search,*,purchase", "*,*,*",
    "page_view,page_view", "purchase", "never,page_view", "search,never,page_view",
  ]

  @Test("random logs equal the brute force", arguments: 0..<8)
  func randomLogs(_ part: UInt64) throws {
    for seed in part * 200..<(part + 1) * 200 {
      var random = SeededGenerator(seed: seed)
      var shape = RandomLogShape()
      var funnels = Self.funnels
      shape.users = 1 + random.below(12)
      shape.tickNanos = random.pick([1_000_000_000, 60_000_000_000, 3_600_000_000_000])
      if random.chance(1, in: 2) {
        // One day of few users: segments that overlap, and the same event many times running.
        shape.users = 1 + random.below(2)
        shape.days = 1
        shape.events = ["page_view", "page_view", "add_to_cart", "purchase"]
        shape.rows = 20..<50
        funnels = ["page_view,add_to_cart", "page_view,add_to_cart,purchase"]
      }
      let log = RandomLog(seed: seed, shape: shape)
      let funnel = try EventStep.parse(random.pick(funnels))
      let window = random.pick([Int64(0), 60, 1_800, 86_400, 400_000]) * 1_000_000_000
      let first = shape.firstDay.start
      let range =
        random.chance(1, in: 2)
        ? TimeRange.all
        : TimeRange(since: first + 1_800_000_000_000, until: first + 100_000_000_000_000)
      let source = try TestSource(
        of: log.batches(rowsPerBatch: 13), parts: 1 + random.below(3))
      try compare(log, source, funnel, window: window, range: range)
    }
  }

  @Test("a funnel goes on across midnight and segments")
  func midnight() throws {
    let midnight = UTCDay(year: 2026, month: 3, day: 1).start
    let rows = [
      TestEvent(time: midnight + 1, event: "b", user: "u"),
      TestEvent(time: midnight - 1, event: "a", user: "u"),
      TestEvent(time: midnight + 1, event: "a", user: "v"),
    ]
    let source = try TestSource(of: [EventBatch(rows)])
    #expect(source.summaries.count == 2)
    let found = try run(source, try EventStep.parse("a,b"), window: 2, range: .all)
    #expect(found.count.all.levels == [0, 1, 1])
    #expect(found.count.users.first { $0.user == "u" }?.stepMillis == [0.000002])
  }

  @Test("an entry among others counts when another segment has the next step between them")
  func overlap() throws {
    let batches = [
      EventBatch([1, 5, 9].map { TestEvent(time: $0, event: "a", user: "u") }),
      EventBatch([TestEvent(time: 6, event: "b", user: "u")]),
    ]
    let source = try TestSource(of: batches, parts: 2)
    #expect(source.summaries.count == 2)
    let found = try run(source, try EventStep.parse("a,b"), window: 4, range: .all)
    #expect(found.count.users.map(\.enteredAt) == [5])
  }

  @Test("users that are null or empty are left out and their events counted")
  func withoutUser() throws {
    let users: [String?] = [nil, "", "u", nil]
    var rows = users.map { TestEvent(time: 5, event: "a", user: $0) }
    rows.append(TestEvent(time: 5, event: "other", user: nil))
    let source = try TestSource(of: [EventBatch(rows)])
    for memory in [1 << 30, 1] {
      let found = try run(
        source, try EventStep.parse("a"), window: 0, range: .all, memoryBytes: memory)
      #expect(found.count.all.levels == [0, 1])
      #expect(found.eventsWithoutUser == 3)
    }
  }

  @Test("rows that fill several blocks of a segment are one user's still")
  func longRun() throws {
    var rows = (0..<150_000).map { row in
      TestEvent(time: Int64(row), event: "c", user: row % 3 == 1 ? "v" : "u")
    }
    rows[0].event = "a"
    rows[149_999].event = "b"
    let source = try TestSource(of: [EventBatch(rows)])
    let found = try run(source, try EventStep.parse("a,b"), window: 149_999, range: .all)
    // 149,999 is divisible by 3 with rest 2, so both events are of u.
    #expect(found.count.all.levels == [0, 0, 1])
    // In passes, each of which skips the blocks of the others' users; some rows have no user.
    for row in stride(from: 2, to: 149_000, by: 7) { rows[row].user = row % 2 == 0 ? nil : "" }
    rows[2].event = "a"
    rows[9].event = "b"
    let mixed = try TestSource(of: [EventBatch(rows)])
    for memory in [1 << 30, 3_000_000, 200_000] {
      let found = try run(
        mixed, try EventStep.parse("a,b"), window: 149_999, range: .all, memoryBytes: memory)
      #expect(found.count.all.levels == [0, 0, 1])
      #expect(found.eventsWithoutUser == 2)
      let everything = try run(
        mixed, try EventStep.parse("*"), window: 0, range: .all, memoryBytes: memory)
      #expect(everything.count.all.levels == [0, 2])
      #expect(everything.eventsWithoutUser == 21_286)
    }
    let late = try run(source, try EventStep.parse("a,b"), window: 149_998, range: .all)
    #expect(late.count.all.levels == [0, 1, 0])
  }

  private func compare(
    _ log: RandomLog, _ source: TestSource, _ funnel: [EventStep], window: Int64,
    range: TimeRange
  ) throws {
    let expected = NaiveFunnelLog(log.rows, funnel: funnel, window: window, range: range)
    for (memory, threads) in [(1 << 30, 1), (1 << 30, 2), (200, 2)] {
      let found = try run(
        source, funnel, window: window, range: range, memoryBytes: memory, threads: threads)
      let comment: Comment = "seed \(log.seed), \(memory) bytes, \(threads) threads"
      #expect(found.eventsWithoutUser == expected.withoutUser, comment)
      #expect(found.count.users.map(\.user).sorted() == expected.users.keys.sorted(), comment)
      for user in found.count.users {
        guard let outcome = expected.users[user.user] else { continue }
        #expect(user.level == outcome.level, comment)
        #expect(user.enteredAt == outcome.stepTimes.first, comment)
        let millis = zip(outcome.stepTimes.dropFirst(), outcome.stepTimes).map {
          Double($0 - $1) / 1_000_000
        }
        #expect(user.stepMillis == millis, comment)
      }
    }
  }

  private func run(
    _ source: TestSource, _ steps: [EventStep], window: Int64, range: TimeRange,
    memoryBytes: Int = 1 << 30, threads: Int = 2
  ) throws -> UserFindings<FunnelCount> {
    let plan = try StepPlan(steps: steps) { _, _ in throw AnalyticsError.invalid("a condition") }
    let execution = FunnelExecution(
      plan: plan, range: range, window: window, observationEnd: .max, selection: .reached(1),
      memoryBytes: memoryBytes)
    return try execution.run(on: source, pool: WorkerPool(threads: threads))
  }
}

/// The brute force over all users of a log.
struct NaiveFunnelLog {
  var users: [String: NaiveFunnel.Outcome] = [:]
  /// Rows that match a step but have no user.
  var withoutUser = 0

  init(
    _ rows: [TestEvent], funnel: [EventStep], window: Int64, range: TimeRange,
    meets: (TestEvent, EventStep.Condition) -> Bool = { _, _ in true },
    rank: (TestEvent) -> Int = { _ in 0 }
  ) {
    var events: [String: [NaiveFunnel.Event]] = [:]
    for row in rows where range.contains(row.time) {
      let steps = funnel.indices.filter { step in
        funnel[step].alternatives.contains { alternative in
          (alternative.event == nil || alternative.event == row.event)
            && alternative.condition.map { meets(row, $0) } ?? true
        }
      }
      guard !steps.isEmpty else { continue }
      guard let user = row.user, !user.isEmpty else {
        withoutUser += 1
        continue
      }
      events[user, default: []].append(
        .init(time: row.time, steps: Set(steps), value: rank(row)))
    }
    let oracle = NaiveFunnel(stepCount: funnel.count, window: window)
    users = events.mapValues(oracle.outcome).filter { $0.value.level > 0 }
  }
}
