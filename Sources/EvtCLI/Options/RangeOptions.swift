// Options of every command that looks at a stretch of time.

import ArgumentParser
import EvtCore

/// The range of a question, half-open: since <= timestamp < until.
struct RangeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only events of the last time: 30m, 24h, 7d.", valueName: "span"))
  var last: String?

  @Option(help: ArgumentHelp("Only events at or after this time.", valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only events before this time.", valueName: "time"))
  var until: String?

  /// The range at the instant `now`; times without offset are on the clock of `zone`.
  /// - Throws: `TimeInputError`.
  func range(now: Int64, zone: ZoneRules = .utc) throws -> TimeRange {
    try TimeRange(since: since, until: until, last: last, now: now, zone: zone)
  }
}
