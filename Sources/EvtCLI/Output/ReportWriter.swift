// An answer to its destination, in the format asked for.

import EvtCore
import Glibc

/// Writes reports.
struct ReportWriter {
  var format: OutputFormat
  var target: OutputTarget
  /// Whether cells that a spreadsheet would take for formulas are made text.
  var guardsFormulas: Bool
  var style: TerminalStyle

  /// The version of the JSON envelope: raised when a key is removed, renamed or retyped.
  static let schemaVersion = 1

  /// Writes `report`, whole or not at all when the target is a file.
  /// - Throws: `OutputError`.
  func write(_ report: Report) throws {
    try target.write { out in
      switch format {
      case .table: writeTable(report, to: &out)
      case .json: writeEnvelope(report, to: &out)
      case .ndjson:
        for element in report.data {
          element.write(to: &out)
          out.append("\n")
        }
      case .csv:
        separated(.csv).write(report, to: &out)
      case .tsv:
        separated(.tsv).write(report, to: &out)
      case .markdown:
        MarkdownTable.write(report, to: &out)
      }
    }
  }

  private func separated(_ kind: SeparatedValues.Kind) -> SeparatedValues {
    SeparatedValues(kind: kind, guardsFormulas: guardsFormulas, isForTerminal: style.width != nil)
  }

  private func writeTable(_ report: Report, to out: inout OutputBuffer) {
    for line in report.lead { out.append(SafeText.escaped(line) + "\n") }
    if !report.lead.isEmpty, !report.columns.isEmpty { out.append("\n") }
    for line in TextTable(style: style).lines(report) { out.append(line + "\n") }
    if !report.tail.isEmpty { out.append("\n") }
    for line in report.tail { out.append(SafeText.escaped(line) + "\n") }
  }

  /// One object; the elements of `data` stand one a line, which diffs well.
  private func writeEnvelope(_ report: Report, to out: inout OutputBuffer) {
    out.append("{\"schema_version\":\(Self.schemaVersion),\n\"meta\":")
    report.meta.json.write(to: &out)
    out.append(",\n\"data\":[")
    for (index, element) in report.data.enumerated() {
      out.append(index > 0 ? ",\n" : "\n")
      element.write(to: &out)
    }
    out.append(report.data.isEmpty ? "]}\n" : "\n]}\n")
  }
}
