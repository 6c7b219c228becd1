// Options of commands that check something: the formats of answers, and those of build servers.

import ArgumentParser

/// Format and destination of the outcome of checks.
struct CheckOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The format of the outcome (default: by the suffix of -o, else table).",
      valueName: "format"))
  var format: CheckFormat?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write to this file, whole or not at all (- is standard output).", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(
    help: "In csv and tsv, put a quote before text that a spreadsheet would take for a formula.")
  var csvSafe = false

  /// Whether neither a format nor a file was asked for.
  var isDefault: Bool { format == nil && output == nil }

  /// Writes `outcomes`, or `report`, which says the same, where and how these options ask for.
  /// - Throws: `OutputError`.
  func write(_ report: Report, _ outcomes: [CheckOutcome], _ global: GlobalOptions) throws {
    let target = OutputTarget(output)
    var answerFormat: OutputFormat?
    switch format ?? target.path.flatMap(CheckFormat.init(suffixOf:)) {
    case .junit:
      return try target.write { JUnitXML.write(outcomes, command: report.meta.command, to: &$0) }
    case .github:
      return try target.write {
        GitHubAnnotations.write(outcomes, command: report.meta.command, to: &$0)
      }
    case .answer(let format): answerFormat = format
    case nil: break
    }
    try OutputOptions.writer(format: answerFormat, target: target, csvSafe: csvSafe, global)
      .write(report)
  }
}
