// Aggregates against brute force on random logs.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("AggregateQuery") struct AggregateQueryTests {
  static let start = UTCDay(year: 2026, month: 1, day: 1).start
  static let now = start + 3 * UTCDay.nanoseconds

  /// Random events over three days whose users and sessions span days, segments and each other.
  static func events(_ count: Int, _ random: inout SeededGenerator) -> [TestEvent] {
    let users = Int.random(in: 1...30, using: &random)
    return (0..<count).map { number in
      let day = Int64.random(in: 0..<3, using: &random)
      var event = TestEvent(
        time: start + day * UTCDay.nanoseconds
          + Int64.random(in: 0..<2_000, using: &random) * 43_200_000_000,
        event: ["view", "cart", "buy"].randomElement(using: &random) ?? "",
        user: "u\(Int.random(in: 0..<users, using: &random))")
      if Int.random(in: 0..<8, using: &random) == 0 {
        event.user = Bool.random(using: &random) ? nil : ""
      }
      event.values = [
        TestSource.session: .text("s\(Int.random(in: 0...users, using: &random))"),
        "country": .text(["DE", "FR", "日本"].randomElement(using: &random) ?? ""),
        "price": .double((Double(Int.random(in: 1...9_999, using: &random)) / 100).bitPattern),
        "n": .int(Int64.random(in: -5...5, using: &random)),
        "mixed": mixed(&random),
        "item": .text("item-\(Int.random(in: 0...99_999, using: &random))"),
      ]
      for key in event.values.keys.sorted() where Int.random(in: 0..<10, using: &random) == 0 {
        event.values[key] = Bool.random(using: &random) ? .null : .absent
      }
      // Sums are refused of fields without any number.
      if number == 0 { event.values["mixed"] = .int(1) }
      return event
    }
  }

  static func mixed(_ random: inout SeededGenerator) -> TestValue {
    let values: [TestValue] = [
      .int(1), .double((1.0).bitPattern), .double((-0.0).bitPattern), .int(0), .text("1"),
      .text(""),
      .bool(true), .decimal("1.00000000000000000000001"),
      .decimal("123456789012345678901234567890"),
      .json("[1]"), .double((0.1234567890123).bitPattern), .int(.max),
    ]
    return values.randomElement(using: &random) ?? .null
  }

  // MARK: - Brute force

  /// A value as brute force sees it: equal numbers are equal.
  static func plain(_ value: TestValue) -> Value {
    switch value {
    case .absent, .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .double(let bits):
      ExactDecimal(Double(bitPattern: bits)).map { Arithmetic.number($0) } ?? .null
    case .decimal(let text): ExactDecimal(parsing: text.utf8).map { Arithmetic.number($0) } ?? .null
    case .text(let text): .text(text)
    case .json(let text): .json(Array(text.utf8))
    }
  }

  static func key(_ name: String, _ event: TestEvent) -> Value {
    switch name {
    case "event": .text(event.event)
    case "user_id": event.user.map { .text($0) } ?? .null
    case "day": .date(UTCDay(containing: event.time).number)
    case "hour": .time(event.time / 3_600_000_000_000 * 3_600_000_000_000)
    case "toMonday(timestamp)":
      // 1970-01-05 was a Monday.
      .date((UTCDay(containing: event.time).number - 4) / 7 * 7 + 4)
    case "toStartOfMonth(timestamp)":
      .date(UTCDay(year: 2026, month: 1, day: 1).number)
    case "lower(country)":
      if case .text(let text) = event.values["country"] { .text(text.lowercased()) } else { .null }
    default: plain(event.values[name] ?? .absent)
    }
  }

  static func figure(_ aggregate: Aggregate, _ events: [TestEvent]) throws -> ResultValue {
    let values = events.map { key(aggregate.field ?? "", $0) }.filter { !$0.isNull }
    switch aggregate.function {
    case .count: return .int(Int64(events.count))
    case .users: return .int(Int64(Set(events.compactMap(\.user).filter { !$0.isEmpty }).count))
    case .sessions:
      let sessions = events.compactMap { event -> String? in
        if case .text(let id) = event.values[TestSource.session], !id.isEmpty { id } else { nil }
      }
      return .int(Int64(Set(sessions).count))
    case .uniq: return .int(Int64(Set(values).count))
    case .sum, .avg:
      var sum = ExactSum()
      for event in events {
        switch event.values[aggregate.field ?? ""] ?? .absent {
        case .int(let value): sum.add(value)
        case .double(let bits): sum.add(Double(bitPattern: bits))
        case .decimal(let text): _ = sum.add(try #require(ExactDecimal(parsing: text.utf8)))
        default: break
        }
      }
      if aggregate.function == .avg { return sum.average.map { .double($0) } ?? .null }
      return Value(sum.value).result
    case .min, .max:
      let numbers = values.filter { $0.family == .number }
      let texts = values.filter { $0.family == .text }
      let others = values.filter { $0.family == .bool }
      let candidates =
        numbers.isEmpty ? (texts.isEmpty ? (others.isEmpty ? values : others) : texts) : numbers
      let sorted = candidates.sorted { ValueOrder.compare($0, $1) == .below }
      return (aggregate.function == .min ? sorted.first : sorted.last)?.result ?? .null
    case .quantile(let percent):
      // R-7 by its definition, over the nearest doubles; places count from 1.
      let numbers = values.filter { $0.truth == nil }.compactMap { Arithmetic.double($0) }.sorted()
      if numbers.isEmpty { return .null }
      let place = percent / 100 * Double(numbers.count - 1) + 1
      let low = numbers[Int(place) - 1]
      let high = numbers[min(Int(place), numbers.count - 1)]
      return .double(low + (place - place.rounded(.down)) * (high - low))
    }
  }

  static func answer(_ query: AggregateQuery, _ events: [TestEvent]) throws -> [[ResultValue]] {
    let selected = events.filter { event in
      query.range.contains(event.time)
        && (query.events.isEmpty || query.events.contains(event.event))
        && (query.condition.map { SlowEvaluator(event: event, now: now).holds($0.root) } ?? true)
    }
    var groups = Dictionary(grouping: selected) { event in query.keys.map { key($0, event) } }
    if query.keys.isEmpty, groups.isEmpty { groups[[]] = [] }
    var rows: [(keys: [Value], figures: [ResultValue])] = []
    for (keys, events) in groups {
      rows.append((keys, try query.aggregates.map { try figure($0, events) }))
    }
    let byKeyOnly =
      query.top == nil
      && ["day", "hour", "toMonday(timestamp)", "toStartOfMonth(timestamp)"].contains(
        query.keys.first ?? "")
    rows.sort { left, right in
      if !byKeyOnly, let isFirst = isGreater(left.figures[0], right.figures[0]) { return isFirst }
      for (a, b) in zip(left.keys, right.keys) where a != b {
        return ValueOrder.total(a, b) == .below
      }
      return false
    }
    return rows.prefix(query.top ?? .max).map { row in
      row.keys.map { $0 == .double(-0.0) ? .int(0) : $0.result } + row.figures
    }
  }

  static func isGreater(_ left: ResultValue, _ right: ResultValue) -> Bool? {
    func value(_ result: ResultValue) -> Value {
      switch result {
      case .int(let value): .int(value)
      case .double(let value): .double(value)
      case .decimal(let text): ExactDecimal(parsing: text.utf8).map { .decimal($0) } ?? .null
      case .text(let text): .text(text)
      case .bool(let value): .bool(value)
      case .json(let text): .json(Array(text.utf8))
      case .null, .time: .null
      }
    }
    let (a, b) = (value(left), value(right))
    if a.isNull || b.isNull { return a.isNull == b.isNull ? nil : b.isNull }
    let order = ValueOrder.total(a, b)
    return order == .equal ? nil : order == .above
  }

  /// Numbers of one value in one form, so that answers can be compared.
  static func plain(_ rows: [[ResultValue]]) -> [[ResultValue]] {
    rows.map { row in
      row.map { value in
        if case .double(let number) = value, let integer = Int64(exactly: number) {
          return .int(integer)
        }
        return value
      }
    }
  }

  static let keyChoices: [[String]] = [
    [], ["event"], ["country"], ["n"], ["mixed"], ["user_id"], ["day"], ["hour"], ["event", "day"],
    ["country", "event", "n"], ["item"], ["lower(country)"], ["price", "mixed"],
    ["toMonday(timestamp)"], ["toStartOfMonth(timestamp)", "event"],
  ]
  static let aggregateChoices: [[String]] = [
    ["count"], ["users"], ["count", "users", "sessions"], ["sum:price", "avg:price"], ["sessions"],
    ["sum:mixed", "count"], ["min:mixed", "max:mixed"], ["uniq:mixed", "uniq:item"], ["avg:mixed"],
    ["min:country", "max:item", "users"], ["sum:n", "min:n", "max:price"],
    ["uniq:user_id", "users"], ["p95:price", "median:n"],

    ["p0:mixed", "p100:price", "p33.3:price"],
  ]

  static let conditions = [
    "n > 0 OR country = 'DE'", "event = 'buy' AND n > 0", "event IN ('buy', 'cart')",
    "event = 'buy' AND event = 'view'", "timestamp >= '2026-01-02' AND event != 'view'",
    "timestamp >= '2026-01-01 06:00:00' AND timestamp < '2026-01-02 00:15:00'",
    "timestamp = '2026-01-02'", "NOT (event = 'buy' AND timestamp > '2026-01-02')",
  ]

  @Test("equals brute force for any threads and segments", arguments: 0..<2_000) func oracle(
    seed: Int
  )
    throws
  {
    var random = SeededGenerator(seed: UInt64(seed))
    let events = Self.events([0, 3, 60, 400][seed % 4], &random)
    let sources = try [1, 3].map { try TestSource(events, parts: $0) }
    let pools = [WorkerPool(threads: 1), WorkerPool(threads: 3)]
    for _ in 0..<12 {
      var query = AggregateQuery(now: Self.now, allowsMissing: true)
      query.keys = Self.keyChoices.randomElement(using: &random) ?? []
      query.aggregates = try (Self.aggregateChoices.randomElement(using: &random) ?? []).map {
        try Aggregate(parsing: $0)
      }
      if Int.random(in: 0..<3, using: &random) == 0 { query.events = ["buy", "view"] }
      if Int.random(in: 0..<3, using: &random) == 0 {
        query.condition = try Expression(
          parsing: Self.conditions.randomElement(using: &random) ?? "true")
      }
      if Int.random(in: 0..<3, using: &random) == 0 {
        query.top = Int.random(in: 1...5, using: &random)
      }
      if Bool.random(using: &random) {
        let unit: Int64 = [900_000_000_000, 43_200_000_000, UTCDay.nanoseconds][seed % 3]
        query.range = TimeRange(
          since: Self.start + Int64.random(in: 0...3, using: &random) * unit,
          until: Self.start + Int64.random(in: 20...300, using: &random) * unit)
      }
      let expected = Self.plain(try Self.answer(query, events))
      for source in sources {
        for pool in pools {
          let found = try query.run(on: source, pool: pool)
          #expect(
            Self.plain(found.rows) == expected,
            "seed \(seed): \(query.keys) \(query.aggregates.map(\.name)) \(query.range)")
          #expect(found.columns == query.keys + query.aggregates.map(\.name))
        }
      }
    }
  }

  @Test("answers counts by event and stretches of time without reading a block") func metadata()
    throws
  {
    var random = SeededGenerator(seed: 9)
    let events = Self.events(300, &random)
    let source = ClosedSource(source: try TestSource(events))
    let pool = WorkerPool(threads: 2)
    for keys in [[], ["event"], ["day"], ["event", "day"]] {
      let query = AggregateQuery(keys: keys, now: Self.now)
      #expect(try query.run(on: source, pool: pool).rows == Self.answer(query, events))
    }
    let users = AggregateQuery(
      keys: ["day"], aggregates: [.users, .count], now: Self.now)
    #expect(try users.run(on: source, pool: pool).rows == Self.answer(users, events))
    let buys = AggregateQuery(events: ["buy"], now: Self.now)
    #expect(try buys.run(on: source, pool: pool).rows == Self.answer(buys, events))
  }

  @Test("tells users of equal hashes apart") func collisions() throws {
    let lists = (0..<3).map { list in
      let collector = EntityCollector(.identified, hasGroups: false)
      var vector = ColumnVector()
      vector.rowCount = 2
      vector.uniformKind = .text
      vector.codes = [0, 1]
      vector.texts = TextList(
        ends: [1, 2], bytes: list == 2 ? Array("ac".utf8) : Array("ab".utf8),
        isSortedDictionary: false)
      let block = ScanBlock(
        block: 0, rowCount: 2, places: nil, mask: RowMask(allOf: 2), times: [], users: vector,
        columns: [vector], marks: [])
      collector.add(vector, SelectedRows(block), groups: [], groupCount: 1, type: .plain)
      let entities = collector.finish()
      // As if somebody had found collisions.
      for entry in entities.entries.indices { entities.entries[entry].hash = 7 }
      return entities
    }
    let merge = DistinctMerge(lists, groupMaps: [[0], [0], [0]], groupCount: 1)
    #expect(try merge.counts(WorkerPool(threads: 1)) == [3])
  }

  static let refused: [([String], [String], String)] = [
    (
      ["country"], ["total"],
      "\"total\" is no aggregate: write count, users, sessions, uniq:FIELD, sum:FIELD, avg:FIELD, min:FIELD, max:FIELD,"
        + " median:FIELD, p95:FIELD"
    ),
    ([], ["sum"], "\"sum\" needs a field: write sum:FIELD"),
    ([], ["count:x"], "\"count\" takes no field: write count"),
    ([], ["sum:country"], "sum:country: \"country\" holds text, not numbers"),
    (
      [], ["sum:prise"],
      "no field is named \"prise\"; did you mean \"price\"?; evt query --fields lists them all"
    ),
    (
      ["contry"], ["count"],
      "no field is named \"contry\"; did you mean \"country\"?; evt query --fields lists them all"
    ),
    (
      ["lower(contry)"], ["count"],
      "1:7: no field is named \"contry\"; did you mean \"country\"?; evt query --fields lists them all"
    ),
  ]

  @Test("refuses what it cannot compute", arguments: refused)
  func refuse(row: ([String], [String], String)) throws {
    var random = SeededGenerator(seed: 1)
    let source = try TestSource(Self.events(50, &random))
    let error = #expect(throws: QueryError.self) {
      let query = AggregateQuery(
        keys: row.0, aggregates: try row.1.map { try Aggregate(parsing: $0) }, now: Self.now)
      _ = try query.run(on: source, pool: WorkerPool(threads: 1))
    }
    #expect(error?.description == row.2)
  }

  @Test("refuses unknown events unless they may be missing") func unknownEvents() throws {
    var random = SeededGenerator(seed: 1)
    let source = try TestSource(Self.events(50, &random))
    var query = AggregateQuery(events: ["biy"], now: Self.now)
    #expect(throws: QueryError.self) { try query.run(on: source, pool: WorkerPool(threads: 1)) }
    query.allowsMissing = true
    let table = try query.run(on: source, pool: WorkerPool(threads: 1))
    #expect(table.rows == [[.int(0)]] && table.warnings.count == 1)
  }

  @Test("says when an answer would take too much memory") func memory() throws {
    var random = SeededGenerator(seed: 1)
    let source = try TestSource(Self.events(400, &random))
    var query = AggregateQuery(keys: ["item"], now: Self.now)
    query.memoryBytes = 1_000
    let error = #expect(throws: QueryError.self) {
      _ = try query.run(on: source, pool: WorkerPool(threads: 1))
    }
    #expect(error?.description.contains("would take more than") == true)
  }
}

/// Knows what the catalogue knows, and refuses to open a segment.
struct ClosedSource: QuerySource {
  let source: TestSource

  struct Opened: Error {}

  var summaries: [SegmentSummary] { source.summaries }
  var knownEvents: [String: UInt64] { source.knownEvents }
  var knowsAllEvents: Bool { true }
  var knownFields: [SegmentSummary.Field] { source.knownFields }
  var knowsAllFields: Bool { true }
  func reader(_ index: Int) throws -> SegmentReader { throw Opened() }
  func report(_ damage: SegmentDamage, segment index: Int) -> any Error { damage }
}
