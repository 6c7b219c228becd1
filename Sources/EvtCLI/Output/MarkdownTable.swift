// Tables for Markdown: the cells of a table for people between bars.

import EvtCore
import Query

/// Writes a report as a Markdown table.
enum MarkdownTable {
  /// Appends the table.
  static func write(_ report: Report, to out: inout OutputBuffer) {
    line(report.columns.map { $0.heading ?? $0.name }, to: &out)
    let marks = report.columns.indices.map { column in
      let isText =
        [.plain, .note, .mark].contains(report.columns[column].style)
        && report.rows.contains { $0[column].isTextual }
      return isText || report.rows.isEmpty ? "---" : "---:"
    }
    out.append("| " + marks.joined(separator: " | ") + " |\n")
    for row in report.rows {
      line(zip(report.columns, row).map { TextTable.cell($1, $0.style) }, to: &out)
    }
  }

  private static func line(_ cells: [String], to out: inout OutputBuffer) {
    out.append("| " + cells.map(escaped).joined(separator: " | ") + " |\n")
  }

  private static func escaped(_ cell: String) -> String {
    var result = ""
    for character in SafeText.escaped(cell) {
      switch character {
      case "|", "\\", "`", "*", "_", "<", ">", "[", "]": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }
}
