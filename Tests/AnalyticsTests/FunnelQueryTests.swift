// Whole funnels, from the steps as typed to the rows of the answer.

import Columnar
import EvtCore
import Query
import TestSupport
import Testing

@testable import Analytics

@Suite("FunnelQuery")
struct FunnelQueryTests {
  static let second: Int64 = 1_000_000_000
  static let day = UTCDay(year: 2026, month: 5, day: 1).start
  static let now = day + 20 * UTCDay.nanoseconds

  /// Conditions and what they mean, as the oracle sees them.
  static let conditions: [(text: String, holds: @Sendable (TestEvent) -> Bool)] = [
    ("properties.page = '/signup'", { $0.values["properties.page"] == .text("/signup") }),
    (
      "page IN ('/', '/cart')",
      {
        [.text("/"), .text("/cart")].contains($0.values["properties.page"] ?? .absent)
      }
    ),
    (
      "device != ''",
      {
        ![nil, .text("")].contains($0.values["context.device"])
      }
    ),
    (
      "device = 'phone' AND page = '/'",
      {
        $0.values["context.device"] == .text("phone") && $0.values["properties.page"] == .text("/")
      }
    ),
  ]

  @Test("random funnels with conditions and breakdown equal the brute force", arguments: 0..<6)
  func randomFunnels(_ part: UInt64) throws {
    for seed in part * 200..<(part + 1) * 200 {
      var random = SeededGenerator(seed: seed &+ 77_000)
      var shape = RandomLogShape()
      shape.users = 1 + random.below(10)
      shape.rows = 20..<80
      shape.tickNanos = random.pick([60, 1_800, 7_200]) * Self.second
      let log = RandomLog(seed: seed, shape: shape)
      let source = try TestSource(of: log.batches(rowsPerBatch: 17), parts: 1 + random.below(3))
      var query = try FunnelQuery(parsing: Self.funnel(&random), now: Self.now)
      query.allowsMissing = true
      query.window = random.pick([0, 600, 40_000, 400_000]) * Self.second
      query.users = .reached(1)
      query.breakdown = random.chance(2, in: 3) ? "context.device" : nil
      query.top = 2
      let filter = random.chance(1, in: 3) ? random.pick(Self.conditions) : nil
      query.filter = try filter.map { try Expression(parsing: $0.text) }
      let rows = log.rows.filter { filter?.holds($0) ?? true }
      try compare(rows, query, source, "seed \(seed): \(query.text)")
    }
  }

  private static func funnel(_ random: inout SeededGenerator) -> String {
    let names = ["page_view", "add_to_cart", "purchase", "search", "*"]
    return (0..<1 + random.below(4)).map { _ in
      (0..<1 + random.below(2)).map { _ in
        random.pick(names)
          + (random.chance(1, in: 2) ? "[\(random.pick(conditions).text)]" : "")
      }.joined(separator: "|")
    }.joined(separator: ", ")
  }

  private func compare(
    _ rows: [TestEvent], _ query: FunnelQuery, _ source: TestSource, _ comment: Comment
  ) throws {
    let devices: [TestValue] = [.text(""), .text("desktop"), .text("phone"), .absent]
    let expected = NaiveFunnelLog(
      rows, funnel: query.steps, window: query.window, range: query.range,
      meets: { row, condition in
        Self.conditions.first { $0.text == condition.text }?.holds(row) ?? false
      },
      rank: { row in devices.firstIndex(of: row.values["context.device"] ?? .absent) ?? -1 })
    let found = try query.run(on: source, pool: WorkerPool(threads: 2))
    func counts(_ outcomes: some Collection<NaiveFunnel.Outcome>) -> [Int] {
      (1...query.steps.count).map { step in outcomes.count { $0.level >= step } }
    }
    #expect(found.steps.map(\.count) == counts(expected.users.values), comment)
    #expect(found.eventsWithoutUser == expected.withoutUser, comment)
    #expect(found.users?.count == expected.users.count, comment)
    if query.breakdown != nil {
      let groups = Dictionary(grouping: expected.users.values) { $0.value ?? -1 }
        .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      let values: [ResultValue] = [.text(""), .text("desktop"), .text("phone"), .null]
      #expect(found.groups.map(\.value) == groups.prefix(2).map { values[$0.key] }, comment)
      #expect(
        found.groups.map { $0.steps.map(\.count) } == groups.prefix(2).map { counts($0.value) },
        comment)
      #expect(found.remainingGroups == max(0, groups.count - 2), comment)
      let rest = groups.dropFirst(2).reduce(0) { $0 + $1.value.count }
      #expect(found.remainingEntrants == rest, comment)
    }
    var alone = query
    alone.memoryBytes = 300
    #expect(try alone.run(on: source, pool: WorkerPool(threads: 1)) == found, comment)
  }

  @Test("counts, percentages and times of a small funnel")
  func figures() throws {
    // u converts after 10 s and 30 s, v after 20 s only to step 2, w and x only enter.
    let source = try TestSource(of: [
      EventBatch([
        event("a", 0, "u"), event("b", 10, "u"), event("c", 40, "u"), event("a", 0, "v"),
        event("b", 20, "v"), event("a", 5, "w"), event("a", 6, "x"), event("c", 7, "x"),
      ])
    ])
    var query = try FunnelQuery(parsing: "a,b,c", now: Self.now)
    query.users = .dropped(3)
    let found = try query.run(on: source, pool: WorkerPool(threads: 1))
    #expect(found.window == FunnelQuery.standardWindow)
    #expect(found.steps.map(\.count) == [4, 2, 1])
    #expect(found.steps.map(\.rate) == [100, 50, 25])
    #expect(found.steps.map(\.fromPrevious) == [nil, 50, 50])
    #expect(found.steps.map(\.dropOff) == [nil, 50, 50])
    #expect(found.steps.map(\.inProgress) == [0, 0, 0])
    #expect(
      found.steps.map(\.fromPreviousTimes) == [
        nil, FunnelTimes(median: 15_000, average: 15_000, p90: 19_000),
        FunnelTimes(median: 30_000, average: 30_000, p90: 30_000),
      ])
    #expect(found.steps[1].fromFirstTimes == found.steps[1].fromPreviousTimes)
    #expect(found.steps[2].fromFirstTimes?.median == 40_000)
    #expect(
      found.users == [
        FunnelUser(
          user: "v", level: 2, enteredAt: Self.day, convertedAt: nil, stepMillis: [20_000])
      ])
  }

  @Test("nobody entered: counts are 0 and shares are nil")
  func nobody() throws {
    let source = try TestSource(of: [EventBatch([event("a", 0, nil), event("b", 1, "u")])])
    let found = try FunnelQuery(parsing: "a,b", now: Self.now)
      .run(on: source, pool: WorkerPool(threads: 1))
    #expect(found.steps.map(\.count) == [0, 0])
    #expect(found.steps.map(\.rate) == [nil, nil])
    #expect(found.steps.map(\.dropOff) == [nil, nil])
    #expect(found.eventsWithoutUser == 1)
  }

  @Test("users are in progress while the observation may still bring the next step")
  func inProgress() throws {
    let source = try TestSource(of: [
      EventBatch([
        event("a", 0, "late"), event("a", 0, "open"), event("b", 1, "open"), event("a", 50, "open"),
        event("a", 50, "done"), event("b", 51, "done"), event("c", 52, "done"),
      ])
    ])
    var query = try FunnelQuery(parsing: "a,b,c", now: Self.day + 100 * Self.second)
    query.window = 50 * Self.second
    let pool = WorkerPool(threads: 1)
    let open = try query.run(on: source, pool: pool)
    #expect(open.steps.map(\.count) == [3, 2, 1])
    #expect(open.steps.map(\.inProgress) == [0, 1, 0])
    query.range.until = Self.day + 101 * Self.second
    #expect(try query.run(on: source, pool: pool).steps.map(\.inProgress) == [0, 0, 0])
  }

  @Test("an unknown event is an error that suggests another, unless it may be missing")
  func unknownEvent() throws {
    let source = try TestSource(of: [EventBatch([event("page_view", 0, "u")])])
    var query = try FunnelQuery(parsing: "page_veiw", now: Self.now)
    let pool = WorkerPool(threads: 1)
    #expect {
      try query.run(on: source, pool: pool)
    } throws: { error in
      guard case .unknownEvent("page_veiw", let suggestions, _) = error as? QueryError else {
        return false
      }
      return suggestions.map(\.name) == ["page_view"]
    }
    query.allowsMissing = true
    let found = try query.run(on: source, pool: pool)
    #expect(found.steps.map(\.count) == [0])
    #expect(found.warnings.count == 1)
  }

  @Test("a mistake in a condition is placed in the whole argument")
  func conditionPlace() throws {
    let source = try TestSource(of: [EventBatch([event("a", 0, "u")])])
    let query = try FunnelQuery(parsing: "a,a[nothing = 1]", now: Self.now)
    #expect {
      try query.run(on: source, pool: WorkerPool(threads: 1))
    } throws: { error in
      guard case .unknownField("nothing", _, let place) = error as? QueryError else { return false }
      return place?.position.contains("5") == true
    }
  }

  @Test(
    "lists of users name a step that the funnel has",
    arguments: [
      FunnelUserSelection.reached(0), .reached(3), .dropped(1), .dropped(3),
    ])
  func selections(_ selection: FunnelUserSelection) throws {
    let source = try TestSource(of: [EventBatch([event("a", 0, "u")])])
    var query = try FunnelQuery(parsing: "a,a", now: Self.now)
    query.users = selection
    #expect(throws: AnalyticsError.self) {
      try query.run(on: source, pool: WorkerPool(threads: 1))
    }
  }

  private func event(_ name: String, _ seconds: Int64, _ user: String?) -> TestEvent {
    TestEvent(time: Self.day + seconds * Self.second, event: name, user: user)
  }
}
