// Scans against the slow evaluator, on random rows and random expressions.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("SegmentScan") struct SegmentScanTests {
  static let start = UTCDay(year: 2026, month: 1, day: 1).start
  static let now = start + 8 * 3_600_000_000_000 + 123

  /// The times of the rows that a request selects.
  static func selected(_ source: TestSource, _ request: ScanRequest) throws -> [Int64] {
    var request = request
    request.needsTimes = true
    var times: [Int64] = []
    for index in source.summaries.indices {
      try source.reading(segment: index) { reader in
        try scan(reader, request) { block in
          SelectedRows(block).forEach { _, row in times.append(block.times[row]) }
        }
      }
    }
    return times.sorted()
  }

  @Test("selects what the slow evaluator selects", arguments: 0..<60) func oracle(seed: Int) throws
  {
    var source = RandomExpression(seed: UInt64(seed))
    let events = source.events([1, 7, 200, 700][seed % 4])
    let store = try TestSource(events, parts: 1 + seed % 3)
    var bound = 0
    for _ in 0..<50 {
      let text = source.condition(Int.random(in: 0...3, using: &source.random))
      let expression = try Expression(parsing: text)
      var binder = Binder(store, now: Self.now, allowsMissing: true)
      guard let predicate = try? binder.predicate(expression) else { continue }
      bound += 1
      let expected = events.filter {
        SlowEvaluator(event: $0, now: Self.now).holds(expression.root)
      }
      let found = try Self.selected(store, ScanRequest(filter: predicate))
      #expect(found == expected.map(\.time).sorted(), "seed \(seed): \(text)")
      let inverse = BoundPredicate(.not(predicate.expression), fields: predicate.fields)
      let unselected = try Self.selected(store, ScanRequest(filter: inverse))
      let refused = events.filter {
        SlowEvaluator(event: $0, now: Self.now).evaluate(expression.root) == .bool(false)
      }
      #expect(unselected == refused.map(\.time).sorted(), "seed \(seed): NOT \(text)")
    }
    #expect(bound > 20, "seed \(seed): nearly all expressions were refused")
  }

  @Test("where few rows are left the values are those of the same rows", arguments: 0..<20)
  func fewRows(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let events = (0..<600).map { number in
      TestEvent(
        time: Self.start + Int64(number), event: random.pick(["view", "buy", "search"]),
        user: random.pick([nil, "", "ann", "bob", "cem", "dan"]),
        values: ["n": .int(Int64(number))])
    }
    let store = try TestSource(events, parts: 1 + seed % 2)
    for share in [2, 5, 50] {
      let wanted = events.indices.filter { _ in random.chance(1, in: share) }
      if wanted.isEmpty { continue }
      var binder = Binder(store, now: Self.now, allowsMissing: true)
      let list = wanted.map { "\($0)" }.joined(separator: ", ")
      let predicate = try binder.predicate(try Expression(parsing: "n IN (\(list))"))
      let request = ScanRequest(
        filter: predicate, events: ["view", "buy"],
        fields: [.canonical(.event), .canonical(.user)], needsTimes: true)
      var found: [Int64: [String?]] = [:]
      for index in store.summaries.indices {
        try store.reading(segment: index) { reader in
          try scan(reader, request) { block in
            let columns = block.columns
            SelectedRows(block).forEach { _, row in
              found[block.times[row]] = columns.map { column in
                column.kind(row) == .text ? column.texts[Int(column.codes[row])] : nil
              }
            }
          }
        }
      }
      let expected = wanted.map { events[$0] }.filter { $0.event != "search" }
      #expect(
        found
          == Dictionary(uniqueKeysWithValues: expected.map { ($0.time, [$0.event, $0.user]) }),
        "seed \(seed), one in \(share)")
    }
  }

  @Test("selects by range and events too", arguments: 0..<40) func rangesAndEvents(seed: Int) throws
  {
    var source = RandomExpression(seed: UInt64(seed) &* 77)
    let events = source.events(300)
    let store = try TestSource(events, parts: 2)
    for _ in 0..<10 {
      let times = (0..<2).map { _ in
        Self.start + Int64.random(in: 0...10_000, using: &source.random) * 1_000_000_000
      }.sorted()
      let range = TimeRange(since: times[0], until: times[1])
      let wanted =
        [["purchase"], ["DE", "page_view"], ["nope"], []].randomElement(using: &source.random) ?? []
      let predicate = BoundPredicate(events: ["purchase", "DE"])
      let found = try Self.selected(
        store, ScanRequest(range: range, filter: predicate, events: wanted.isEmpty ? nil : wanted))
      let expected = events.filter {
        range.contains($0.time) && (wanted.isEmpty || wanted.contains($0.event))
          && ["purchase", "DE"].contains($0.event)
      }
      #expect(found == expected.map(\.time).sorted(), "seed \(seed)")
    }
  }

  @Test("hands out columns and marks of the selected rows") func columnsAndMarks() throws {
    var source = RandomExpression(seed: 5)
    let events = source.events(500)
    let store = try TestSource(events)
    var binder = Binder(store, now: Self.now)
    let mark = try binder.predicate(Expression(parsing: "n > 20"))
    let field = try #require(try binder.field("n"))
    let request = ScanRequest(
      filter: try binder.predicate(Expression(parsing: "b")), fields: [field, .canonical(.user)],
      marks: [mark], needsTimes: true)
    let byTime = Dictionary(uniqueKeysWithValues: events.map { ($0.time, $0) })
    var rows = 0
    try store.reading(segment: 0) { reader in
      try scan(reader, request) { block in
        for row in block.selectedRows ?? [] {
          let event = try #require(byTime[block.times[Int(row)]])
          rows += 1
          #expect(block.columns[0].value(Int(row)) == event.values["n"] ?? .absent)
          #expect(block.columns[1].value(Int(row)) == .text(event.user ?? ""))
          #expect(event.values["b"] == .bool(true))
          let isMarked = if case .int(let n) = event.values["n"] { n > 20 } else { false }
          #expect(block.marks[0][Int(row)] == isMarked)
        }
      }
    }
    #expect(rows == events.count { $0.values["b"] == .bool(true) })
  }

  @Test("skips blocks by events, times and numbers without decoding them") func pruning() throws {
    // Two blocks by user order; each user has its own event and its own numbers.
    let rows = Limits.blockRowsMax + 1_000
    let users = ["a", "b"].sorted { left, right in
      Array(left.utf8).withUnsafeBytes { StableHash.user($0) }
        < Array(right.utf8).withUnsafeBytes { StableHash.user($0) }
    }
    let events = (0..<rows).map { number in
      let isFirst = number < Limits.blockRowsMax
      return TestEvent(
        time: Self.start + Int64(number), event: isFirst ? "x" : "y", user: users[isFirst ? 0 : 1],
        values: ["v": .int(Int64(number)), "d": .double((Double(number) + 0.5).bitPattern)])
    }
    let store = try TestSource(events)
    let reader = try store.reader(0)
    var binder = Binder(store, now: Self.now)
    func blocks(_ text: String) throws -> [Bool] {
      let predicate = try binder.predicate(Expression(parsing: text))
      let pruner = SegmentPruner(predicate, reader)
      return (0..<reader.footer.blockCount).map { pruner.mayMatch(block: $0) }
    }
    #expect(try blocks("event = 'x'") == [true, false])
    #expect(try blocks("NOT event = 'x'") == [false, true])
    #expect(try blocks("v < 100") == [true, false])
    #expect(try blocks("v >= \(Limits.blockRowsMax)") == [false, true])
    #expect(try blocks("d > \(Limits.blockRowsMax) AND v > 0") == [false, true])
    #expect(try blocks("event = 'y' AND v < 5") == [false, false])
    #expect(try blocks("event = 'y' OR v < 5") == [true, true])
    #expect(try blocks("user_id = '\(users[0])'") == [true, false])
    #expect(try blocks("user_id IN ('\(users[1])')") == [false, true])
    #expect(try blocks("v IS NULL") == [false, false])
    #expect(try blocks("v != 3") == [true, true])
    let last = TimeRange(since: Self.start + Int64(rows) - 5)
    #expect(try Self.selected(store, ScanRequest(range: last)).count == 5)
  }

  @Test(
    "knows the times outside of which a condition cannot hold",
    arguments: [
      ("timestamp >= '2026-01-02'", "2026-01-02T00:00:00Z", nil),
      ("timestamp < '2026-01-02' AND b", nil, "2026-01-02T00:00:00Z"),
      (
        "timestamp BETWEEN '2026-01-01' AND '2026-01-02'", "2026-01-01T00:00:00Z",
        "2026-01-02T00:00:00.000000001Z"
      ),
      ("NOT timestamp >= '2026-01-02'", nil, nil), ("timestamp >= '2026-01-02' OR b", nil, nil),
      ("timestamp != '2026-01-02'", nil, nil),
    ]) func timeRanges(row: (String, String?, String?)) throws
  {
    var source = RandomExpression(seed: 1)
    var binder = Binder(try TestSource(source.events(20)), now: Self.now)
    let range = try binder.predicate(Expression(parsing: row.0)).timeRange
    #expect(range.since.map(TimeText.format) == row.1)
    #expect(range.until.map(TimeText.format) == row.2)
  }

  @Test("reads paths of the overflow column") func overflow() throws {
    let events = (0..<200).map { number in
      var event = TestEvent(time: Self.start + Int64(number), event: "e", user: "u")
      for path in 0..<10 { event.values["k.\((number * 10 + path) % 1_400)"] = .int(Int64(number)) }
      return event
    }
    let store = try TestSource(events)
    #expect(try store.reader(0).footer.column(role: .overflow) != nil)
    var binder = Binder(store, now: Self.now)
    for path in stride(from: 0, to: 1_400, by: 37) {
      let predicate = try binder.predicate(Expression(parsing: "`k`.\(path) >= 0"))
      let expected = events.filter { $0.values["k.\(path)"] != nil }.map(\.time)
      #expect(try Self.selected(store, ScanRequest(filter: predicate)) == expected, "k.\(path)")
    }
  }
}
