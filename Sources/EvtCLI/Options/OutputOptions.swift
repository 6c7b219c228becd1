// Options of every command that prints an answer.

import ArgumentParser
import Glibc

/// Format and destination of an answer.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The format of the answer (default: by the suffix of -o, else table).",
      valueName: "format"))
  var format: OutputFormat?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write to this file, whole or not at all (- is standard output).", valueName: "file"))
  var output: String?

  @Flag(
    help: "In csv and tsv, put a quote before text that a spreadsheet would take for a formula.")
  var csvSafe = false

  /// Whether neither a format nor a file was asked for.
  var isDefault: Bool { format == nil && output == nil }

  /// The writer that these options ask for; `standard` is the format without any.
  func writer(_ global: GlobalOptions, standard: OutputFormat = .table) -> ReportWriter {
    Self.writer(
      format: format, target: OutputTarget(output), csvSafe: csvSafe, global, standard: standard)
  }

  /// The writer to `target` in `format`, else in that of the target's suffix, else in `standard`.
  static func writer(
    format: OutputFormat?, target: OutputTarget, csvSafe: Bool, _ global: GlobalOptions,
    standard: OutputFormat = .table
  ) -> ReportWriter {
    let suffix = target.path.flatMap(OutputFormat.init(suffixOf:))
    var style = TerminalStyle(
      descriptor: STDOUT_FILENO, color: global.color, chart: global.chart, ascii: global.ascii)
    if target.path != nil {
      style.width = nil
      style.hasColor = global.color == .always
      style.hasCharts = global.chart == .always
    }
    return ReportWriter(
      format: format ?? suffix ?? standard, target: target, guardsFormulas: csvSafe, style: style)
  }
}
