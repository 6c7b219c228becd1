// Trends against brute force on random logs.

import Columnar
import EvtCore
import Query
import TestSupport
import Testing

@testable import Analytics

@Suite("TrendQuery") struct TrendQueryTests {
  static let pools = [WorkerPool(threads: 1), WorkerPool(threads: 3)]

  static let aggregateChoices = [
    ["count", "users"], ["count"], ["users", "sessions"], ["sessions", "sum:price"],
    ["sum:price", "uniq:price", "users"], ["avg:price", "max:price", "count"],
  ]
  static let totalChoices = [
    ["count", "users"], ["users"], ["sessions", "count"], ["sum:price", "uniq:price", "users"],
  ]

  /// Zones where a day's clock is set at each of these days.
  static let zones: [(name: String, day: UTCDay)] = [
    ("UTC", UTCDay(year: 2026, month: 1, day: 30)),
    ("Europe/Berlin", UTCDay(year: 2026, month: 3, day: 28)),
    ("Europe/Berlin", UTCDay(year: 2026, month: 10, day: 24)),
    ("Australia/Lord_Howe", UTCDay(year: 2026, month: 4, day: 3)),
    ("Africa/Cairo", UTCDay(year: 2026, month: 4, day: 23)),
    ("Asia/Kathmandu", UTCDay(year: 2026, month: 5, day: 30)),
    ("America/St_Johns", UTCDay(year: 2005, month: 10, day: 29)),
    // Seconds east of quarter hours.
    ("Europe/Amsterdam", UTCDay(year: 1930, month: 5, day: 14)),
  ]

  static func rules(_ name: String) throws -> ZoneRules {
    SystemCalendar.hasZones && name != "UTC" ? try SystemCalendar.rules(of: name) : .utc
  }

  static func randomQuery(
    _ zone: ZoneRules, _ log: RandomLog, _ random: inout SeededGenerator
  ) throws -> TrendQuery {
    let events = random.pick([[], ["purchase"], ["purchase", "page_view"], ["search", "search"]])
    let times = log.rows.map(\.time)
    let first = times.min() ?? 0
    var query = TrendQuery(
      of: events, now: first + Int64(random.below(96)) * 3_600_000_000_000)
    query.zone = zone
    query.allowsMissing = true
    query.isCumulative = random.chance(1, in: 3)
    let names = random.pick(query.isCumulative ? totalChoices : aggregateChoices)
    query.aggregates = try names.map { try Aggregate(parsing: $0) }
    query.interval = random.pick([.minute, .quarterHour, .hour, .day, .week, .month])
    query.weekStart = random.pick([.monday, .sunday])
    if random.chance(1, in: 2) {
      query.breakdown = "device"
      query.top = 1 + random.below(3)
    }
    if random.chance(1, in: 2) {
      let isFine = query.interval == .minute
      let unit: Int64 = random.pick([
        900_000_000_000, 60_000_000_007, isFine ? 3_600_000_000_000 : 43_200_000_000_000,
      ])
      let since = first - 2 * unit + Int64(random.below(20)) * unit
      query.range = TimeRange(since: since, until: since + Int64(1 + random.below(50)) * unit)
    }
    return query
  }

  @Test("equals brute force in any zone, for any threads and segments", arguments: 0..<400)
  func oracle(seed: Int) throws {
    let (name, day) = Self.zones[seed % Self.zones.count]
    let zone = try Self.rules(name)
    var shape = RandomLogShape()
    shape.firstDay = day
    shape.rows = 1..<80
    shape.tickNanos = seed % 3 == 0 ? 900_000_000_000 : 60_000_000_000
    let log = RandomLog(seed: UInt64(seed), shape: shape)
    var random = SeededGenerator(seed: UInt64(seed) &+ 1_000_000)
    let sources = try [1, 3].map { try TestSource(of: log.batches(rowsPerBatch: 20), parts: $0) }
    for _ in 0..<6 {
      let query = try Self.randomQuery(zone, log, &random)
      let expected = NaiveTrend.plain(
        try NaiveTrend(query: query, rows: log.rows).result(query.interval))
      for source in sources {
        for pool in Self.pools {
          var found = NaiveTrend.plain(try query.run(on: source, pool: pool))
          found.warnings = []
          #expect(
            found == expected,
            "seed \(seed): \(name) \(query.events) \(query.aggregates.map(\.name)) \(query.interval) by \(query.breakdown ?? "-") \(query.range)"
          )
        }
      }
    }
  }

  @Test("says the same from metadata and from the rows", arguments: 0..<100)
  func metadata(seed: Int) throws {
    let (name, day) = Self.zones[seed % Self.zones.count]
    var shape = RandomLogShape()
    shape.firstDay = day
    let log = RandomLog(seed: UInt64(seed), shape: shape)
    let source = try TestSource(of: log.batches(), parts: 1 + seed % 2)
    for interval in TrendInterval.fixed {
      for aggregates in [[Aggregate.count], [.users, .count]] {
        for events in [[], ["purchase", "search"]] {
          var query = TrendQuery(of: events, now: 0)
          query.zone = try Self.rules(name)
          query.interval = interval
          query.aggregates = aggregates
          query.allowsMissing = true
          let found = try query.run(on: source, pool: Self.pools[0])
          // A condition that always holds, and that only rows can tell.
          query.filter = try Expression(parsing: "length(concat(event, 'x')) > 0")
          #expect(
            try query.run(on: source, pool: Self.pools[0]).series == found.series,
            "seed \(seed): \(name) \(interval)")
        }
      }
    }
  }

  /// A log with one event at each of `texts`.
  static func source(_ texts: [String], event: String = "a", user: String? = "u") throws
    -> TestSource
  {
    let rows = try texts.map { text in
      TestEvent(
        time: try #require(TimeText.parse(text)), event: event, user: user,
        values: ["device": .text("x")])
    }
    return try TestSource(of: [EventBatch(rows)])
  }

  static func starts(_ result: TrendResult, _ zone: ZoneRules = .utc) -> [String] {
    result.buckets.map { zone.format($0.span.lowerBound) }
  }

  static let now: Int64 = 1_767_225_600_000_000_000  // 2026-01-01

  @Test("goes from the first to the last event of the store, also for events that came later")
  func openRange() throws {
    let rows = ["2025-12-01T10:00:00Z", "2025-12-05T10:00:00Z"].map {
      TestEvent(time: TimeText.parse($0) ?? 0, event: "old", user: "u")
    }
    let late = TestEvent(time: rows[1].time - 1, event: "new", user: "u")
    let source = try TestSource(of: [EventBatch(rows + [late])])
    var query = TrendQuery(of: ["new"], now: Self.now)
    query.interval = .day
    let result = try query.run(on: source, pool: Self.pools[0])
    #expect(Self.starts(result).first == "2025-12-01T00:00:00Z" && result.buckets.count == 5)
    #expect(result.series.map { $0.figures.map { $0[0] } } == [[0, 0, 0, 0, 1].map { .int($0) }])
    query.range = TimeRange(since: TimeText.parse("2025-12-04T12:00:00Z"))
    #expect(
      Self.starts(try query.run(on: source, pool: Self.pools[0])) == [
        "2025-12-04T00:00:00Z", "2025-12-05T00:00:00Z",
      ])
    // Nothing there: the bucket of the bound alone.
    query.range = TimeRange(since: TimeText.parse("2025-12-25T12:00:00Z"))
    #expect(
      Self.starts(try query.run(on: source, pool: Self.pools[0])) == ["2025-12-25T00:00:00Z"])
    query.range = TimeRange(until: TimeText.parse("2025-11-25T12:00:00Z"))
    #expect(
      Self.starts(try query.run(on: source, pool: Self.pools[0])) == ["2025-11-25T00:00:00Z"])
  }

  @Test("has no buckets where there is neither an event nor a range") func nothing() throws {
    let source = try TestSource(of: [])
    var query = TrendQuery(now: Self.now)
    #expect(try query.run(on: source, pool: Self.pools[0]).buckets.isEmpty)
    query.range = TimeRange(since: Self.now - 3 * UTCDay.nanoseconds, until: Self.now)
    query.interval = .day
    let result = try query.run(on: source, pool: Self.pools[0])
    #expect(result.series.map(\.figures) == [Array(repeating: [.int(0), .int(0)], count: 3)])
  }

  @Test("marks buckets that are not over or that the range cuts") func partial() throws {
    let source = try Self.source(["2025-12-29T10:00:00Z", "2026-01-02T10:00:00Z"])
    var query = TrendQuery(now: Self.now + 3_600_000_000_000)
    query.interval = .day
    func partial() throws -> [Bool] {
      try query.run(on: source, pool: Self.pools[0]).buckets.map(\.isPartial)
    }
    #expect(try partial() == [false, false, false, true, true])
    query.now = Self.now + 5 * UTCDay.nanoseconds
    #expect(try partial() == [false, false, false, false, false])
    query.range = TimeRange(
      since: Self.now - UTCDay.nanoseconds - 1, until: Self.now + UTCDay.nanoseconds + 1)
    #expect(try partial() == [true, false, false, true])
    query.range = TimeRange(since: Self.now - UTCDay.nanoseconds, until: Self.now)
    #expect(try partial() == [false])
    query.now = Self.now - 1
    #expect(try partial() == [true])
  }

  static let autoRows: [(String, TrendInterval)] = [
    ("PT50M", .minute), ("P1D", .quarterHour), ("P4D", .hour), ("P5D", .day), ("P90D", .day),
    ("P200D", .week), ("P3000D", .month),
  ]

  @Test("takes the finest interval with about 100 buckets", arguments: autoRows)
  func auto(row: (String, TrendInterval)) throws {
    let digits = Int64(row.0.filter(\.isNumber)) ?? 0
    let length = digits * (row.0.hasSuffix("M") ? 60_000_000_000 : UTCDay.nanoseconds)
    var query = TrendQuery(now: Self.now)
    query.range = TimeRange(since: Self.now - length, until: Self.now)
    let result = try query.run(
      on: try Self.source(["2025-12-31T23:59:00Z"]), pool: Self.pools[0])
    #expect(result.interval == row.1)
  }

  @Test("groups the rest as other, whose users are counted once") func other() throws {
    let rows = (0..<40).map { number in
      TestEvent(
        time: Self.now - 1 - Int64(number % 2) * UTCDay.nanoseconds, event: "a",
        user: "u\(number % 4)", values: ["device": .text("d\(number % 10)")])
    }
    let source = try TestSource(of: [EventBatch(rows)])
    var query = TrendQuery(now: Self.now)
    query.interval = .month
    query.breakdown = "device"
    query.top = 2
    let result = try query.run(on: source, pool: Self.pools[0])
    #expect(result.series.map(\.group) == [.value(.text("d0")), .value(.text("d1")), .other])
    #expect(result.series.last?.figures == [[.int(32), .int(4)]])
    query.top = 1_000_000
    #expect(try query.run(on: source, pool: Self.pools[0]).series.count == 10)
    query.top = .max
    #expect(try query.run(on: source, pool: Self.pools[0]).series.count == 10)
  }

  @Test("counts users since the start, not by adding them up") func cumulative() throws {
    let source = try Self.source(
      ["2025-12-29T10:00:00Z", "2025-12-30T10:00:00Z", "2026-01-01T10:00:00Z"])
    var query = TrendQuery(now: Self.now)
    query.interval = .day
    query.isCumulative = true
    let result = try query.run(on: source, pool: Self.pools[0])
    #expect(
      result.series[0].figures == [
        [.int(1), .int(1)], [.int(2), .int(1)], [.int(2), .int(1)], [.int(3), .int(1)],
      ])
  }

  static let refused: [(String, @Sendable (inout TrendQuery) throws -> Void)] = [
    ("--top must be at least 1", { $0.top = 0 }),
    (
      "--cumulative adds up, and \"max:price\" is no total: take count, users, sessions, uniq or sum",
      {
        $0.isCumulative = true
        $0.aggregates = [.count, try Aggregate(parsing: "max:price")]
      }
    ),
    (
      "--every minute makes about 527041 buckets, and an answer has at most 100000 rows: take --every 15m, or shorten the range with --last or --since",
      { $0.interval = .minute }
    ),
    (
      "--every hour makes about 8785 buckets of 21 series, and an answer has at most 100000 rows: take --every day, or shorten the range with --last or --since",
      {
        $0.interval = .hour
        $0.breakdown = "item"
        $0.top = 20
      }
    ),
    (
      "--every month makes about 7117 buckets of 21 series, and an answer has at most 100000 rows: shorten the range with --last or --since",
      {
        $0.range = TimeRange(since: .min, until: .max)
        $0.breakdown = "item"
        $0.top = 20
      }
    ),
  ]

  @Test("refuses what makes no sense, or too much", arguments: refused.indices)
  func refuse(row: Int) throws {
    let rows = (0..<367).map { day in
      TestEvent(
        time: Self.now - Int64(day) * UTCDay.nanoseconds, event: "a", user: "u",
        values: ["item": .text("i\(day % 50)"), "price": .int(1)])
    }
    let source = try TestSource(of: [EventBatch(rows)])
    var query = TrendQuery(now: Self.now)
    try Self.refused[row].1(&query)
    let error = #expect(throws: AnalyticsError.self) {
      try query.run(on: source, pool: Self.pools[0])
    }
    #expect(error?.description == Self.refused[row].0)
  }

  @Test("names unknown events, unless they may be missing") func unknownEvent() throws {
    let source = try Self.source(["2025-12-29T10:00:00Z"], event: "purchase")
    var query = TrendQuery(of: ["purchse"], now: Self.now)
    #expect(throws: QueryError.self) { try query.run(on: source, pool: Self.pools[0]) }
    query.allowsMissing = true
    let result = try query.run(on: source, pool: Self.pools[0])
    #expect(result.warnings == ["no event is named \"purchse\": it counts as zero"])
    #expect(result.series.map(\.figures) == [[[.int(0), .int(0)]]])
  }
}
