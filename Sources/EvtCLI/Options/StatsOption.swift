// What an answer cost, for those who ask.

import ArgumentParser

/// `--stats`.
struct StatsOption: ParsableArguments {
  @Flag(help: "Print what the answer cost to standard error, and in the meta of JSON.")
  var stats = false

  /// Puts the cost into what `report` says about itself, if asked for.
  func add(_ cost: AnswerCost, to report: inout Report) {
    if stats { report.meta.stats = cost.json }
  }

  /// Prints the cost of an answer, if asked for.
  func write(_ cost: AnswerCost) {
    if stats { StandardError.write(cost.lines) }
  }
}
