// Tables for people: aligned columns, numbers to the right, nothing that a terminal would obey.

import EvtCore
import Query

/// Lays out a report as an aligned table.
struct TextTable {
  var style: TerminalStyle

  private static let gap = 2
  private static let barWidth = 30
  private static let barWidthMin = 10
  /// On a terminal a value is cut here at the latest, however wide the window.
  private static let cellWidthMax = 256
  private static let columnWidthMin = 6

  /// The lines of `report`, without what stands above and below the table.
  func lines(_ report: Report) -> [String] {
    guard !report.columns.isEmpty else { return [] }
    let headings = report.columns.map { SafeText.escaped($0.heading ?? $0.name) }
    let cells = report.rows.map { row in
      zip(report.columns, row).map { Self.cell($1, $0.style, ascii: style.isASCII) }
    }
    let toRight = report.columns.indices.map { column in
      Self.isNumeric(report.columns[column].style, report.rows.lazy.map { $0[column] })
    }
    var widths = headings.map(DisplayWidth.of)
    for row in cells {
      for (column, cell) in row.enumerated() {
        widths[column] = max(widths[column], DisplayWidth.of(cell))
      }
    }
    let barWidth = fit(&widths, hasBars: report.bars != nil && style.hasCharts, toRight: toRight)
    var lines = [line(headings, widths, toRight).map(style.bold).joined(separator: separator)]
    lines.append(rule(widths))
    for (index, row) in cells.enumerated() {
      var parts = line(row, widths, toRight)
      if barWidth > 0, let bar = report.bars?[index] {
        parts.append(style.cyan(BarChart.bar(bar, width: barWidth, ascii: style.isASCII)))
      }
      lines.append(parts.joined(separator: separator))
      if report.breaks.contains(index) { lines.append("") }
    }
    return lines.map(Self.trimmed)
  }

  private var separator: String { String(repeating: " ", count: Self.gap) }

  /// Narrows the widest columns of text until the table fits the terminal; returns the width that
  /// is left for bars. Bars go before any text is cut.
  private func fit(_ widths: inout [Int], hasBars: Bool, toRight: [Bool]) -> Int {
    guard let terminal = style.width else { return hasBars ? Self.barWidth : 0 }
    for column in widths.indices { widths[column] = min(widths[column], Self.cellWidthMax) }
    let room = terminal - Self.gap * (widths.count - 1)
    while widths.reduce(0, +) > room {
      let textual = widths.indices.filter { !toRight[$0] && widths[$0] > Self.columnWidthMin }
      guard let widest = textual.max(by: { widths[$0] < widths[$1] }) else { break }
      let excess = widths.reduce(0, +) - room
      let second = textual.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
      widths[widest] = max(
        widths[widest] - excess, min(second, widths[widest] - 1), Self.columnWidthMin)
    }
    let left = room - Self.gap - widths.reduce(0, +)
    return !hasBars || left < Self.barWidthMin ? 0 : min(Self.barWidth, left)
  }

  private func line(_ cells: [String], _ widths: [Int], _ toRight: [Bool]) -> [String] {
    cells.enumerated().map { column, cell in
      let shown = DisplayWidth.cut(cell, to: widths[column], ascii: style.isASCII)
      let padding = String(repeating: " ", count: max(0, widths[column] - DisplayWidth.of(shown)))
      return toRight[column] ? padding + shown : shown + padding
    }
  }

  private func rule(_ widths: [Int]) -> String {
    widths.map { String(repeating: style.isASCII ? "-" : "─", count: $0) }
      .joined(separator: separator)
  }

  private static func trimmed(_ line: String) -> String {
    guard line.hasSuffix(" ") else { return line }
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }

  private static func isNumeric(
    _ style: ColumnStyle, _ values: some Sequence<ResultValue>
  ) -> Bool {
    (style != .plain && style != .note && style != .mark)
      || values.allSatisfy {
        switch $0 {
        case .int, .double, .decimal, .null: true
        case .bool, .text, .json, .time: false
        }
      }
  }

  /// The text of one value in a table for people, on one line and harmless.
  static func cell(_ value: ResultValue, _ style: ColumnStyle, ascii: Bool = false) -> String {
    switch (value, style) {
    case (.text("pass"), .mark): ascii ? "ok" : "✓"
    case (.text("fail"), .mark): ascii ? "FAIL" : "✗"
    case (.text("in_progress"), .share): "~"
    case (.text("not_observable"), .share): ascii ? "." : "·"
    case (.null, .plain): "null"
    case (.null, _): ""
    case (.int(let value), .quantity): HumanNumber.count(value)
    case (.int(let value), .bytes): HumanNumber.bytes(value)
    case (.int(let value), .duration): HumanNumber.duration(milliseconds: Double(value))
    case (.double(let value), .quantity): HumanNumber.number(value)
    case (.decimal(let text), .quantity): HumanNumber.grouped(SafeText.escaped(text))
    case (.double(let value), .percent), (.double(let value), .share): HumanNumber.percent(value)
    case (.double(let value), .duration): HumanNumber.duration(milliseconds: value)
    case (.text(""), .plain): "\"\""
    default: SafeText.escaped(PlainText.of(value))
    }
  }
}
