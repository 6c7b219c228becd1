// Joins against nested loops over random tables.

import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("JoinRows") struct JoinRowsTests {
  /// Events of few users, so that many match; some have no user.
  static func randomEvents(_ random: inout SeededGenerator, count: Int) -> [TestEvent] {
    (0..<count).map { _ in
      TestEvent(
        time: SQLQueryTests.start + Int64(random.below(2 * 86_400))
          * SQLQueryTests.second,
        event: ["view", "cart", "buy"][random.below(3)],
        user: random.below(8) == 0
          ? nil : "u\(random.below(6))",
        values: random.below(4) == 0
          ? [:] : ["n": .int(Int64(random.below(5)))])
    }
  }

  private struct Row { var event: String, user: String?, n: Int64?, time: Int64 }

  private static func plain(_ events: [TestEvent]) -> [Row] {
    events.map { event in
      let n: Int64? = if case .int(let n) = event.values["n"] { n } else { nil }
      return Row(event: event.event, user: event.user, n: n, time: event.time)
    }
  }

  /// The shown rows in any order.
  private static func sorted(_ rows: [[ResultValue]]) -> [String] { rows.map { "\($0)" }.sorted() }

  @Test("gives what nested loops give", arguments: 0..<60) func nestedLoops(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let events = Self.randomEvents(&random, count: random.below(60) + 1)
    let rows = Self.plain(events)
    let source = try TestSource(events, parts: 1 + seed % 3)
    let keepsLeft = random.below(2) == 0
    let byNumber = random.below(3) == 0
    let comparesTime = random.below(2) == 0
    let joins = keepsLeft ? "LEFT JOIN" : "JOIN"
    let key = byNumber ? "a.n = b.n" : "a.user_id = b.user_id"
    let time = comparesTime ? " AND b.timestamp > a.timestamp" : ""
    let table = try SQLQueryTests.answer(
      """
      SELECT a.event AS x, a.n AS an, b.event AS y, b.n AS bn
      FROM events AS a \(joins) events AS b ON \(key)\(time) AND b.event != 'view'
      WHERE a.event != 'buy'
      """, source, threads: 1 + seed % 2, allowsMissing: true)
    var expected: [[ResultValue]] = []
    func shown(_ n: Int64?) -> ResultValue { n.map { .int($0) } ?? .null }
    for left in rows where left.event != "buy" {
      let matches = rows.filter { right in
        let isEqual =
          byNumber
          ? left.n != nil && left.n == right.n : left.user != nil && left.user == right.user
        return isEqual && (!comparesTime || right.time > left.time) && right.event != "view"
      }
      for right in matches {
        expected.append([
          .text(left.event), shown(left.n), .text(right.event), shown(right.n),
        ])
      }
      if matches.isEmpty, keepsLeft {
        expected.append([.text(left.event), shown(left.n), .null, .null])
      }
    }
    #expect(Self.sorted(table.rows) == Self.sorted(expected), "seed \(seed)")
  }

  @Test("joins sub-queries, three tables, and groups what it joined", arguments: 0..<20)
  func threeTables(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 1_000)
    let events = Self.randomEvents(&random, count: 50)
    let rows = Self.plain(events)
    let table = try SQLQueryTests.answer(
      """
      SELECT a.event, count() AS n, countIf(c.p IS NULL) AS missing
      FROM events AS a
      JOIN (SELECT user_id, count() AS n FROM events GROUP BY user_id) AS b USING (user_id)
      LEFT JOIN (SELECT user_id AS u, count() AS p FROM events WHERE event = 'buy' GROUP BY u) AS c
        ON c.u = b.user_id
      WHERE b.n > 5
      GROUP BY a.event ORDER BY a.event
      """, try TestSource(events), allowsMissing: true)
    let counts = Dictionary(grouping: rows.filter { $0.user != nil }) { $0.user ?? "" }
    var expected: [String: (Int64, Int64)] = [:]
    for row in rows {
      guard let user = row.user, let all = counts[user], all.count > 5 else { continue }
      let isMissing = !all.contains { $0.event == "buy" }
      expected[row.event, default: (0, 0)].0 += 1
      expected[row.event, default: (0, 0)].1 += isMissing ? 1 : 0
    }
    #expect(
      table.rows
        == expected.sorted { $0.key < $1.key }.map {
          [.text($0.key), .int($0.value.0), .int($0.value.1)]
        }, "seed \(seed)")
  }

  @Test("crosses tables") func cross() throws {
    let table = try SQLQueryTests.answer(
      "SELECT x, y FROM (SELECT 1 AS x UNION ALL SELECT 2) AS a CROSS JOIN (SELECT 3 AS y) AS b",
      try SQLQueryTests.small())
    #expect(table.rows == [[.int(1), .int(3)], [.int(2), .int(3)]])
  }

  @Test("a misspelt event is an error in a join too") func events() throws {
    let error = #expect(throws: QueryError.self) {
      try SQLQueryTests.answer(
        "SELECT 1 FROM events a JOIN events b USING user_id WHERE b.event = 'biy'",
        try SQLQueryTests.small())
    }
    #expect(error?.description.contains("did you mean \"buy\"") == true)
  }

  @Test("ends when the memory does not do") func memory() throws {
    var random = SeededGenerator(seed: 7)
    let source = try TestSource(Self.randomEvents(&random, count: 500))
    var query = try SQLQuery(
      parsing: "SELECT a.event, b.event FROM events a JOIN events b ON a.user_id = b.user_id",
      now: 0)
    query.memoryBytes = 100_000
    let error = #expect(throws: QueryError.self) {
      try query.run(on: source, pool: WorkerPool(threads: 1))
    }
    #expect(error?.description.contains("would take more than") == true)
  }
}
