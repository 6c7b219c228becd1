// Cohorts against brute force on random logs.

import Columnar
import EvtCore
import Query
import TestSupport
import Testing

@testable import Analytics

@Suite("CohortQuery") struct CohortQueryTests {
  private static let hour: Int64 = 3_600_000_000_000
  private static let day = UTCDay(year: 2026, month: 5, day: 4).start
  private static let pools = [WorkerPool(threads: 1), WorkerPool(threads: 3)]

  private static let conditions = FunnelQueryTests.conditions
  private static let steps =
    ["any", "*", "page_view", "purchase", "page_view|search", "never"]
    + conditions.flatMap { ["*[\($0.text)]", "search[\($0.text)]|purchase"] }

  private static func randomQuery(
    _ log: RandomLog, _ zone: ZoneRules, _ random: inout SeededGenerator
  ) throws -> CohortQuery {
    let first = log.rows.map(\.time).min() ?? 0
    var query = CohortQuery(now: first + Int64(random.below(1_200)) * hour)
    query.zone = zone
    query.allowsMissing = true
    let isPlain = random.chance(1, in: 3)
    if !isPlain {
      query.start = try .init(parsing: random.pick(steps))
      query.comeback = try .init(parsing: random.pick(steps))
    }
    query.interval = random.pick([.hour, .day, .day, .week, .month])
    query.weekStart = random.pick([.monday, .sunday])
    query.periods = 1 + random.below(random.pick([3, 12, 60]))
    query.mode = random.pick([.on, .after])
    query.mean = random.pick([.weighted, .simple])
    query.reference = random.pick([.first, .prev])
    if random.chance(1, in: 3), query.interval != .month { query.clock = .rolling }
    if random.chance(1, in: 5) {
      query.windows = try CohortWindow.parse(
        random.pick(["0d..1d", "1d..7d", "1h..36h,0d..1d,2d..30d", "1ms..2ms"]))
    }
    if !isPlain, random.chance(1, in: 3) {
      query.breakdown = "context.device"
      query.top = 1 + random.below(3)
    }
    if random.chance(1, in: 2) {
      query.range.since = first + Int64(random.below(100) - 10) * random.pick([1, hour / 7, hour])
    }
    if random.chance(1, in: 2) {
      query.range.until =
        max(first, query.range.since ?? first) + Int64(1 + random.below(300)) * hour
    }
    return query
  }

  @Test("equals brute force in any zone, for any threads, memory and segments", arguments: 0..<400)
  func equalsBruteForce(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) &+ 5_000_000)
    let (name, firstDay) = random.pick(TrendQueryTests.zones)
    var shape = RandomLogShape()
    shape.firstDay = firstDay
    shape.days = random.pick([1, 4, 12, 60])
    shape.users = 1 + random.below(30)
    shape.rows = 1..<150
    shape.tickNanos = random.pick([1, 60_000, 1_800_000]) * 1_000_000
    let log = RandomLog(seed: UInt64(seed), shape: shape)
    let source = try TestSource(of: log.batches(rowsPerBatch: 37), parts: 1 + random.below(3))
    for _ in 0..<6 {
      let zone = random.chance(1, in: 3) ? .utc : try TrendQueryTests.rules(name)
      var query = try Self.randomQuery(log, zone, &random)
      let filter = random.chance(1, in: 4) ? random.pick(Self.conditions) : nil
      query.filter = try filter.map { try Expression(parsing: $0.text) }
      let expected = NaiveCohort(
        query: query, rows: log.rows.filter { filter?.holds($0) ?? true },
        meets: { row, condition in
          Self.conditions.first { $0.text == condition.text }?.holds(row) ?? false
        },
        value: { row in
          if case .text(let text) = row.values["context.device"] { return .text(text) }
          return .null
        }, values: [.text(""), .text("desktop"), .text("phone"), .null]
      ).result
      let comment: Comment = "seed \(seed), \(name): \(query)"
      try check(query, source, expected, comment)
      // What metadata and lists of users answer, the events answer alike.
      if query.filter == nil {
        query.filter = try Expression(parsing: "event != ''")
        try check(query, source, expected, comment)
      }
    }
  }

  private func check(
    _ query: CohortQuery, _ source: TestSource, _ expected: CohortResult, _ comment: Comment
  ) throws {
    for pool in Self.pools {
      var query = query
      for memory in [Limits.queryMemoryBytes, 300] {
        query.memoryBytes = memory
        var found = try query.run(on: source, pool: pool)
        found.warnings = []
        #expect(found == expected, comment)
      }
    }
  }

  @Test("the start itself counts in period 0 if it is a return, and what came before it never does")
  func ownBucket() throws {
    let source = try TestSource(of: [
      EventBatch([
        event("purchase", 1, "u"), event("signup", 2, "u"), event("signup", 30, "v"),
        event("purchase", 30, "v"), event("purchase", 60, "v"), event("signup", 3, "w"),
      ])
    ])
    var query = CohortQuery(now: Self.day + 30 * 24 * Self.hour)
    query.interval = .day
    query.periods = 3
    query.start = try .init(parsing: "signup")
    let pool = WorkerPool(threads: 1)
    #expect(try retained(query, source, pool) == [[2, 0, 0], [1, 1, 0]])
    query.comeback = try .init(parsing: "purchase")
    // Of the same instant, a purchase may have followed.
    #expect(try retained(query, source, pool) == [[0, 0, 0], [1, 1, 0]])
    query.mode = .after
    #expect(try retained(query, source, pool) == [[0, 0, 0], [1, 1, 0]])
    query.clock = .rolling
    #expect(try retained(query, source, pool) == [[0, 0, 0], [1, 1, 0]])
  }

  @Test("a user seen before the range begins in none of its cohorts")
  func seenBefore() throws {
    let source = try TestSource(of: [
      EventBatch([event("a", 1, "old"), event("a", 49, "old"), event("a", 50, "new")])
    ])
    var query = CohortQuery(now: Self.day + 30 * 24 * Self.hour)
    query.interval = .day
    query.periods = 1
    query.range.since = Self.day + 48 * Self.hour
    #expect(try retained(query, source, WorkerPool(threads: 1)) == [[1]])
  }

  @Test("what is not over has no figure, and no part in the mean")
  func incomplete() throws {
    let source = try TestSource(of: [
      EventBatch([
        event("a", 1, "u"), event("a", 25, "u"), event("a", 26, "v"), event("a", 49, "v"),
      ])
    ])
    var query = CohortQuery(now: Self.day + 50 * Self.hour)
    query.interval = .day
    query.periods = 3
    let found = try query.run(on: source, pool: WorkerPool(threads: 1))
    #expect(
      found.all.rows.map { $0.cells.map(\.state) } == [
        [.complete, .complete, .inProgress], [.complete, .inProgress, .notObservable],
      ])
    #expect(found.all.means == [100, 100, nil])
    // The end of the range ends the observation.
    query.range.until = Self.day + 48 * Self.hour
    let cut = try query.run(on: source, pool: WorkerPool(threads: 1))
    #expect(cut.all.rows.map { $0.cells.map(\.retained) } == [[1, 1, nil], [1, nil, nil]])
  }

  @Test("an empty store, and a range behind all events, have no cohorts")
  func nothing() throws {
    let pool = WorkerPool(threads: 1)
    var query = CohortQuery(now: Self.day)
    let empty = try query.run(on: try TestSource(of: []), pool: pool)
    #expect(empty.all.rows.isEmpty && empty.all.means.count == 12)
    query.range.since = Self.day + 48 * Self.hour
    let source = try TestSource(of: [EventBatch([event("a", 1, "u")])])
    #expect(try query.run(on: source, pool: pool).all.rows.isEmpty)
    query.range = TimeRange(until: .min)
    #expect(try query.run(on: source, pool: pool).all.rows.isEmpty)
  }

  @Test("times and periods at the ends of what can be written do no harm")
  func extremes() throws {
    let source = try TestSource(of: [
      EventBatch([
        TestEvent(time: .min, event: "a", user: "u"), TestEvent(time: 0, event: "a", user: "u"),
        TestEvent(time: .max, event: "a", user: "u"),
      ])
    ])
    let pool = WorkerPool(threads: 1)
    for now in [Int64.min, 0, .max] {
      for interval in CohortInterval.allCases {
        for clock in CohortClock.allCases where interval != .month || clock == .calendar {
          var query = CohortQuery(now: now)
          query.interval = interval
          query.clock = clock
          query.mode = .after
          query.periods = interval == .hour ? 1 : 4
          query.range.since = interval == .hour ? .max - 50 * Self.hour : nil
          let found = try query.run(on: source, pool: pool)
          #expect(found.all.size == (interval == .hour ? 0 : 1))
        }
      }
      var query = CohortQuery(now: now)
      query.windows = try CohortWindow.parse("0d..1d,1d..100000d")
      #expect(try query.run(on: source, pool: pool).all.size == 1)
    }
  }

  @Test("more cells than anybody reads are refused before they are made")
  func tooMany() throws {
    let source = try TestSource(of: [
      EventBatch([event("a", 0, "u"), event("a", 24 * 400, "u")])
    ])
    var query = CohortQuery(now: Self.day)
    query.interval = .hour
    query.periods = 200
    #expect(throws: AnalyticsError.self) {
      try query.run(on: source, pool: WorkerPool(threads: 1))
    }
    for periods in [0, -1, Int.max] {
      query.periods = periods
      #expect(throws: AnalyticsError.self) {
        try query.run(on: source, pool: WorkerPool(threads: 1))
      }
    }
  }

  @Test(
    "windows that do not read are named",
    arguments: ["", "7d", "1d..", "..7d", "7d..1d", "1d..1d", "1mo..2mo", "1d..2d,", "1d...2d"])
  func wrongWindows(_ text: String) {
    #expect {
      try CohortWindow.parse(text)
    } throws: { error in
      (error as? AnalyticsError)?.description.hasPrefix("cannot read --within ") == true
    }
  }

  @Test("mistakes in a step are placed in its own text")
  func wrongSteps() throws {
    #expect(throws: AnalyticsError.self) { try CohortQuery.Step(parsing: "a,b") }
    #expect(try CohortQuery.Step(parsing: " any ").step.alternatives == [.init(event: nil)])
    #expect(
      try CohortQuery.Step(parsing: "\"any\"").step.alternatives == [.init(event: "any")])
    let source = try TestSource(of: [EventBatch([event("a", 0, "u")])])
    var query = CohortQuery(now: Self.day)
    query.comeback = try .init(parsing: "a[nothing = 1]")
    #expect {
      try query.run(on: source, pool: WorkerPool(threads: 1))
    } throws: { error in
      guard case .unknownField("nothing", _, let place) = error as? QueryError else { return false }
      return place?.position.contains("3") == true
    }
  }

  private func retained(
    _ query: CohortQuery, _ source: TestSource, _ pool: WorkerPool
  ) throws -> [[Int?]] {
    try query.run(on: source, pool: pool).all.rows.map { $0.cells.map(\.retained) }
  }

  private func event(_ name: String, _ hours: Int64, _ user: String?) -> TestEvent {
    TestEvent(time: Self.day + hours * Self.hour, event: name, user: user)
  }
}
