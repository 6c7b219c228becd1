// Raw rows: order, limits, and events given back as they were.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("RawQuery") struct RawQueryTests {
  static let start = UTCDay(year: 2026, month: 1, day: 1).start

  static func events(_ json: ResultTable) -> [String] {
    json.rows.map { row in
      if case .json(let text) = row.first { text } else { "?" }
    }
  }

  @Test("gives an event back with its objects, numbers and escapes") func lossless() throws {
    let event = TestEvent(
      time: start(1_500_000_000), event: "buy \"now\"", user: "u\n1",
      values: [
        TestSource.session: .text("s1"), "properties.price": .double((1.0).bitPattern),
        "properties.total": .double((59.98).bitPattern),
        "properties.big": .decimal("12345678901234567890"),
        "properties.n": .int(-7), "properties.ok": .bool(true), "properties.none": .null,
        "properties.tags": .json("[1, {\"a\":2}]"), "properties.deep.er.x": .text("日本\u{1}"),
        "properties.deep.er.y": .int(2), "properties.deep-er": .int(3),
        "properties.deep.a": .int(4),
        "context.`a.b`.`c``d`": .text("t\t"), "a": .int(1), "a.b": .int(2), "zip": .text("007"),
      ])
    let table = try RawQuery(now: 0).run(on: TestSource([event]), pool: WorkerPool(threads: 1))
    let expected = """
      {"event":"buy \\"now\\"","timestamp":"2026-01-01T00:00:01.5Z","user_id":"u\\n1","session_id":"s1",\
      "a":1,"a":{"b":2},"context":{"a.b":{"c`d":"t\\t"}},\
      "properties":{"big":12345678901234567890,"deep-er":3,"deep":{"a":4,"er":{"x":"日本\\u0001","y":2}},\
      "n":-7,"none":null,"ok":true,"price":1.0,"tags":[1, {"a":2}],"total":59.98},"zip":"007"}
      """
    #expect(Self.events(table) == [expected])
    #expect(table.holdsEvents && table.columns == ["event"])
  }

  private func start(_ nanoseconds: Int64) -> Int64 { Self.start + nanoseconds }

  @Test("leaves out what a row does not have") func sparse() throws {
    let events = [
      TestEvent(time: Self.start, event: "a", user: nil, values: ["x.y": .int(1)]),
      TestEvent(
        time: Self.start + 1, event: "b", user: "u", values: ["x.z.w": .int(2), "x.z.v": .int(3)]),
    ]
    let table = try RawQuery(now: 0).run(on: TestSource(events), pool: WorkerPool(threads: 1))
    #expect(
      Self.events(table) == [
        "{\"event\":\"a\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"user_id\":null,\"x\":{\"y\":1}}",
        "{\"event\":\"b\",\"timestamp\":\"2026-01-01T00:00:00.000000001Z\",\"user_id\":\"u\","
          + "\"x\":{\"z\":{\"v\":3,\"w\":2}}}",
      ])
  }

  @Test("opens the overflow column") func overflow() throws {
    let events = (0..<150).map { number in
      var event = TestEvent(time: Self.start + Int64(number), event: "e", user: "u")
      for path in 0..<10 {
        event.values["k.p\((number * 10 + path) % 1_400)"] =
          path == 3 ? .text("a\"b") : .int(Int64(path))
      }
      return event
    }
    let table = try RawQuery(now: 0).run(on: TestSource(events), pool: WorkerPool(threads: 2))
    for (number, json) in Self.events(table).enumerated() {
      let members = events[number].values.sorted { $0.key < $1.key }.map { key, value in
        "\"\(key.dropFirst(2))\":" + (value == .text("a\"b") ? "\"a\\\"b\"" : Self.digits(value))
      }
      #expect(
        json.hasSuffix(",\"k\":{\(members.joined(separator: ","))}}"), "row \(number): \(json)")
    }
  }

  static func digits(_ value: TestValue) -> String {
    if case .int(let number) = value { "\(number)" } else { "?" }
  }

  @Test("orders by time over segments and keeps to the limit", arguments: 0..<30) func order(
    seed: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let events = (0..<300).map { number in
      TestEvent(
        time: Self.start + Int64.random(in: 0..<3, using: &random) * UTCDay.nanoseconds
          + Int64.random(in: 0..<200, using: &random) * 400_000_000_000,
        event: "e", user: "u\(Int.random(in: 0...9, using: &random))",
        values: ["id": .int(Int64(number))])
    }
    let source = try TestSource(events, parts: 1 + seed % 3)
    var query = RawQuery(fields: ["timestamp", "id"], newestFirst: seed % 2 == 0, now: 0)
    if seed % 4 > 0 { query.limit = Int.random(in: 1...400, using: &random) }
    if seed % 5 == 0 { query.condition = try Expression(parsing: "id > 100") }
    let table = try query.run(on: source, pool: WorkerPool(threads: 1 + seed % 2))
    let times = events.enumerated().filter { seed % 5 != 0 || $0.offset > 100 }.map(\.element.time)
      .sorted()
    let expected = (query.newestFirst ? times.reversed() : times).prefix(query.limit ?? .max)
    #expect(table.rows.map { $0[0] } == expected.map { .time($0) }, "seed \(seed)")
    for row in table.rows {
      guard case .time(let time) = row[0], case .int(let id) = row[1] else {
        Issue.record("seed \(seed): a row of other kinds")
        continue
      }
      #expect(events[Int(id)].time == time, "seed \(seed)")
    }
    let again = try query.run(on: source, pool: WorkerPool(threads: 3))
    #expect(again.rows == table.rows, "seed \(seed)")
  }

  @Test("shows fields as columns, missing ones as null when allowed") func fields() throws {
    let events = [
      TestEvent(
        time: Self.start, event: "e", user: "u",
        values: ["properties.price": .double((1.5).bitPattern)])
    ]
    var query = RawQuery(fields: ["event", "price", "nope"], now: 0)
    #expect(throws: QueryError.self) {
      try query.run(on: TestSource(events), pool: WorkerPool(threads: 1))
    }
    query.allowsMissing = true
    let table = try query.run(on: TestSource(events), pool: WorkerPool(threads: 1))
    #expect(table.columns == ["event", "price", "nope"])
    #expect(table.rows == [[.text("e"), .double(1.5), .null]] && table.warnings.count == 1)
  }

  @Test("refuses a limit of nothing") func limit() throws {
    let query = RawQuery(limit: 0, now: 0)
    #expect(throws: QueryError.self) {
      try query.run(on: TestSource([]), pool: WorkerPool(threads: 1))
    }
  }
}

@Suite("FieldListing") struct FieldListingTests {
  @Test("lists every field with kinds, fill, distinct texts and examples") func listing() throws {
    let start = UTCDay(year: 2026, month: 1, day: 1).start
    var events: [TestEvent] = []
    for number in 0..<400 {
      let isEven = number % 2 == 0
      var event = TestEvent(
        time: start + (isEven ? 0 : UTCDay.nanoseconds), event: number % 4 < 2 ? "a" : "b",
        user: "u\(number % 3)")
      event.values["p.country"] = .text(isEven ? "DE" : "FR")
      if number % 4 == 0 { event.values["p.price"] = .double((1.5).bitPattern) }
      event.values["p.mixed"] = isEven ? .int(1) : .text("x")
      event.values["p.none"] = .null
      events.append(event)
    }
    let table = try FieldListing().run(
      on: TestSource(events, parts: 2), pool: WorkerPool(threads: 2))
    #expect(table.columns == FieldListing.columns)
    let rows = Dictionary(uniqueKeysWithValues: table.rows.map { ($0[0], $0) })
    #expect(
      table.rows.map { $0[0] }
        == [
          "event", "timestamp", "user_id", "p.country", "p.mixed", "p.none", "p.price",
        ].map { .text($0) })
    let country = try #require(rows[.text("p.country")])
    #expect(country[1] == .text("text") && country[2] == .int(400) && country[3] == .double(100))
    #expect(country[5] == .int(2) && country[6] == .json("[\"FR\",\"DE\"]"))
    let price = try #require(rows[.text("p.price")])
    #expect(price[1] == .text("double") && price[2] == .int(100) && price[3] == .double(25))
    #expect(price[5] == .null && price[6] == .json("[1.5]"))
    let mixed = try #require(rows[.text("p.mixed")])
    #expect(mixed[1] == .text("int, text") && mixed[5] == .null)
    #expect(rows[.text("p.none")]?[2] == .int(0) && rows[.text("p.none")]?[6] == .json("[]"))
    #expect(rows[.text("timestamp")]?[1] == .text("time"))
  }

  @Test("lists paths of the overflow column") func overflow() throws {
    let start = UTCDay(year: 2026, month: 1, day: 1).start
    let events = (0..<150).map { number in
      var event = TestEvent(time: start + Int64(number), event: "e", user: "u")
      for path in 0..<10 { event.values["k.p\((number * 10 + path) % 1_400)"] = .int(Int64(path)) }
      return event
    }
    let table = try FieldListing().run(on: TestSource(events), pool: WorkerPool(threads: 1))
    #expect(table.rows.count == 1_400 + 3)
    #expect(table.rows.allSatisfy { $0[2] != .int(0) })
  }
}
