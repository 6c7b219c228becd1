// Queries within queries, unions, WITH, totals and what ends a SELECT.

import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("SelectExecution") struct SelectExecutionTests {
  static let answered: [(String, [[ResultValue]])] = [
    ("SELECT 1 AS x, x + 1 AS y", [[.int(1), .int(2)]]),
    ("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 1", [[.int(1)], [.int(2)], [.int(1)]]),
    ("SELECT 1 AS x UNION DISTINCT SELECT 2 UNION DISTINCT SELECT 1.0", [[.int(1)], [.int(2)]]),
    ("(SELECT 1) UNION ALL (SELECT 2 UNION ALL SELECT 3)", [[.int(1)], [.int(2)], [.int(3)]]),
    (
      "SELECT toStartOfMonth(t) AS m, count() AS n FROM (SELECT timestamp AS t FROM events"
        + " UNION ALL SELECT nullIf(timestamp, timestamp) FROM events) GROUP BY m ORDER BY m",
      [[.text("2026-01-01"), .int(4)], [.null, .int(4)]]
    ),
    ("SELECT sum(x) FROM (SELECT 1 AS x UNION ALL SELECT 2)", [[.int(3)]]),
    ("WITH 'buy' AS wanted SELECT count() FROM events WHERE event = wanted", [[.int(1)]]),
    ("WITH price * 2 AS double SELECT max(double) FROM events", [[.int(6)]]),
    ("WITH ['buy', 'view'] AS list SELECT count() FROM events WHERE event IN list", [[.int(4)]]),
    (
      "WITH t AS (SELECT event, count() AS n FROM events GROUP BY event),"
        + " u AS (SELECT max(n) AS m FROM t) SELECT event FROM t WHERE n = (SELECT m FROM u)",
      [[.text("view")]]
    ),
    (
      "WITH (SELECT max(price) FROM events) AS top SELECT event FROM events WHERE price = top",
      [[.text("view")]]
    ),
    (
      "WITH b AS (SELECT user_id FROM events WHERE event = 'buy') SELECT event FROM events"
        + " WHERE user_id IN b ORDER BY timestamp", [[.text("buy")], [.text("view")]]
    ),
    (
      "SELECT count() FROM events WHERE user_id NOT IN (SELECT user_id FROM events WHERE event = 'buy')",
      [[.int(1)]]
    ),
    (
      "SELECT count() FROM events WHERE user_id NOT IN (SELECT user_id FROM events WHERE 1 = 2)",
      [[.int(3)]]
    ),
    (
      "SELECT count() FROM events WHERE (event, user_id) IN (SELECT event, user_id FROM events"
        + " WHERE event = 'buy')", [[.int(1)]]
    ),
    (
      "SELECT count() FROM events WHERE event IN (SELECT event FROM events WHERE 1 = 2)",
      [[.int(0)]]
    ),
    (
      "SELECT EXISTS (SELECT 1 FROM events WHERE price > 2), EXISTS (SELECT 1 FROM events WHERE price > 5)",
      [[.bool(true), .bool(false)]]
    ),
    ("SELECT (SELECT price FROM events WHERE price > 99) AS nothing", [[.null]]),
    (
      "SELECT event, price FROM events ORDER BY timestamp LIMIT 1 BY event",
      [[.text("view"), .int(3)], [.text("buy"), .double(2.5)]]
    ),
    (
      "SELECT event FROM events ORDER BY timestamp LIMIT 1 OFFSET 1 BY event LIMIT 5",
      [[.text("view")]]
    ),
    (
      "SELECT event, count() AS n FROM events GROUP BY event ORDER BY n LIMIT 1 BY n LIMIT 1",
      [[.text("buy"), .int(1)]]
    ),
    (
      "SELECT * EXCEPT (n) FROM (SELECT event, count() AS n FROM events GROUP BY event)",
      [[.text("buy")], [.text("view")]]
    ),
    ("SELECT t.* FROM (SELECT count() AS n FROM events) AS t", [[.int(4)]]),
    ("SELECT event FROM events PREWHERE event = 'buy' WHERE price > 1", [[.text("buy")]]),
    ("SELECT count() FROM events WHERE price = {p:Float64}", [[.int(1)]]),
    ("SELECT event FROM events ORDER BY timestamp LIMIT {n:UInt8}", [[.text("view")]]),
    (
      "SELECT n FROM (SELECT arrayJoin([1, 1000000000000000]) AS n) ORDER BY n WITH FILL FROM 0 TO 3",
      [[.int(0)], [.int(1)], [.int(2)], [.int(1_000_000_000_000_000)]]
    ),
    (
      "SELECT bar(1e307, -1e308, 1e308, 80), length(bar(1e306, 0, 1e307, 1000))",
      [[.text(""), .int(300)]]
    ),
    ("SELECT {f:Identifier} FROM events WHERE event = 'buy'", [[.text("FR")]]),
  ]

  @Test("answers", arguments: answered) func answer(row: (String, [[ResultValue]])) throws {
    let source = try SQLQueryTests.small()
    let parameters = ["p": "2.5", "n": "1", "f": "country"]
    let query = try SQLQuery(parsing: row.0, parameters: parameters, now: 0)
    #expect(try query.run(on: source, pool: WorkerPool(threads: 2)).rows == row.1)
  }

  @Test("totals are over all groups, whatever is shown") func totals() throws {
    let table = try SQLQueryTests.answer(
      """
      SELECT user_id, count() AS n, uniqExact(event) AS e, n / 2 AS half FROM events
      GROUP BY user_id WITH TOTALS HAVING n > 0 ORDER BY n DESC LIMIT 1
      """, try SQLQueryTests.small())
    #expect(table.rows == [[.text("b"), .int(2), .int(2), .double(1)]])
    #expect(table.totals == [.null, .int(4), .int(2), .double(2)])
  }

  @Test("a mistake in any query is known before anything runs") func mistakes() throws {
    let source = try SQLQueryTests.small()
    for sql in [
      "SELECT nope FROM (SELECT event FROM events)",
      "WITH t AS (SELECT nope FROM events) SELECT 1 FROM t",
      "SELECT event FROM events WHERE price IN (SELECT nope FROM events)",
      "SELECT 1 UNION ALL SELECT nope FROM events",
      "WITH t AS (SELECT 1 FROM u), u AS (SELECT 1) SELECT * FROM t",
      "WITH t AS (SELECT * FROM t) SELECT * FROM t",
    ] {
      #expect(throws: QueryError.self, "\(sql)") { try SQLQueryTests.answer(sql, source) }
    }
  }
}
