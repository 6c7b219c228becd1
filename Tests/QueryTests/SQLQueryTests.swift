// SELECT statements: what they answer, and what they refuse and how.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("SQLQuery") struct SQLQueryTests {
  static let start = UTCDay(year: 2026, month: 1, day: 1).start
  static let second: Int64 = 1_000_000_000

  static func answer(
    _ sql: String, _ source: TestSource, threads: Int = 1, allowsMissing: Bool = false
  ) throws -> ResultTable {
    var query = try SQLQuery(parsing: sql, now: start + 2 * UTCDay.nanoseconds)
    query.allowsMissing = allowsMissing
    return try query.run(on: source, pool: WorkerPool(threads: threads))
  }

  /// Four events over two days.
  static func small() throws -> TestSource {
    try TestSource([
      TestEvent(
        time: start + second, event: "view", user: "a",
        values: ["country": .text("DE"), "price": .int(3), "properties.plan": .text("pro")]),
      TestEvent(
        time: start + 2 * second, event: "buy", user: "b",
        values: ["country": .text("FR"), "price": .double((2.5).bitPattern), "odd.key": .int(1)]),
      TestEvent(
        time: start + 3 * second, event: "view", user: "b",
        values: ["country": .text("DE"), "is_new": .bool(true), "`1. a`": .int(7)]),
      TestEvent(
        time: start + UTCDay.nanoseconds, event: "view", user: nil,
        values: ["price": .int(1), "properties.plan": .text("free")]),
    ])
  }

  // MARK: - Answers

  @Test("names columns by alias or text") func titles() throws {
    let table = try Self.answer(
      "SELECT count( ), country AS `the place`, min(price)\n  + 1 FROM events GROUP BY country",
      try Self.small())
    #expect(table.columns == ["count( )", "the place", "min(price) + 1"])
  }

  @Test("orders groups by their keys where the query leaves it open") func orders() throws {
    let table = try Self.answer(
      "SELECT country, count() AS n FROM events GROUP BY country", try Self.small())
    #expect(
      table.rows == [[.text("DE"), .int(2)], [.text("FR"), .int(1)], [.null, .int(1)]])
    let ties = try Self.answer(
      "SELECT user_id, country FROM events ORDER BY country DESC, 1", try Self.small())
    #expect(
      ties.rows == [
        [.text("b"), .text("FR")], [.text("a"), .text("DE")], [.text("b"), .text("DE")],
        [.null, .null],
      ])
  }

  @Test("shows every field for *") func star() throws {
    let table = try Self.answer("SELECT * FROM events ORDER BY timestamp LIMIT 1", try Self.small())
    #expect(
      table.columns == [
        "event", "timestamp", "user_id", "session_id", "event_id", "`1. a`", "country", "is_new",
        "odd.key", "price", "properties.plan",
      ])
    #expect(table.rows[0][0] == .text("view"))
    #expect(table.rows[0][10] == .text("pro"))
    let inner = try Self.answer(
      "SELECT * FROM (SELECT event, count() AS n FROM events GROUP BY event) ORDER BY n DESC",
      try Self.small())
    #expect(inner.columns == ["event", "n"])
    #expect(inner.rows == [[.text("view"), .int(3)], [.text("buy"), .int(1)]])
  }

  @Test("has one group of all rows, and none of no rows when constants group them")
  func noRows() throws {
    let source = try Self.small()
    for (sql, rows) in [
      ("SELECT count() FROM events WHERE price > 99", [[ResultValue.int(0)]]),
      ("SELECT count() FROM events WHERE price > 99 GROUP BY 'x'", []),
      ("SELECT DISTINCT 'x' FROM events WHERE price > 99", []),
      ("SELECT DISTINCT 'x' FROM events", [[.text("x")]]),
    ] {
      #expect(try Self.answer(sql, source).rows == rows, "\(sql)")
    }
  }

  @Test("takes truth values for 0 and 1, as ClickHouse shows them") func truth() throws {
    let table = try Self.answer(
      "SELECT countIf(is_new = 1), countIf(is_new = 0), countIf(event = 'buy' = 1) FROM events",
      try Self.small())
    #expect(table.rows == [[.int(1), .int(0), .int(1)]])
  }

  @Test("reads JSON by stored paths") func json() throws {
    let table = try Self.answer(
      """
      SELECT JSONExtractString(properties, 'plan') AS plan, JSONExtractInt(odd, 'key') AS n,
        count() FROM events GROUP BY plan, n
      """, try Self.small())
    #expect(
      table.rows == [
        [.text(""), .int(0), .int(1)], [.text(""), .int(1), .int(1)],
        [.text("free"), .int(0), .int(1)], [.text("pro"), .int(0), .int(1)],
      ])
  }

  @Test("takes missing names for nothing when told to") func missing() throws {
    let table = try Self.answer(
      "SELECT count(nope), JSONExtractString(properties, 'nope') AS t FROM events GROUP BY t",
      try Self.small(), allowsMissing: true)
    #expect(table.rows == [[.int(0), .text("")]])
    #expect(
      table.warnings == [
        "no field is named \"properties.nope\": it counts as null",
        "no field is named \"nope\": it counts as null",
      ])
  }

  @Test("the same rows for any threads and segments", arguments: 0..<60) func anyThreads(
    seed: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let events = AggregateQueryTests.events([0, 50, 500][seed % 3], &random)
    let queries = [
      "SELECT event, country, n FROM events WHERE n > 0 ORDER BY n DESC, country, event LIMIT 7",
      "SELECT n, count() AS c, sum(price) FROM events GROUP BY n HAVING c > 1 ORDER BY c LIMIT 3",
      "SELECT DISTINCT country, n % 2 FROM events",
      "SELECT quantileExact(0.3)(price), quantileExactIf(0.9)(n, event = 'buy') FROM events",
      """
      SELECT l, count(), min(m) FROM (SELECT user_id, min(n) AS m,
        windowFunnel(90000)(timestamp, event = 'view', n > 0, event = 'buy') AS l
        FROM events GROUP BY user_id) WHERE m < 5 GROUP BY l ORDER BY l DESC
      """,
    ]
    for sql in queries {
      var answers: [ResultTable] = []
      for parts in [1, 3] {
        let source = try TestSource(events, parts: parts)
        for threads in [1, 3] {
          answers.append(
            try Self.answer(sql, source, threads: threads, allowsMissing: true))
        }
      }
      #expect(answers.allSatisfy { $0 == answers[0] }, "seed \(seed): \(sql)")
    }
  }

  @Test("equals the flags where both can ask", arguments: 0..<200) func flags(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let events = AggregateQueryTests.events([3, 60, 300][seed % 3], &random)
    let source = try TestSource(events, parts: 1 + seed % 3)
    let condition = ["n > 0", "event = 'buy'", "true"].randomElement(using: &random) ?? "true"
    let key = ["country", "n", "mixed", "toDate(timestamp)"].randomElement(using: &random) ?? "n"
    var query = AggregateQuery(
      condition: try Expression(parsing: condition), keys: [key],
      aggregates: try ["count", "uniq:item", "avg:price", "max:n", "p50:price"].map {
        try Aggregate(parsing: $0)
      }, now: 0, allowsMissing: true)
    query.top = 1_000
    let flags = try query.run(on: source, pool: WorkerPool(threads: 2))
    let sql = try Self.answer(
      """
      SELECT \(key), count(), uniq(item), avg(price), max(n), quantileExactInclusive(0.5)(price)
      FROM events WHERE \(condition) GROUP BY \(key) ORDER BY count() DESC
      """, source, allowsMissing: true)
    #expect(sql.rows == flags.rows, "seed \(seed)")
    // The condition of an aggregate is as good as a filter.
    let inner = try Self.answer(
      """
      SELECT countIf(\(condition)), uniqIf(item, \(condition)), avgIf(price, \(condition)),
        maxIf(n, \(condition)), quantileExactIf(0.5)(price, \(condition)) FROM events
      """, source, allowsMissing: true)
    let outer = try Self.answer(
      """
      SELECT count(), uniq(item), avg(price), max(n), quantileExact(0.5)(price) FROM events
      WHERE \(condition)
      """, source, allowsMissing: true)
    #expect(inner.rows == outer.rows, "seed \(seed)")
  }

  // MARK: - windowFunnel

  /// The most steps that a chain does: any event may do a step whose condition holds, in
  /// non-decreasing time, several steps at once, none later than `window` after the first.
  static func naiveLevel(_ events: [(time: Int64, steps: [Bool])], window: Int64) -> Int {
    func longest(_ step: Int, _ from: Int, _ start: Int64) -> Int {
      var best = step
      for index in from..<events.count
      where step < events[index].steps.count && events[index].steps[step]
        && events[index].time - start <= window
      {
        // Events of one instant may follow each other in any order.
        let first = events.firstIndex { $0.time == events[index].time } ?? index
        best = max(best, longest(step + 1, first, start))
      }
      return best
    }
    return events.indices.filter { events[$0].steps[0] }.map { first in
      let begin = events.firstIndex { $0.time == events[first].time } ?? first
      return longest(1, begin, events[first].time)
    }.max() ?? 0
  }

  @Test("windowFunnel equals brute force", arguments: 0..<300) func windowFunnel(
    seed: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let events = (0..<Int.random(in: 1...9, using: &random)).map { _ in
      TestEvent(
        time: Self.start + Int64.random(in: 0..<6, using: &random) * Self.second,
        event: "e", user: "u", values: ["n": .int(Int64.random(in: 0..<8, using: &random))])
    }
    let window = Int64.random(in: 0...5, using: &random)
    let steps: [(sql: String, holds: (Int64) -> Bool)] = [
      ("n < 3", { $0 < 3 }), ("n % 2 = 0", { $0 % 2 == 0 }), ("n >= 2 AND n < 6", { 2..<6 ~= $0 }),
      ("n > 3", { $0 > 3 }),
    ]
    let chosen = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      steps[Int.random(in: 0..<4, using: &random)]
    }
    let list = events.sorted { $0.time < $1.time }.map { event in
      (
        time: event.time,
        steps: chosen.map { step in
          if case .int(let n) = event.values["n"] { step.holds(n) } else { false }
        }
      )
    }
    let table = try Self.answer(
      """
      SELECT windowFunnel(\(window))(timestamp, \(chosen.map(\.sql).joined(separator: ", ")))
      FROM events
      """, try TestSource(events, parts: 1 + seed % 2))
    let expected = Self.naiveLevel(list, window: window * Self.second)
    #expect(table.rows == [[.int(Int64(expected))]], "seed \(seed)")
  }

  // MARK: - Refusals

  static let refused: [(String, String)] = [
    ("", "1:1: nothing stands where SELECT is expected; write SELECT … FROM events"),
    (
      "DROP TABLE events",
      "1:1: \"DROP\" stands where SELECT is expected; a store changes by evt ingest and evt retain only"
    ),
    (
      "SELECT event FROM users",
      "1:19: there is no table users; the one table is events; WITH and sub-queries make others"
    ),
    ("SELECT event FROM event", "1:19: there is no table event; did you mean events?"),
    (
      "SELECT event FROM numbers(10)",
      "1:19: numbers is no table here: there are no table functions; the one table is events; -i FILE reads a file"
    ),
    (
      "SELECT a.event FROM events a JOIN events b ON a.price < b.price",
      "1:30: the condition of the join compares no column of the one table with one of the other for equality; write ON a.user_id = b.user_id AND …"
    ),
    (
      "SELECT event FROM events a ASOF JOIN events b ON a.user_id = b.user_id",
      "1:28: joins with ASOF are not supported; JOIN, LEFT JOIN and CROSS JOIN are"
    ),
    (
      "SELECT event FROM events a RIGHT JOIN events b ON a.user_id = b.user_id",
      "1:28: joins with RIGHT are not supported; JOIN, LEFT JOIN and CROSS JOIN are"
    ),
    (
      "SELECT event FROM events, events",
      "1:25: several tables need JOIN; JOIN, LEFT JOIN and CROSS JOIN are"
    ),
    (
      "SELECT c.event FROM events a JOIN events b USING user_id",
      "1:8: no field is named \"c.event\"; did you mean \"event\"?; evt query --fields lists them all"
    ),
    (
      "SELECT event FROM events WHERE (SELECT event, user_id FROM events) = 'buy'",
      "1:32: (SELECT event, user_id FROM events) is a tuple, but 'buy' is text: this never holds"
    ),
    (
      "SELECT event FROM events WHERE user_id = (SELECT user_id FROM events)",
      "1:42: the sub-query gives 4 rows where one value is expected; add LIMIT 1, or an aggregate"
    ),
    (
      "SELECT event FROM events WHERE user_id IN (SELECT price FROM events)",
      "1:32: user_id holds text, but the sub-query gives numbers: this never holds"
    ),
    (
      "SELECT event FROM events WHERE row_number() OVER () = 1",
      "1:32: a window function has no place in WHERE; compute it in a sub-query and use its name"
    ),
    (
      "SELECT sum(sum(price) OVER ()) OVER () FROM events GROUP BY user_id",
      "1:12: a window function stands inside another"
    ),
    ("SELECT sum(price) OVER w FROM events", "1:24: the WINDOW clause has no window w"),
    (
      "SELECT nothing(price) OVER () FROM events",
      "1:8: nothing is no window function here; row_number, rank, lagInFrame and the aggregates are"
    ),
    (
      "SELECT medain(price) FROM events",
      "1:8: there is no function medain; did you mean median?"
    ),
    (
      "SELECT uniqState(user_id) FROM events",
      "1:8: there is no function uniqState; nothing keeps states here: write uniq"
    ),
    (
      "SELECT 1 UNION SELECT 2",
      "1:10: UNION must say ALL or DISTINCT; write UNION ALL to keep all rows"
    ),
    (
      "SELECT 1 UNION ALL SELECT 1, 2",
      "1:20: this SELECT has 2 columns, the first of the UNION 1"
    ),
    (
      "SELECT 1 UNION ALL SELECT timestamp FROM events",
      "1:20: column 1 of the UNION would give numbers or times: times mix with nothing else"
    ),
    ("SELECT 1 LIMIT 1 LIMIT 2", "1:18: LIMIT stands here for the second time"),
    (
      "SELECT event FROM events WITH TOTALS",
      "1:26: \"WITH\" was not expected here; the clauses are WHERE, GROUP BY, HAVING, ORDER BY and LIMIT, in this order"
    ),
    ("SELECT * EXCEPT nope FROM events", "1:8: EXCEPT names nope, which is no column"),
    (
      "WITH 1 SELECT 2", "1:8: WITH gives names: \"SELECT\" stands where AS and a name are expected"
    ),
    (
      "SELECT evnt FROM events",
      "1:8: no field is named \"evnt\"; did you mean \"event\"?; evt query --fields lists them all"
    ),
    (
      "SELECT count() FROM events WHERE event = 'biy'",
      "1:42: no event is named \"biy\"; did you mean \"buy\" (1 row)? (--allow-missing counts it as zero)"
    ),
    (
      "SELECT country, count() FROM events",
      "1:8: country is neither in GROUP BY nor inside an aggregate; add it to GROUP BY, or take min(country) or max(country)"
    ),
    (
      "SELECT count()\nFROM events\nWHERE count() > 1",
      "3:7: count is an aggregate, which has no place in WHERE; conditions on aggregates belong into HAVING"
    ),
    (
      "SELECT count() AS n FROM events GROUP BY n",
      "1:8: count is an aggregate, which has no place in GROUP BY; n is an alias here: name a field of that name by its whole path"
    ),
    ("SELECT sum(count()) FROM events", "1:12: count stands inside another aggregate"),
    ("SELECT sum(country) FROM events", "1:12: country holds text, but sum takes numbers"),
    ("SELECT sum(price, 1) FROM events", "1:8: sum takes one argument, not 2"),
    ("SELECT countIf() FROM events", "1:8: countIf takes a condition as its last argument"),
    (
      "SELECT quantileExact(2)(price) FROM events",
      "1:8: quantileExact takes one level from 0 to 1; write quantileExact(0.95)(price)"
    ),
    ("SELECT lower(1)(country) FROM events", "1:8: lower takes no parameters"),
    (
      "SELECT windowFunnel(10)(timestamp) FROM events",
      "1:8: windowFunnel takes a time and 1 to 32 conditions; write windowFunnel(1800)(timestamp, event = 'a', event = 'b')"
    ),
    (
      "SELECT windowFunnel(10, 'strict_nothing')(timestamp, event = 'buy') FROM events",
      "1:25: 'strict_nothing' is no mode of windowFunnel here; the modes are strict_deduplication, strict_order, strict_increase, strict_once and, with strict_order, allow_reentry"
    ),
    (
      "SELECT windowFunnel(10, 'allow_reentry')(timestamp, event = 'buy') FROM events",
      "1:8: allow_reentry is about strict_order; write windowFunnel(…, 'strict_order', 'allow_reentry')"
    ),
    (
      "SELECT arrayJoin(price) FROM events", "1:18: price holds numbers, but arrayJoin takes arrays"
    ),
    (
      "SELECT event FROM events ORDER BY event WITH FILL",
      "1:41: WITH FILL is for numbers and times, not for text"
    ),
    (
      "SELECT price FROM events ORDER BY price WITH FILL FROM now()",
      "1:56: WITH FILL FROM is a time, but what is filled is a number"
    ),
    (
      "SELECT price FROM events ORDER BY price WITH FILL FROM 'a'",
      "1:56: WITH FILL FROM takes a constant number or time; write toDate('2026-01-01') for a date"
    ),
    (
      "SELECT price FROM events ORDER BY price WITH FILL FROM 3 TO 1",
      "1:61: TO comes before FROM in the order"
    ),
    (
      "SELECT price FROM events ORDER BY price WITH FILL STEP -1",
      "1:56: in ascending order STEP is above 0"
    ),
    (
      "SELECT price FROM events ORDER BY price WITH FILL STEP 0",
      "1:56: WITH FILL STEP takes a constant number other than 0, or an INTERVAL"
    ),
    (
      "SELECT price FROM events ORDER BY price WITH FILL INTERPOLATE (price)",
      "1:51: INTERPOLATE is not supported"
    ),
    (
      "SELECT price FROM events ORDER BY price WITH FILL, event WITH FILL",
      "1:67: WITH FILL stands here for the second time: one key can have it"
    ),
    (
      "SELECT sum(price) OVER (ORDER BY price WITH FILL) FROM events",
      "1:40: WITH FILL has no place in a window"
    ),
    (
      "SELECT toDate(timestamp) AS d FROM events ORDER BY d WITH FILL STEP INTERVAL 1 HOUR",
      "WITH FILL STEP leads from a date to no other"
    ),
    (
      "SELECT toDate(timestamp) AS d FROM events ORDER BY d WITH FILL FROM toDateTime('2026-01-01 00:00:00')",
      "WITH FILL FROM is a time, but what is filled is a date"
    ),
    (
      "SELECT count() FROM events GROUP BY event WITH ROLLUP WITH TOTALS",
      "1:55: WITH TOTALS, ROLLUP, CUBE and GROUPING SETS stand alone, and once"
    ),
    (
      "SELECT count() FROM events GROUP BY event WITH FILL",
      "1:48: GROUP BY … WITH \"FILL\" is not supported; WITH TOTALS, ROLLUP and CUBE are"
    ),
    (
      "SELECT count() FROM events GROUP BY ROLLUP(event), price",
      "1:50: no key stands beside ROLLUP or CUBE; write GROUPING SETS ((a, b), (a))"
    ),
    (
      "SELECT count() FROM events GROUP BY price, CUBE(event)",
      "1:44: there is no function CUBE; write GROUP BY CUBE(a, b)"
    ),
    (
      "SELECT count() FROM events GROUP BY GROUPING SETS event",
      "1:51: \"event\" stands where ( before the sets is expected"
    ),
    (
      "SELECT 1 FROM events GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 WITH CUBE",
      "1:31: CUBE takes at most 10 keys"
    ),
    (
      "SELECT grouping(price) FROM events GROUP BY event",
      "1:17: price is neither in GROUP BY nor inside an aggregate; add it to GROUP BY, or take min(price) or max(price)"
    ),
    (
      "SELECT grouping(lower(event)) FROM events GROUP BY event",
      "1:17: lower(event) is no key of GROUP BY"
    ),
    ("SELECT grouping() FROM events GROUP BY event", "1:8: grouping takes keys of GROUP BY"),
    (
      "SELECT sum(price) OVER (ORDER BY price, event RANGE 1 PRECEDING) FROM events",
      "1:24: RANGE with a distance takes ORDER BY of one key, not of 2"
    ),
    (
      "SELECT sum(price) OVER (ORDER BY event RANGE 1 PRECEDING) FROM events",
      "1:34: event holds text, but RANGE with a distance takes numbers or times"
    ),
    (
      "SELECT sum(price) OVER (ORDER BY timestamp RANGE INTERVAL 1 DAY PRECEDING) FROM events",
      "1:50: \"INTERVAL\" is no bound of a frame; write a number: of seconds, or of days with dates"
    ),
    (
      "SELECT bar(price, 0, 9, 1001) FROM events",
      "1:25: the width of a bar is constant, from 1 to 1000"
    ),
    (
      "SELECT formatReadableTimeDelta(price, 'weeks') FROM events",
      "1:39: a unit is one of years, months, days, hours, minutes, seconds, milliseconds, microseconds, nanoseconds, in quotes"
    ),
    (
      "SELECT formatReadableTimeDelta(price, 'days', 'years') FROM events",
      "1:47: the least unit is above the greatest"
    ),
    (
      "SELECT sumMap(event, price) FROM events",
      "1:15: event holds text, but sumMap takes arrays; write sumMap(keys, values)"
    ),
    (
      "SELECT sumMap(['a'], [1, 2]) FROM events",
      "arrays of 1 keys and of 2 values stand in one row of a map"
    ),
    (
      "SELECT and(1) FROM events",
      "1:8: there is no function and; and(a, b) takes two or more"
    ),
    ("SELECT arrayJoin([1], [2]) FROM events", "1:8: arrayJoin takes one array"),
    (
      "SELECT arrayMap(x -> arrayJoin(x), [[1]]) FROM events",
      "1:22: arrayJoin makes rows, which has no place in a function ->; select from a query that makes them"
    ),
    (
      "SELECT arrayJoin([1]), row_number() OVER () FROM events",
      "1:1: arrayJoin and window functions do not mix in one SELECT; write ARRAY JOIN, or select from a query that makes the rows"
    ),
    (
      "SELECT event, arrayJoin([1]) FROM events GROUP BY event WITH TOTALS",
      "1:1: WITH TOTALS and arrayJoin over groups do not mix in one SELECT"
    ),
    (
      "SELECT 1 FROM events ARRAY JOIN price",
      "1:33: price holds numbers, but ARRAY JOIN takes arrays"
    ),
    ("SELECT 1 FROM events ARRAY [1]", "1:28: ARRAY must be followed by JOIN"),
    (
      "SELECT x FROM events ARRAY JOIN [1] AS x JOIN events AS b ON x = b.price",
      "1:42: tables are joined before ARRAY JOIN"
    ),
    ("SELECT 1 WHERE 1 ARRAY JOIN [1] AS x", "1:18: ARRAY JOIN stands too late; it follows FROM"),
    (
      "SELECT x, y FROM events ARRAY JOIN [1] AS x, [1, 2] AS y",
      "the arrays of ARRAY JOIN have 1 and 2 items in one row"
    ),
    (
      "SELECT event FROM events HAVING event = 'buy'",
      "1:33: HAVING needs GROUP BY or an aggregate; write WHERE"
    ),
    ("SELECT event AS a, user_id AS a FROM events", "1:20: two columns are named a"),
    ("SELECT event FROM events ORDER BY 2", "1:35: ORDER BY 2 names no column: there are 1"),
    ("SELECT event FROM events LIMIT -1", "1:32: LIMIT takes a whole number of rows, not \"-\""),
    (
      "SELECT event FROM events WHERE event = 'buy' GROUP BY ALL",
      "1:55: GROUP BY ALL is not supported; name the columns, or write 1, 2"
    ),
    (
      "SELECT event FROM events LIMIT 1 FORMAT JSON",
      "1:34: FORMAT belongs on the command line; write --format json"
    ),
    (
      "SELECT event FROM events WHERE event = 'buy' WHERE 1",
      "1:46: WHERE stands too late; the clauses are WHERE, GROUP BY, HAVING, ORDER BY and LIMIT, in this order"
    ),
    (
      "SELECT if(event = 'buy', timestamp, 0) FROM events",
      "1:8: if would give numbers or times: times mix with nothing else"
    ),
    (
      "SELECT count() FROM events WHERE \u{2018}x\u{2019} = event",
      "1:34: this quotation mark is not one of the language; write 'text' in plain quotes"
    ),
  ]

  @Test("refuses with the place and how to mend it", arguments: refused)
  func refuse(row: (String, String)) throws {
    let source = try Self.small()
    let error = #expect(throws: QueryError.self) { try Self.answer(row.0, source) }
    #expect(error?.description == row.1)
  }

  @Test("bounds what hostile text may cost") func hostile() throws {
    let source = try Self.small()
    let doubling = (1..<40).map { "a\($0 - 1) + a\($0 - 1) AS a\($0)" }.joined(separator: ", ")
    let nested = String(repeating: "SELECT n FROM (", count: 400)
    let parentheses = String(repeating: "(", count: 5_000)
    for sql in [
      "SELECT 1 AS a0, \(doubling) FROM events",
      "SELECT price AS a0, \(doubling) FROM events WHERE a39 > 1",
      "SELECT count() AS a0, \(doubling) FROM events", "\(nested)", "SELECT \(parentheses)",
    ] {
      #expect(throws: QueryError.self) { try Self.answer(sql, source) }
    }
    // An alias within itself means the field.
    let table = try Self.answer(
      "SELECT price + 1 AS price FROM events ORDER BY price LIMIT 1", source)
    #expect(table.rows == [[.int(2)]])
  }

  @Test("every cut of a query is answered or refused") func cuts() throws {
    let source = try Self.small()
    let sql = Array(
      """
      SELECT DISTINCT lower(event) AS e, count(DISTINCT user_id) AS n, `odd.key`, "1. a"
      FROM (SELECT * FROM events WHERE price BETWEEN 1 AND 3 OR country IN ('DE') LIMIT 9) AS t
      GROUP BY e, 3, 4 HAVING n >= 0 ORDER BY n DESC NULLS FIRST, 1 LIMIT 2 OFFSET 0;
      """.utf8)
    #expect(try Self.answer(String(decoding: sql, as: UTF8.self), source).rows.count == 2)
    for end in sql.indices {
      let cut = String(decoding: sql[..<end], as: UTF8.self)
      do { _ = try Self.answer(cut, source) } catch is QueryError {}
    }
  }
}
