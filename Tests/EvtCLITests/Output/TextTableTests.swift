// Tests of TextTable: alignment, cutting, harmlessness.

import Query
import Testing

@testable import EvtCLI

@Suite("Text tables")
struct TextTableTests {
  private func table(_ rows: [[ResultValue]], width: Int? = nil, bars: [Double?]? = nil) -> [String]
  {
    var style = TerminalStyle(descriptor: -1, color: .never, chart: .always, ascii: false)
    style.isASCII = false
    style.width = width
    var report = Report(
      meta: ReportMeta(command: "test", store: "s", now: 0),
      columns: [ReportColumn("name"), ReportColumn("count", .quantity)], rows: rows)
    report.bars = bars
    return TextTable(style: style).lines(report)
  }

  @Test("texts stand left, numbers right, wide characters take two columns")
  func aligns() {
    #expect(
      table([[.text("a"), .int(1234)], [.text("ノート"), .int(5)], [.text(""), .null]]) == [
        "name    count", "──────  ─────", "a       1,234", "ノート      5", "\"\"",
      ])
  }

  @Test("a terminal's width is kept by cutting the widest text")
  func cuts() {
    let lines = table([[.text(String(repeating: "x", count: 100)), .int(1)]], width: 30)
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= 30 })
    #expect(lines[2].contains("…"))
    #expect(table([[.text(String(repeating: "x", count: 300)), .int(1)]])[2].count == 307)
  }

  @Test("bars take what is left of the width")
  func drawsBars() {
    #expect(
      table([[.text("a"), .int(1)]], bars: [1])[2].hasSuffix(String(repeating: "█", count: 30)))
    let narrow = table([[.text("a"), .int(1)]], width: 30, bars: [1])
    #expect(narrow.allSatisfy { DisplayWidth.of($0) <= 30 })
    #expect(narrow[2].contains("█"))
    let tight = table([[.text("a"), .int(1)]], width: 20, bars: [1])
    #expect(tight[2] == "a         1")
  }

  @Test("values are harmless and on one line")
  func escapes() {
    #expect(table([[.text("\u{1B}]0;x\u{7}\n"), .int(1)]])[2].hasPrefix("\\u{1B}]0;x\\u{7}\\u{A}"))
  }

  @Test(
    "kinds have their looks",
    arguments: [
      (.double(12.345), .percent, "12.3%"), (.double(90_000), .duration, "1m 30s"),
      (.int(2_000), .bytes, "2.0 kB"), (.decimal("1234567.89"), .quantity, "1,234,567.89"),
      (.double(0.1), .plain, "0.1"), (.null, .plain, "null"), (.null, .quantity, ""),
      (.text(""), .note, ""), (.bool(false), .plain, "false"),
    ] as [(ResultValue, ColumnStyle, String)])
  func looks(_ value: ResultValue, _ style: ColumnStyle, _ text: String) {
    #expect(TextTable.cell(value, style) == text)
  }
}
