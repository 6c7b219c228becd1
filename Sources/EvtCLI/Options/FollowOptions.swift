// Options of an ingest that keeps reading.

import ArgumentParser
import Ingest

/// Whether to follow files, and how often to commit what they bring.
struct FollowOptions: ParsableArguments {
  @Flag(help: "Keep reading files that grow, by name, until SIGINT or SIGTERM.")
  var follow = false

  @Option(
    help: ArgumentHelp(
      "With --follow: commit after this time or that many events (default: 5s,50000).",
      valueName: "time,n"))
  var flush: String?

  /// How often to commit; nil when nothing is to be followed.
  /// - Throws: `UsageError`.
  func policy() throws -> FlushPolicy? {
    guard let flush else { return follow ? FlushPolicy() : nil }
    guard follow else { throw UsageError("--flush is for --follow") }
    guard let policy = FlushPolicy(flush) else {
      throw UsageError(
        "cannot read --flush \"\(flush)\"",
        help: "write a time, a number of events, or both: 5s, 1000, 5s,1000")
    }
    return policy
  }
}
