// An answer to its destination, in the format asked for.

import EvtCore
import Query

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
      case .table: writeTable(report.forPeople, to: &out)
      case .json: writeEnvelope(report, to: &out)
      case .ndjson:
        for element in report.data {
          element.write(to: &out)
          out.append("\n")
        }
      case .csv, .tsv:
        let lines = separated(format)
        lines.header(report.columns, to: &out)
        for row in report.rows { lines.line(row, to: &out) }
        // Behind an empty line, as ClickHouse writes them.
        if let totals = report.totals {
          out.append("\n")
          lines.line(totals, to: &out)
        }
      case .markdown:
        MarkdownTable.write(report.forPeople, to: &out)
      }
    }
  }

  /// Writes rows as `rows` passes them on, without holding them all, unless it is to be a table.
  /// - Throws: `OutputError`, or what `rows` throws.
  func stream(
    meta: ReportMeta, columns: [ReportColumn], rowsAreEvents: Bool,
    rows: (_ take: ([ResultValue]) throws -> Void) throws -> Void
  ) throws {
    guard format != .table, format != .markdown else {
      var report = Report(meta: meta, columns: columns, rows: [])
      try rows { report.rows.append($0) }
      return try write(report)
    }
    try target.write { out in
      if format == .json { openEnvelope(meta, to: &out) }
      if format == .csv || format == .tsv { separated(format).header(columns, to: &out) }
      var isFirst = true
      try rows { row in
        guard out.failure == 0 else {
          throw OutputError.cannotWrite(target: target.name, errorNumber: out.failure)
        }
        switch format {
        case .json, .ndjson:
          if format == .json { out.append(isFirst ? "\n" : ",\n") }
          Report.element(row, columns, rowsAreEvents: rowsAreEvents).write(to: &out)
          if format == .ndjson { out.append("\n") }
        case .csv, .tsv, .table, .markdown:
          separated(format).line(row, to: &out)
        }
        isFirst = false
      }
      if format == .json { closeEnvelope(isEmpty: isFirst, to: &out) }
    }
  }

  private func separated(_ format: OutputFormat) -> SeparatedValues {
    SeparatedValues(
      kind: format == .tsv ? .tsv : .csv, guardsFormulas: guardsFormulas,
      isForTerminal: style.width != nil)
  }

  private func writeTable(_ report: Report, to out: inout OutputBuffer) {
    for line in report.lead { out.append(SafeText.escaped(line) + "\n") }
    if !report.lead.isEmpty, !report.columns.isEmpty { out.append("\n") }
    if style.hasCharts, let chart = report.chart?.lines(style), !chart.isEmpty {
      for line in chart + [""] { out.append(line + "\n") }
    }
    for line in TextTable(style: style).lines(report) { out.append(line + "\n") }
    if !report.tail.isEmpty { out.append("\n") }
    for line in report.tail { out.append(SafeText.escaped(line) + "\n") }
  }

  /// One object; the elements of `data` stand one a line, which diffs well.
  private func writeEnvelope(_ report: Report, to out: inout OutputBuffer) {
    openEnvelope(report.meta, to: &out)
    let data = report.data
    for (index, element) in data.enumerated() {
      out.append(index > 0 ? ",\n" : "\n")
      element.write(to: &out)
    }
    out.append(data.isEmpty ? "]" : "\n]")
    if let totals = report.totals {
      out.append(",\n\"totals\":")
      Report.element(totals, report.columns, rowsAreEvents: false).write(to: &out)
    }
    out.append("}\n")
  }

  private func openEnvelope(_ meta: ReportMeta, to out: inout OutputBuffer) {
    out.append("{\"schema_version\":\(Self.schemaVersion),\n\"meta\":")
    meta.json.write(to: &out)
    out.append(",\n\"data\":[")
  }

  private func closeEnvelope(isEmpty: Bool, to out: inout OutputBuffer) {
    out.append(isEmpty ? "]}\n" : "\n]}\n")
  }
}
