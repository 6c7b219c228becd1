// Window functions against a look at every row of every frame.

import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("WindowEvaluation") struct WindowEvaluationTests {
  private struct Row { var group: Int64, order: Int64, value: Int64? }

  /// The rows that a row sees: same group, and by place or by order within the bounds.
  private static func frame(
    _ place: Int, _ partition: [Row], rows: (before: Int?, after: Int?)?
  ) -> [Row] {
    guard let rows else { return partition.filter { $0.order <= partition[place].order } }
    let start = rows.before.map { max(0, place - $0) } ?? 0
    let end = rows.after.map { min(partition.count - 1, place + $0) } ?? partition.count - 1
    return start <= end ? Array(partition[start...end]) : []
  }

  @Test("sees the rows of its frame", arguments: 0..<80) func frames(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let rows = (0..<random.below(40)).map { _ in
      Row(
        group: Int64(random.below(3)),
        order: Int64(random.below(seed % 2 == 0 ? 6 : 1_000)),
        value: random.below(4) == 0
          ? nil : Int64(random.below(20)))
    }
    let frames: [(sql: String, bounds: (before: Int?, after: Int?)?)] = [
      ("", nil), ("ROWS BETWEEN 2 PRECEDING AND CURRENT ROW", (2, 0)),
      ("ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING", (nil, 1)),
      ("ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING", (-1, 3)),
      ("ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING", (3, -1)),
      ("ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", (0, nil)),
    ]
    let (sql, bounds) = random.pick(frames)
    let window = BoundWindow.frame(of: sql)
    let values = rows.map { row in
      [Value.int(row.group), .int(row.order), row.value.map { .int($0) } ?? .null]
    }
    let order = OrderKey(expression: .field(1), isDescending: false, nullsFirst: false)
    func run(_ function: WindowFunction, _ arguments: [BoundExpression]) throws -> [Value] {
      try WindowEvaluation(
        BoundWindow(
          function: function, arguments: arguments, partition: [.field(0)], order: [order],
          frame: window), values, MemoryBudget(bytes: 1 << 30)
      ).run()
    }
    let sums = try run(.aggregate(AccumulatorFunction(kind: .sum)), [.field(2)])
    let counts = try run(.aggregate(AccumulatorFunction(kind: .count)), [])
    let least = try run(.aggregate(AccumulatorFunction(kind: .minimum)), [.field(2)])
    let first = try run(.firstValue, [.field(2)])
    let numbers = try run(.rowNumber, [])
    let ranks = try run(.rank, [])
    let dense = try run(.denseRank, [])
    let before = try run(.shifted(-1, inFrame: false), [.field(2), .constant(.int(-1))])
    for group in 0..<3 {
      let members = rows.indices.filter { rows[$0].group == Int64(group) }
        .sorted { (rows[$0].order, $0) < (rows[$1].order, $1) }
      let partition = members.map { rows[$0] }
      for (place, row) in members.enumerated() {
        let seen = Self.frame(place, partition, rows: bounds)
        let seenValues = seen.compactMap(\.value)
        #expect(sums[row] == .int(seenValues.reduce(0, +)), "seed \(seed)")
        #expect(counts[row] == .int(Int64(seen.count)), "seed \(seed)")
        #expect(least[row] == (seenValues.min().map { .int($0) } ?? .null), "seed \(seed)")
        #expect(first[row] == (seen.first?.value.map { .int($0) } ?? .null), "seed \(seed)")
        #expect(numbers[row] == .int(Int64(place + 1)))
        let lower = partition.filter { $0.order < partition[place].order }
        #expect(ranks[row] == .int(Int64(lower.count + 1)))
        #expect(dense[row] == .int(Int64(Set(lower.map(\.order)).count + 1)))
        let previous = place == 0 ? .int(-1) : partition[place - 1].value.map { Value.int($0) }
        #expect(before[row] == previous ?? .null)
      }
    }
  }

  static let answered: [(String, [[ResultValue]])] = [
    (
      "SELECT event, count() AS n, n / sum(n) OVER () AS share FROM events GROUP BY event ORDER BY n",
      [[.text("buy"), .int(1), .double(0.25)], [.text("view"), .int(3), .double(0.75)]]
    ),
    (
      "SELECT event, row_number() OVER (PARTITION BY event ORDER BY timestamp) AS r FROM events"
        + " ORDER BY event, r LIMIT 3",
      [[.text("buy"), .int(1)], [.text("view"), .int(1)], [.text("view"), .int(2)]]
    ),
    (
      "SELECT DISTINCT sum(price) OVER w AS s FROM events WINDOW w AS (PARTITION BY event) ORDER BY s",
      [[.double(2.5)], [.int(4)]]
    ),
    (
      "SELECT ntile(2) OVER (ORDER BY timestamp) AS t, count() OVER (PARTITION BY country) AS n"
        + " FROM events ORDER BY timestamp",
      [[.int(1), .int(2)], [.int(1), .int(1)], [.int(2), .int(2)], [.int(2), .int(1)]]
    ),
    (
      "SELECT event, leadInFrame(event) OVER (ORDER BY timestamp ROWS BETWEEN UNBOUNDED PRECEDING"
        + " AND UNBOUNDED FOLLOWING) AS next, lagInFrame(price, 1, 9) OVER (ORDER BY timestamp) AS p"
        + " FROM events ORDER BY timestamp LIMIT 2",
      [[.text("view"), .text("buy"), .int(9)], [.text("buy"), .text("view"), .int(3)]]
    ),
    (
      "SELECT nth_value(event, 2) OVER (ORDER BY timestamp) AS e, last_value(price) OVER"
        + " (ORDER BY timestamp) AS l, countIf(event = 'view') OVER (ORDER BY timestamp) AS v"
        + " FROM events ORDER BY timestamp LIMIT 2",
      [[.null, .int(3), .int(1)], [.text("buy"), .double(2.5), .int(1)]]
    ),
    (
      "SELECT percent_rank() OVER (ORDER BY timestamp) AS p, cume_dist() OVER (ORDER BY timestamp) AS c"
        + " FROM events ORDER BY timestamp LIMIT 2",
      [[.double(0), .double(0.25)], [.double(1.0 / 3), .double(0.5)]]
    ),
    (
      "SELECT row_number() OVER () AS r FROM events WHERE price > 2 AND country != 'US'",
      [[.int(1)], [.int(2)]]
    ),
    (
      "SELECT max(n) OVER () AS m FROM (SELECT event, count() AS n FROM events GROUP BY event) LIMIT 1",
      [[.int(3)]]
    ),
  ]

  @Test("answers", arguments: answered) func answer(row: (String, [[ResultValue]])) throws {
    #expect(try SQLQueryTests.answer(row.0, try SQLQueryTests.small()).rows == row.1)
  }
}

extension BoundWindow {
  /// The frame of a clause such as `ROWS 1 PRECEDING`.
  fileprivate static func frame(of sql: String) -> FrameSyntax {
    guard let parsed = try? Expression(parsing: "f() OVER (ORDER BY a \(sql))"),
      case .window(_, let window) = parsed.root.kind, let frame = window.frame
    else {
      return FrameSyntax(countsRows: false, start: .unboundedPreceding, end: .currentRow)
    }
    return frame
  }
}
