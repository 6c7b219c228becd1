// Tests of what a rollup says of a day, against sets of texts.

import Columnar
import EvtCore
import TestSupport
import Testing

/// The builder of a day whose segments are in memory.
func rollupBuilder(
  _ segments: [TestSegment], range: TimeRange = .all
) -> RollupBuilder {
  RollupBuilder(
    day: segments[0].summary.day, segmentCount: segments.count, range: range
  ) { index, body in try body(segments[index].reader) }
}

@Suite struct RollupBuilderTests {
  /// The same by brute force.
  private struct Tally {
    var rows: UInt64 = 0
    var users: Set<ExactText> = []
    var sessions: Set<ExactText> = []

    mutating func add(_ event: TestEvent) {
      rows += 1
      if let user = event.user, !user.isEmpty { users.insert(ExactText(user)) }
      if let session = event.session, !session.isEmpty { sessions.insert(ExactText(session)) }
    }

    func sketch(_ texts: Set<ExactText>) -> DistinctSketch {
      var sketch = DistinctSketch()
      for text in texts {
        sketch.insert(hash: Array(text.text.utf8).withUnsafeBytes { StableHash.user($0) })
      }
      return sketch
    }

    func agrees(with figures: RollupFigures) -> Bool {
      figures.rows == rows && figures.users == sketch(users)
        && figures.sessions == sketch(sessions)
    }
  }

  private static let start = UTCDay(containing: StoreScenario.noon).start

  /// Events of one day.
  private func events(_ count: Int, users: Int, seed: UInt64) -> [TestEvent] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { row in
      TestEvent(
        time: Self.start + Int64.random(in: 0..<UTCDay.nanoseconds, using: &random),
        event: ["view", "buy", "a\u{301}", "á"].randomElement(using: &random) ?? "",
        user: [nil, "", "u\(Int.random(in: 0..<users, using: &random))"]
          .randomElement(using: &random) ?? nil,
        session: [nil, "", "s\(Int.random(in: 0..<users, using: &random))"]
          .randomElement(using: &random) ?? nil,
        values: [
          "properties.page": random.value(like: row), "context.os": random.value(like: 4),
          "properties.n": .int(Int64(row)),
        ])
    }
  }

  /// The value of a dimension in one form: numbers by what they mean.
  private func text(_ value: TestValue) -> String {
    switch value {
    case .absent, .null: "null"
    case .bool(let truth): "bool \(truth)"
    case .int(let number): "number \(number)"
    case .double(let bits):
      ExactDecimal(Double(bitPattern: bits)).map { number in
        "number \(number.int64.map { String($0) } ?? number.text)"
      } ?? "null"
    case .decimal(let text): "number \(ExactDecimal(parsing: text.utf8)?.text ?? "?")"
    case .text(let text): "text \(text)"
    case .json(let text): "json \(text)"
    }
  }

  private func text(_ value: RollupValue) -> String {
    value.kind == .null ? "null" : "\(value.kind) \(String(decoding: value.text, as: UTF8.self))"
  }

  @Test("hours and groups are those of the rows, for any number of segments")
  func oracle() throws {
    for seed in 1...30 as ClosedRange<UInt64> {
      let events = events(300, users: [3, 80][Int(seed % 2)], seed: seed)
      let batches = stride(from: 0, to: events.count, by: 40).map {
        EventBatch(Array(events[$0..<min($0 + 40, events.count)]))
      }
      var range = TimeRange.all
      if seed % 3 == 0 { range = TimeRange(since: Self.start + 7, until: Self.start + 1 << 45) }
      let rollups = try [1, 2, 5].map { parts in
        try rollupBuilder(TestSegment.segments(of: batches, parts: parts), range: range)
          .build(names: ["page", "os"], paths: ["properties.page", "context.os"])
      }
      #expect(Set(rollups).count == 1, "seed \(seed)")
      let counted = events.filter { range.contains($0.time) }
      try check(rollups[0], counted, seed: seed)
    }
  }

  private func check(_ rollup: DayRollup, _ events: [TestEvent], seed: UInt64) throws {
    #expect(rollup.rows == UInt64(events.count), "seed \(seed)")
    var hours: [String: Tally] = [:]
    for event in events {
      let hour = (event.time - Self.start) / 3_600_000_000_000
      hours["\(Array(event.event.utf8)) \(hour)", default: Tally()].add(event)
    }
    for event in rollup.events {
      for hour in event.hours {
        let tally = hours.removeValue(forKey: "\(Array(event.name.utf8)) \(hour.hour)")
        #expect(tally?.agrees(with: hour.figures) == true, "seed \(seed), \(event.name)")
      }
    }
    #expect(hours.isEmpty && rollup.otherHours == [], "seed \(seed)")
    for path in ["properties.page", "context.os"] {
      var groups: [String: Tally] = [:]
      for event in events {
        let value = text(event.values[path] ?? .absent)
        groups["\(Array(event.event.utf8)) \(value)", default: Tally()].add(event)
      }
      for group in try #require(try rollup.groups(by: path)) {
        let event = rollup.events[try #require(group.event)]
        let value = text(try #require(group.value))
        let tally = groups.removeValue(forKey: "\(Array(event.name.utf8)) \(value)")
        #expect(tally?.agrees(with: group.figures) == true, "seed \(seed), \(path) \(value)")
      }
      #expect(groups.isEmpty, "seed \(seed), \(path): \(groups.keys)")
    }
  }

  @Test("the most frequent values and events have a place, all others are one")
  func others() throws {
    var events: [TestEvent] = []
    // Value v occurs 2 times if it is even, so that the order is not that of the first rows.
    for value in 0..<1_500 {
      for repetition in 0...(value % 2 == 0 ? 1 : 0) {
        events.append(
          TestEvent(
            time: Self.start + Int64(value), event: "view", user: "u\(value)",
            session: "s\(repetition)", values: ["page": .text("p\(value + 10_000)")]))
      }
      events.append(
        TestEvent(time: Self.start, event: "e\(value + 10_000)", user: "u", values: [:]))
    }
    events.append(
      TestEvent(
        time: Self.start, event: "view", user: "long",
        values: ["page": .text(String(repeating: "x", count: 1_025))]))
    let segments = try TestSegment.segments(of: [EventBatch(events)])
    let rollup = try rollupBuilder(segments).build(names: ["page"], paths: ["page"])
    #expect(rollup.rows == UInt64(events.count))
    #expect(rollup.events.count == 1_000)
    #expect(rollup.events.map(\.name) == (0..<999).map { "e\($0 + 10_000)" } + ["view"])
    #expect(rollup.otherHours.map(\.figures.rows) == [501])
    #expect(rollup.otherHours.map(\.figures.users.count) == [1])
    let view = try #require(rollup.index(ofEvent: "view"))
    let groups = try #require(try rollup.groups(by: "page"))
    let named = groups.filter { $0.event == view && $0.value != nil }
    #expect(named.count == 1_000)
    #expect(named.prefix(750).allSatisfy { $0.figures.rows == 2 && $0.figures.users.count == 1 })
    #expect(
      named.map { String(decoding: $0.value?.text ?? [], as: UTF8.self) }
        == stride(from: 0, to: 1_500, by: 2).map { "p\($0 + 10_000)" }
        + stride(from: 1, to: 500, by: 2).map { "p\($0 + 10_000)" })
    let rest = groups.filter { $0.event == view && $0.value == nil }
    #expect(rest.map(\.figures.rows) == [501] && rest.map(\.figures.users.count) == [501])
    #expect(groups.filter { $0.event == nil }.map(\.figures.rows) == [501])
  }

  @Test("a property is meant by its last key or by its path; one that no row had is null")
  func names() throws {
    let event = TestEvent(
      time: Self.start, event: "view", user: "u", values: ["a.page": .text("x")])
    let segments = try TestSegment.segments(of: [EventBatch([event])])
    let rollup = try rollupBuilder(segments).build(
      names: ["page", "a.b"], paths: ["a.page", "b.page"])
    #expect(try rollup.groups(by: "a.page")?.map(\.value).map { $0.map(text) } == ["text x"])
    for path in ["b.page", "page", "`a.b`", "x.`page`"] {
      #expect(try rollup.groups(by: path)?.map { $0.value.map(text) } == ["null"], "\(path)")
    }
    #expect(try rollup.groups(by: "a.b")?.count == 1)
    for path in ["c", "a", "a.b.c", "b", "pages"] { #expect(try rollup.groups(by: path) == nil) }
  }

  @Test("a property of which all values are too long is not taken for null")
  func longValues() throws {
    let long = TestValue.text(String(repeating: "x", count: 1_025))
    let events = [long, .null, .absent].map {
      TestEvent(time: Self.start, event: "view", user: "u", values: ["page": $0])
    }
    for (count, expected) in [(1, [nil]), (3, ["null", nil])] as [(Int, [String?])] {
      let segments = try TestSegment.segments(of: [EventBatch(Array(events.prefix(count)))])
      let rollup = try rollupBuilder(segments).build(names: ["page"], paths: ["page"])
      #expect(try rollup.groups(by: "page")?.map { $0.value.map(text) } == expected)
    }
  }

  @Test("what a segment reports goes through")
  func damage() throws {
    let segments = try TestSegment.segments(
      of: [EventBatch([TestEvent(time: Self.start, event: "view", user: "u")])])
    let builder = RollupBuilder(day: segments[0].summary.day, segmentCount: 1) { _, body in
      try body(segments[0].reader)
      throw SegmentDamage("gone")
    }
    #expect(throws: SegmentDamage.self) { try builder.build(names: [], paths: []) }
  }
}
