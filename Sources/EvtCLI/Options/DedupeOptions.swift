// Which events an ingest takes for the same.

import ArgumentParser
import Columnar
import EvtCore
import Store

/// The options of `evt ingest` that say when an event is left out because it was kept before.
struct DedupeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Fields that tell the events of a user apart (default: event_id).", valueName: "fields"))
  var dedupeKey: String?

  @Option(
    help: ArgumentHelp(
      "How far apart in time the same event may come again: 24h, 30d (default: 24h).",
      valueName: "duration"))
  var dedupeWindow: String?

  @Flag(help: "Keep events that come again.")
  var noDedupe = false

  /// The policy, nil to keep every event.
  /// - Throws: `UsageError`.
  func policy() throws -> DedupePolicy? {
    var policy = DedupePolicy.standard
    if let dedupeKey {
      guard let key = EventKey(dedupeKey) else {
        throw UsageError(
          "cannot read --dedupe-key \"\(dedupeKey)\"",
          help: "name fields as evt query --fields lists them: event_id,properties.order")
      }
      policy.key = key
    }
    if let dedupeWindow {
      guard let length = try TimeSpan(parsing: dedupeWindow).fixedNanoseconds else {
        throw UsageError(
          "--dedupe-window \(dedupeWindow) has no fixed length", help: "write it in days: 30d")
      }
      policy.windowNanos = length
    }
    guard noDedupe else { return policy }
    if dedupeKey != nil || dedupeWindow != nil {
      throw UsageError(
        "--no-dedupe does not go with --dedupe-key and --dedupe-window", help: "leave it out")
    }
    return nil
  }
}
