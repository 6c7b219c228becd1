// What must hold of an answer, so that scripts can go by the exit status.

import ArgumentParser
import EvtCore
import Query

/// `--fail-if`, `--warn-if` and `--max-stale`.
struct AssertionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Exit with 1 if this holds for a row of the answer: 'users < 9', 'count() = 0' (repeatable).",
      valueName: "expression"))
  var failIf: [String] = []

  @Option(
    help: ArgumentHelp("As --fail-if, but only warn (repeatable).", valueName: "expression"))
  var warnIf: [String] = []

  @Option(
    help: ArgumentHelp(
      "Exit with 1 if the newest event is older than this: 30m, 1d.", valueName: "span"))
  var maxStale: String?

  /// The assertions, read.
  /// - Throws: `QueryError` or `UsageError`.
  func parsed() throws -> Assertions {
    var conditions: [Assertions.Condition] = []
    for (texts, isFailure) in [(failIf, true), (warnIf, false)] {
      conditions += try texts.map {
        Assertions.Condition(condition: try ResultCondition(parsing: $0), isFailure: isFailure)
      }
    }
    var maxStaleNanos: Int64?
    if let maxStale {
      maxStaleNanos = try TimeSpan(parsing: maxStale).fixedNanoseconds
      if maxStaleNanos == nil {
        throw UsageError(
          "--max-stale \(maxStale) has no fixed length", help: "write it in days, such as 30d")
      }
    }
    return Assertions(conditions: conditions, maxStaleNanos: maxStaleNanos)
  }
}
