// The SELECT that a question stands for, instead of its answer.

import ArgumentParser

/// `--sql`.
struct SQLOption: ParsableArguments {
  @Flag(
    name: .customLong("sql"),
    help: "Print the SELECT that this stands for, for ClickHouse, instead of the answer.")
  var isAsked = false

  /// Refuses options that are about answers.
  /// - Throws: `UsageError`.
  func check(_ assertions: AssertionOptions, _ output: OutputOptions) throws(UsageError) {
    guard isAsked else { return }
    let others = [
      ("--fail-if", !assertions.failIf.isEmpty), ("--warn-if", !assertions.warnIf.isEmpty),
      ("--max-stale", assertions.maxStale != nil), ("--format", output.format != nil),
    ].filter(\.1).map(\.0)
    guard let first = others.first else { return }
    throw UsageError("--sql prints no answer, so \(first) says nothing", help: "leave one out")
  }

  /// Prints `sql`.
  func write(
    _ sql: (text: String, warnings: [String]), _ output: OutputOptions, _ global: GlobalOptions
  ) throws {
    global.warn(sql.warnings)
    try OutputTarget(output.output).write { $0.append(sql.text + "\n") }
  }
}
