// Expressions evaluated once for each combination of values, against row by row.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("ExpressionEvaluator") struct ExpressionEvaluatorTests {
  /// Few values, most of which look like another one, or a value of its own for each row.
  enum Variety: CaseIterable { case few, many }

  static let expressions = [
    "a", "7",
    // Integers round half away from zero, doubles half to even.
    "round(a, -1)", "a * b", "b / a + b", "if(a < b, t, 'x')", "concat(t, '-', a)", "lower(t)",
    "a IS NULL", "toHour(time)", "toStartOfMonth(time)", "toMinute(time) + toHour(time)",
    "time > toStartOfTenMinutes(time)", "toDayOfWeek(time) + b",
  ]

  static let fields = ["a", "b", "t", "time"].map { name in
    BoundField(
      name: name, role: .property, kinds: name == "t" ? .init(.text) : .numbers,
      type: name == "time" ? .instant : .plain)
  }

  /// The expression `text` over `fields` by their places.
  static func bound(_ text: String) throws -> BoundExpression {
    var binder = Binder(over: fields, now: 0)
    let value = try binder.value(try Expression(parsing: text))
    return value.expression.mapFields { fields.firstIndex(of: value.fields[$0]) ?? 0 }
  }

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
        try expectTwin(try Self.bound(expression), table, "\(expression), seed \(seed)")
      }
    }
  }

  private func expectTwin(
    _ expression: BoundExpression, _ table: MemoryTable, _ what: String
  ) throws {
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
      #expect(differences == 0, "\(what), block \(block.block)")
    }
  }

  @Test("knows within which stretches instants are alike")
  func grains() throws {
    func unit(_ text: String) throws -> CalendarBuckets.Unit? {
      try Self.bound(text).grain(of: 3)?.unit
    }
    #expect(try unit("toHour(time)") == .minutes(60))
    #expect(try unit("toDate(time)") == .day)
    #expect(try unit("toStartOfFifteenMinutes(time) < toStartOfTenMinutes(time)") == .minutes(5))
    #expect(try unit("toStartOfHour(time) < time") == nil)
    #expect(try unit("a + b") == nil)
  }
}
