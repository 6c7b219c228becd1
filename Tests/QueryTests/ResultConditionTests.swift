// Tests of conditions on answers, against conditions written in Swift.

import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite struct ResultConditionTests {
  private static let columns = ["event", "count", "rate", "sum:total", "at"]

  private func look(_ text: String, _ rows: [[ResultValue]]) throws -> ResultCondition.Finding {
    try ResultCondition(parsing: text).look(
      at: rows, columns: Self.columns, now: 0, pool: WorkerPool(threads: 1))
  }

  @Test("holds for the rows for which the same in Swift holds")
  func rows() throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    for round in seed..<seed + 60 {
      var random = SeededGenerator(seed: round)
      let figures = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        (
          event: ["a", "b", "c"].randomElement(using: &random) ?? "a",
          count: Int64.random(in: 0..<6, using: &random),
          rate: Bool.random(using: &random) ? nil : Double.random(in: 0..<100, using: &random)
        )
      }
      let rows: [[ResultValue]] = figures.map {
        [
          .text($0.event), .int($0.count), $0.rate.map { .double($0) } ?? .null,
          .decimal("12345678901234567890123"), .time($0.count),
        ]
      }
      func expect(
        _ text: String, _ holds: ((event: String, count: Int64, rate: Double?)) -> Bool
      ) throws {
        let expected = figures.indices.filter { holds(figures[$0]) }
        let found = try look(text, rows)
        #expect(
          found == ResultCondition.Finding(rows: expected, holds: !expected.isEmpty),
          "seed \(round): \(text)")
      }
      try expect("count < 3") { $0.count < 3 }
      try expect("event = 'a' AND rate < 50") { $0.event == "a" && ($0.rate ?? 100) < 50 }
      try expect("rate IS NULL OR count * 20 > rate") {
        $0.rate.map { [count = $0.count] in Double(count * 20) > $0 } ?? true
      }
      try expect("`sum:total` > 1 AND count = 5") { $0.count == 5 }
      try expect("event != 'b'") { $0.event != "b" }
      for (text, holds) in [
        ("count() = 0", figures.isEmpty), ("count() >= 20", figures.count >= 20),
        ("sum(count) > 50", figures.reduce(0) { $0 + $1.count } > 50),
        (
          "countIf(event = 'a') > 5 AND max(count) = 5",
          figures.count { $0.event == "a" } > 5 && figures.map(\.count).max() == 5
        ),
      ] {
        #expect(
          try look(text, rows) == ResultCondition.Finding(rows: [], holds: holds),
          "seed \(round): \(text)")
      }
    }
  }

  @Test("more rows than a block holds are counted from the first")
  func manyRows() throws {
    let rows = (0..<Limits.blockRowsMax + 10).map { row -> [ResultValue] in
      [.text("e"), .int(Int64(row)), .null, .null, .null]
    }
    let found = try look("count >= \(Limits.blockRowsMax + 8)", rows)
    #expect(found.rows == [Limits.blockRowsMax + 8, Limits.blockRowsMax + 9])
  }

  @Test(
    "mistakes are told with their place",
    arguments: [
      ("cuont > 1", #"1:1: the answer has no column "cuont"; did you mean "count"?; it has"#),
      ("count > 1 AND x = 1", #"1:15: the answer has no column "x"; it has event, count, rate"#),
      ("event > 1", "1:"), ("sum(event) > 1", "1:"), ("count(", "1:"),
    ])
  func mistakes(_ text: String, _ message: String) throws {
    do {
      _ = try look(text, [[.text("e"), .int(1), .null, .null, .null]])
      Issue.record("\(text) was taken")
    } catch let error as QueryError {
      #expect("\(error)".hasPrefix(message), "\(error)")
    }
  }
}
