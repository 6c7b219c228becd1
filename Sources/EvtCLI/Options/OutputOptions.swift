// Options of every command that prints an answer.

import ArgumentParser
import Glibc

/// Format and destination of an answer.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "table, json, ndjson, csv, tsv or markdown (default: by the suffix of -o, else table).",
      valueName: "format"))
  var format: OutputFormat?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to this file, whole or not at all (- is standard output).", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(help: "In csv and tsv, put a quote before text that a spreadsheet would take for a formula.")
  var csvSafe = false

  /// The writer that these options ask for.
  func writer(_ global: GlobalOptions) -> ReportWriter {
    let target = OutputTarget(output)
    let suffix = target.path.flatMap(OutputFormat.init(suffixOf:))
    var style = TerminalStyle(
      descriptor: STDOUT_FILENO, color: global.color, ascii: global.ascii)
    if target.path != nil {
      style.width = nil
      style.hasColor = global.color == .always
    }
    return ReportWriter(
      format: format ?? suffix ?? .table, target: target, guardsFormulas: csvSafe, style: style)
  }
}
