// Expressions evaluated once for each combination of values, against row by row.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("ExpressionEvaluator") struct ExpressionEvaluatorTests {
  /// Few values, most of which look like another one, or a value of its own for each row.
  enum Variety: CaseIterable { case few, many }

  static let expressions: [BoundExpression] = [
    .field(0), .constant(.int(7)),
    // Integers round half away from zero, doubles half to even.
    .call(.round, [.field(0), .constant(.int(-1))]),
    .arithmetic(.multiply, .field(0), .field(1)),
    .arithmetic(.add, .arithmetic(.divide, .field(1), .field(0)), .field(1)),
    .call(.if, [.compare(.less, .field(0), .field(1)), .field(2), .constant(.null)]),
    .call(.concat, [.field(2), .constant(.text("-")), .field(0)]),
    .call(.lower, [.field(2)]), .isNull(.field(0)),
    .call(.toHour, [.field(3)]), .call(.toStartOfMonth, [.field(3)]),
    .arithmetic(.add, .call(.toMinute, [.field(3)]), .call(.toHour, [.field(3)])),
    .compare(.greater, .field(3), .call(.toStartOfTenMinutes, [.field(3)])),
    .arithmetic(.add, .call(.toDayOfWeek, [.field(3)]), .field(1)),
  ]

  static func value(_ random: inout SeededGenerator, _ variety: Variety) -> Value {
    if variety == .many { return .int(Int64.random(in: 0...1 << 40, using: &random)) }
    let values: [Value] = [
      .null, .int(5), .double(5), .int(25), .double(25), .double(-0.0), .int(0), .bool(true),
      .text("5"), .text("Ä5"), .text(""), .json(Array("5".utf8)), .double(2.5),
      ExactDecimal(parsing: "12345678901234567890123".utf8).map { .decimal($0) } ?? .null,
    ]
    return values.randomElement(using: &random) ?? .null
  }

  static func table(
    _ rows: Int, _ variety: Variety, _ random: inout SeededGenerator
  ) -> MemoryTable {
    let start = UTCDay(year: 2026, month: 1, day: 30).start
    let texts = ["DE", "de", "", "日本"]
    let fields = ["a", "b", "t", "time"].map {
      BoundField(name: $0, role: .property, kinds: .numbers)
    }
    return MemoryTable(
      fields,
      (0..<rows).map { _ in
        let time =
          random.chance(1, in: 50)
          ? [Int64.min, .max, 0, -1].randomElement(using: &random) ?? 0
          : start + Int64.random(in: 0..<3 * UTCDay.nanoseconds, using: &random)
        return [
          value(&random, variety), value(&random, .few),
          texts.randomElement(using: &random).map { .text($0) } ?? .null, .time(time),
        ]
      })
  }

  @Test("gives each row what the expression comes to", arguments: Variety.allCases)
  func twin(variety: Variety) throws {
    // Of many values two blocks: the second one is evaluated row by row.
    for (seed, rows) in [1, 63, 500, variety == .many ? 70_000 : 66_000].enumerated() {
      var random = SeededGenerator(seed: UInt64(seed))
      let table = Self.table(rows, variety, &random)
      for expression in Self.expressions {
        try expectTwin(expression, table, seed)
      }
    }
  }

  private func expectTwin(_ expression: BoundExpression, _ table: MemoryTable, _ seed: Int) throws {
    var used: Set<Int> = []
    expression.collectFields(into: &used)
    var evaluator = ExpressionEvaluator(expression, fields: used.sorted()) { table.fields[$0].type }
    // Only some of the rows.
    let request = ScanRequest(
      filter: BoundPredicate(
        .not(.compare(.equal, .field(0), .constant(.text("DE")))), fields: [table.fields[2]]),
      fields: table.fields)
    try table.scan(part: 0, request) { block in
      let columns = block.columns
      let rows = SelectedRows(block)
      evaluator.evaluate(rows, rowCount: block.rowCount) { (columns[$0], table.fields[$0].type) }
      var differences = 0
      rows.forEach { _, row in
        let values = columns.indices.map { columns[$0].evaluated(row, as: table.fields[$0].type) }
        let found = evaluator.values[Int(evaluator.numbers[row])]
        if found != expression.evaluate(values) { differences += 1 }
      }
      #expect(differences == 0, "\(expression), seed \(seed), block \(block.block)")
    }
  }

  @Test("knows within which stretches instants are alike")
  func grains() {
    let hour = BoundExpression.call(.toHour, [.field(0)])
    let quarter = BoundExpression.call(.toStartOfFifteenMinutes, [.field(0)])
    let ten = BoundExpression.call(.toStartOfTenMinutes, [.field(0)])
    #expect(hour.grain(of: 0)?.unit == .minutes(60))
    #expect(BoundExpression.call(.toDate, [.field(0)]).grain(of: 0)?.unit == .day)
    #expect(BoundExpression.compare(.less, quarter, ten).grain(of: 0)?.unit == .minutes(5))
    #expect(BoundExpression.compare(.less, hour, .field(0)).grain(of: 0) == nil)
    #expect(BoundExpression.call(.toDateTime, [.field(0)]).grain(of: 0) == nil)
    #expect(hour.grain(of: 1) == nil)
  }
}
