// Expectations over real segments against counting the rows they were made of.

import Columnar
import EvtCore
import Query
import TestSupport
import Testing

@testable import Analytics

@Suite("ExpectationQuery")
struct ExpectationQueryTests {
  private static let pool = WorkerPool(threads: 2)

  /// Expectations, and which rows they mean.
  static let meanings: [(text: String, isMeant: @Sendable (TestEvent) -> Bool)] = [
    ("purchase", { $0.event == "purchase" }),
    ("page_view|search", { $0.event == "page_view" || $0.event == "search" }),
    ("*", { _ in true }),
    ("never", { _ in false }),
    ("never|search", { $0.event == "search" }),
    ("*[context.device = 'phone']", { isPhone($0) }),
    ("purchase[context.device = 'phone']", { $0.event == "purchase" && isPhone($0) }),
    (
      "search|purchase[context.device = 'phone']",
      { $0.event == "search" || ($0.event == "purchase" && isPhone($0)) }
    ),
    ("purchase|purchase[context.device = 'phone']", { $0.event == "purchase" }),
    ("*[context.device = 'phone']|search", { $0.event == "search" || isPhone($0) }),
    ("*|search[context.device = 'phone']", { _ in true }),
    ("*[nothing = 1]", { _ in false }),
  ]

  static func isPhone(_ row: TestEvent) -> Bool { row.values["context.device"] == .text("phone") }

  @Test("random logs equal the brute force", arguments: 0..<4)
  func randomLogs(_ part: UInt64) throws {
    for seed in part * 100..<(part + 1) * 100 {
      var random = SeededGenerator(seed: seed)
      var shape = RandomLogShape()
      shape.rows = 0..<120
      shape.tickNanos = random.pick([1_000_000_000, 3_600_000_000_000])
      let log = RandomLog(seed: seed, shape: shape)
      let first = shape.firstDay.start
      let since = first + Int64(random.below(48)) * 3_600_000_000_000
      let range = random.pick([
        TimeRange.all, TimeRange(since: since), TimeRange(until: since),
        TimeRange(since: since, until: since + Int64(1 + random.below(100_000)) * 1_000_000_000),
      ])
      let source = try TestSource(of: log.batches(rowsPerBatch: 17), parts: 1 + random.below(3))
      var query = try ExpectationQuery(
        parsing: [Self.meanings.map(\.text).joined(separator: ","), "purchase:<3,search:=0"],
        now: first)
      query.range = range
      let results = try query.run(on: source, pool: Self.pool).results
      for (result, (text, isMeant)) in zip(results, Self.meanings) {
        let times = log.rows.filter { range.contains($0.time) && isMeant($0) }.map(\.time)
        let comment: Comment = "seed \(seed), \(text), \(range)"
        #expect(result.observed == times.count, comment)
        #expect(result.firstSeen == times.min() && result.lastSeen == times.max(), comment)
        #expect(result.isMet == !times.isEmpty, comment)
      }
      let rest = results.dropFirst(Self.meanings.count)
      #expect(rest.map(\.isMet) == [rest[rest.startIndex].observed < 3, rest.last?.observed == 0])
    }
  }

  @Test("an event that the store has never seen counts as nothing and is explained")
  func neverSeen() throws {
    let source = try TestSource(of: [
      EventBatch([TestEvent(time: 5, event: "purchase", user: "u")])
    ])
    let query = try ExpectationQuery(parsing: ["purchse", "purchse[total > 1]:=0"], now: 0)
    let (results, warnings) = try query.run(on: source, pool: Self.pool)
    #expect(results.map(\.isMet) == [false, true])
    #expect(
      results.map(\.detail)
        == Array(
          repeating:
            "\"purchse\" was never seen in this store; did you mean \"purchase\" (1 row)?", count: 2
        ))
    #expect(warnings == ["no field is named \"total\": it counts as null"])
  }

  @Test("an event that is only missing from the range says when it was last there")
  func lastSeen() throws {
    let day = UTCDay(year: 2026, month: 3, day: 1)
    let source = try TestSource(of: [
      EventBatch([
        TestEvent(time: day.start, event: "a", user: "u"),
        TestEvent(time: day.start + 2 * UTCDay.nanoseconds, event: "b", user: "u"),
      ])
    ])
    var query = try ExpectationQuery(parsing: ["a", "a[timestamp > '2026-01-01']", "*"], now: 0)
    query.range = TimeRange(since: day.start + 3 * UTCDay.nanoseconds)
    let results = try query.run(on: source, pool: Self.pool).results
    #expect(
      results.map(\.detail) == [
        "none in the range; last seen on 2026-03-01", nil,
        "none in the range; last seen on 2026-03-03",
      ])
  }

  @Test("names are told apart by their bytes")
  func exactNames() throws {
    let source = try TestSource(of: [
      EventBatch([TestEvent(time: 5, event: "caf\u{E9}", user: "u")])
    ])
    let query = try ExpectationQuery(parsing: ["caf\u{E9}", "cafe\u{301}"], now: 0)
    #expect(try query.run(on: source, pool: Self.pool).results.map(\.observed) == [1, 0])
  }
}
