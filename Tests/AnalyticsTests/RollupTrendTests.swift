// Trends over days of which only rollups are left, against brute force over all rows.

import Columnar
import EvtCore
import Query
import TestSupport
import Testing

@testable import Analytics

@Suite struct RollupTrendTests {
  private static let pools = [WorkerPool(threads: 1), WorkerPool(threads: 3)]
  private static let hour: Int64 = 3_600_000_000_000
  private static let firstDay = UTCDay(year: 2026, month: 3, day: 24)

  /// A query that rollups can answer.
  private static func randomQuery(
    _ log: RandomLog, _ random: inout SeededGenerator
  ) throws -> TrendQuery {
    let first = log.rows.map(\.time).min() ?? 0
    var query = TrendQuery(
      of: random.pick([[], ["purchase"], ["purchase", "page_view"], ["search", "none"]]),
      now: first + Int64(random.below(300)) * hour)
    query.allowsMissing = true
    query.isCumulative = random.chance(1, in: 3)
    query.aggregates = try random.pick([
      ["count", "users"], ["count"], ["users", "sessions"], ["sessions", "count", "users"],
    ]).map { try Aggregate(parsing: $0) }
    query.weekStart = random.pick([.monday, .sunday])
    let isBroken = random.chance(1, in: 2)
    query.interval = random.pick(isBroken ? [.day, .week, .month] : [.hour, .day, .week, .month])
    if isBroken {
      query.breakdown = random.pick(["device", "context.device"])
      query.top = 1 + random.below(4)
    } else if random.chance(1, in: 2) {
      // Clocks are set on the 29th.
      query.zone = try TrendQueryTests.rules("Europe/Berlin")
    }
    if random.chance(1, in: 2) {
      let unit = isBroken ? 24 * hour : hour
      let start = firstDay.start - 2 * 24 * hour
      let since = start + Int64(random.below(isBroken ? 8 : 180)) * unit
      query.range = TimeRange(since: since, until: since + Int64(1 + random.below(120)) * unit)
      if random.chance(1, in: 4) { query.range.until = nil }
    }
    return query
  }

  @Test("equals brute force as long as sketches are exact", arguments: 0..<300)
  func oracle(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) &+ 5_000_000)
    var shape = RandomLogShape()
    shape.firstDay = Self.firstDay
    shape.days = 9
    shape.rows = 1..<120
    shape.tickNanos = seed % 2 == 0 ? 900_000_000_000 : 60_000_000_000
    let log = RandomLog(seed: UInt64(seed), shape: shape)
    let watermark = UTCDay(number: Self.firstDay.number + Int32(random.below(11)))
    let sources = try [1, 3].map {
      try TestSource(
        of: log.batches(rowsPerBatch: 20), parts: $0, rollingUpBefore: watermark,
        by: ["device", "page"])
    }
    for _ in 0..<5 {
      var query = try Self.randomQuery(log, &random)
      // A field that no row ever had is unknown, to rollups as well.
      if !log.rows.contains(where: { $0.values["context.device"] != nil }) { query.breakdown = nil }
      var expected = try NaiveTrend(query: query, rows: log.rows).result(query.interval)
      let rolledUp = log.rows.map(\.time).filter {
        UTCDay(containing: $0) < watermark
      }
      for source in sources {
        for pool in Self.pools {
          var found = try query.run(on: source, pool: pool)
          let place: Comment =
            "seed \(seed): \(query.events) \(query.aggregates.map(\.name)) \(query.interval) by \(query.breakdown ?? "-") \(query.range) \(query.zone.name) cumulative \(query.isCumulative) before \(watermark.description)"
          if rolledUp.contains(where: query.range.contains) {
            #expect(found.rolledUpBefore != nil, place)
          }
          expected.rolledUpBefore = found.rolledUpBefore
          found.warnings = []
          #expect(found == expected, place)
        }
      }
    }
  }

  /// Days with so many users, each with one event a day, and some with another one.
  private func log(users: Int, days: Int) -> [TestEvent] {
    (0..<days).flatMap { day in
      (0..<users).flatMap { user -> [TestEvent] in
        let time =
          Self.firstDay.start + Int64(day) * 24 * Self.hour + Int64(user) * 10_000_000_000
        let event = TestEvent(
          time: time, event: "view", user: "user-\(user + day * 100)", session: "s\(user)",
          values: ["plan": .text(user % 3 == 0 ? "pro" : "free")])
        var other = event
        other.event = "buy"
        return user % 10 == 0 ? [event, other] : [event]
      }
    }
  }

  @Test("counts stay exact, many users are estimates and say so")
  func estimates() throws {
    let rows = log(users: 6_000, days: 5)
    let before = try TestSource(of: [EventBatch(rows)])
    let watermark = UTCDay(number: Self.firstDay.number + 3)
    let after = try TestSource(of: [EventBatch(rows)], rollingUpBefore: watermark, by: ["plan"])
    for (interval, breakdown) in [
      (.hour, nil), (.day, nil), (.week, nil), (.day, "plan"), (.week, "plan"),
    ] as [(TrendInterval, String?)] {
      for isCumulative in [false, true] {
        var query = TrendQuery(now: 0)
        query.aggregates = try ["count", "users", "sessions"].map { try Aggregate(parsing: $0) }
        query.interval = interval
        query.breakdown = breakdown
        query.isCumulative = isCumulative
        let exact = try query.run(on: before, pool: Self.pools[0])
        let found = try query.run(on: after, pool: Self.pools[1])
        #expect(found.rolledUpBefore == watermark && found.warnings == [])
        #expect(found.buckets == exact.buckets)
        #expect(found.series.map(\.group) == exact.series.map(\.group))
        for (own, truth) in zip(found.series, exact.series) {
          for (index, (a, b)) in zip(own.figures, truth.figures).enumerated() {
            #expect(a[0] == b[0])
            var isExact = true
            for column in 1...2 {
              let (x, y) = (NaiveTrend.number(a[column]) ?? 0, NaiveTrend.number(b[column]) ?? 0)
              #expect(abs(x - y) <= y * 4 * 0.0115, "\(interval) \(x) \(y)")
              if y <= 1_024 { #expect(x == y) } else { isExact = false }
            }
            let usesRollup = isCumulative || found.buckets[index].span.lowerBound < watermark.start
            #expect(own.approximate.contains(index) == (usesRollup && !isExact))
            if !usesRollup { #expect(a == b) }
          }
        }
      }
    }
  }

  /// A question that rollups cannot answer, and what is said of it.
  struct Obstacle: Sendable {
    var words: String
    var change: @Sendable (inout TrendQuery) throws -> Void
  }

  static let obstacles = [
    Obstacle(words: "have no figures by 15m") { $0.interval = .quarterHour },
    Obstacle(words: "have no figures by minute") { $0.interval = .minute },
    Obstacle(words: "are broken down by day, not by hour") {
      $0.breakdown = "plan"
      $0.interval = .hour
    },
    Obstacle(words: "are not broken down by \"lower(plan)\"") { $0.breakdown = "lower(plan)" },
    Obstacle(words: "are not broken down by \"user_id\"") { $0.breakdown = "user_id" },
    Obstacle(words: "know no conditions") { $0.filter = try Expression(parsing: "plan = 'pro'") },
    Obstacle(words: "have no uniq:plan") {
      $0.aggregates = [.count, try Aggregate(parsing: "uniq:plan")]
    },
    Obstacle(words: "are by hour of UTC") { $0.zone = try TrendQueryTests.rules("Asia/Kathmandu") },
    Obstacle(words: "are by day of UTC") {
      $0.breakdown = "plan"
      $0.zone = try TrendQueryTests.rules("Europe/Berlin")
    },
  ]

  @Test("what rollups cannot answer is said, and its buckets are partial", arguments: obstacles)
  func obstacle(_ obstacle: Obstacle) throws {
    let words = obstacle.words
    if words.hasPrefix("are by"), !SystemCalendar.hasZones { return }
    let rows = log(users: 20, days: 5)
    let watermark = UTCDay(number: Self.firstDay.number + 3)
    let source = try TestSource(of: [EventBatch(rows)], rollingUpBefore: watermark, by: ["plan"])
    var query = TrendQuery(now: .max)
    query.interval = .day
    try obstacle.change(&query)
    let open = try query.run(on: source, pool: Self.pools[0])
    let days = "3 days from 2026-03-24 to 2026-03-26: only rollups are left, which "
    #expect(open.warnings.count == 1 && open.warnings[0].hasPrefix(days + words))
    #expect(open.rolledUpBefore == nil)
    #expect(open.buckets.allSatisfy { $0.span.upperBound >= watermark.start })
    query.range = TimeRange(since: Self.firstDay.start, until: watermark.start + 30 * Self.hour)
    let bounded = try query.run(on: source, pool: Self.pools[0])
    #expect(bounded.warnings == open.warnings)
    for bucket in bounded.buckets where bucket.span.lowerBound < watermark.start {
      let rolledUp = rows.contains { bucket.span.contains($0.time) && $0.time < watermark.start }
      #expect(bucket.isPartial || !rolledUp)
    }
    // The days with rows do not need it.
    query.range.since = watermark.start
    #expect(try query.run(on: source, pool: Self.pools[0]).warnings == [])
  }

  @Test("of what the range cuts, whole hours or days are answered")
  func cuts() throws {
    let rows = log(users: 2_000, days: 3)
    let watermark = UTCDay(number: Self.firstDay.number + 2)
    let source = try TestSource(of: [EventBatch(rows)], rollingUpBefore: watermark, by: ["plan"])
    var query = TrendQuery(of: ["view"], now: .max)
    query.aggregates = [.count]
    query.interval = .day
    let since = Self.firstDay.start + Self.hour + Self.hour / 2
    query.range = TimeRange(since: since, until: watermark.start + Self.hour / 2)
    let found = try query.run(on: source, pool: Self.pools[0])
    // 360 users an hour.
    #expect(found.series[0].figures == [[.int(2_000 - 720)], [.int(2_000)], [.int(180)]])
    #expect(found.buckets.map(\.isPartial) == [true, false, true])
    #expect(
      found.warnings == [
        "2026-03-24: only rollups are left, by hour; the hour that the range cuts is counted as"
          + " without events"
      ])
    // Hours outside of the range are none of its business.
    query.range.since = since + Self.hour / 2
    query.range.until = watermark.start - 5 * Self.hour
    let aligned = try query.run(on: source, pool: Self.pools[0])
    #expect(aligned.series[0].figures == [[.int(2_000 - 720)], [.int(2_000)]])
    #expect(aligned.warnings == [])
    query.range = TimeRange(since: since, until: watermark.start + Self.hour / 2)
    query.breakdown = "plan"
    let byPlan = try query.run(on: source, pool: Self.pools[0])
    #expect(byPlan.series.map(\.group) == [.value(.text("free")), .value(.text("pro"))])
    #expect(byPlan.series[1].figures == [[.int(0)], [.int(667)], [.int(60)]])
    #expect(byPlan.warnings.count == 1 && byPlan.warnings[0].contains("the day that the range"))
    query.breakdown = "missing"
    query.allowsMissing = true
    let unknown = try query.run(on: source, pool: Self.pools[0])
    #expect(unknown.warnings.contains { $0.contains("not broken down by \"missing\"") })
  }

  @Test("without an interval it is one that rollups have")
  func automatic() throws {
    let rows = log(users: 40, days: 1)
    let watermark = UTCDay(number: Self.firstDay.number + 1)
    let source = try TestSource(of: [EventBatch(rows)], rollingUpBefore: watermark, by: ["plan"])
    var query = TrendQuery(now: .max)
    #expect(try query.run(on: source, pool: Self.pools[0]).interval == .hour)
    query.breakdown = "plan"
    #expect(try query.run(on: source, pool: Self.pools[0]).interval == .day)
    query.filter = try Expression(parsing: "plan = 'pro'")
    #expect(try query.run(on: source, pool: Self.pools[0]).buckets == [])
  }

  @Test("values and events that a rollup does not name make figures estimates")
  func unnamed() throws {
    func event(_ day: Int, _ name: String, _ page: String) -> TestEvent {
      TestEvent(
        time: Self.firstDay.start + Int64(day) * 24 * Self.hour, event: name, user: "u",
        values: ["page": .text(page)])
    }
    var rows: [TestEvent] = []
    for number in 10_000..<11_200 {
      rows += [event(0, "view", "p\(number)"), event(0, "view", "p\(number)")]
      rows += [event(0, "e\(number)", "x"), event(0, "e\(number)", "x")]
    }
    // Too seldom on the first day to be named there, frequent on the second.
    rows += [event(0, "view", "late"), event(0, "rare", "x")]
    rows += (0..<50).flatMap { _ in [event(1, "view", "late"), event(1, "rare", "x")] }
    let watermark = UTCDay(number: Self.firstDay.number + 1)
    let source = try TestSource(of: [EventBatch(rows)], rollingUpBefore: watermark, by: ["page"])
    var query = TrendQuery(of: ["view"], now: .max)
    query.aggregates = [.count]
    query.interval = .day
    query.breakdown = "page"
    query.top = 1
    let pages = try query.run(on: source, pool: Self.pools[0])
    #expect(pages.series.map(\.group) == [.value(.text("late")), .other])
    #expect(pages.series[0].figures == [[.int(0)], [.int(50)]])
    #expect(pages.series[1].figures == [[.int(2_401)], [.int(0)]])
    #expect(pages.series.map(\.approximate) == [[0], [0]] && pages.warnings == [])
    query = TrendQuery(of: ["rare", "view"], now: .max)
    query.aggregates = [.count]
    query.interval = .day
    let events = try query.run(on: source, pool: Self.pools[0])
    #expect(events.series.map { $0.figures[0] } == [[.int(0)], [.int(2_401)]])
    #expect(events.series.map(\.approximate) == [[0], []])
    #expect(events.warnings.count == 1 && events.warnings[0].contains("which name 1000 events"))
    #expect(try TrendQuery(now: .max).run(on: source, pool: Self.pools[0]).warnings == [])
  }
}
