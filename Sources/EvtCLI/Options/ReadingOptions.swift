// How dumps are read, wherever they are.

import ArgumentParser
import Glibc
import Ingest

/// The shape of events, and how many lines may be none.
struct ReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The shape of the events (default: told by the first ones): "
        + Presets.all.map(\.name).joined(separator: ", ") + ".", valueName: "name"))
  var preset: String?

  @Option(
    help: ArgumentHelp(
      "Keys of the canonical fields: 'user_id=clientId|client_id,timestamp=ts'.",
      valueName: "fields"))
  var map: String?

  @Option(
    help: ArgumentHelp(
      "Bad lines that end the run (default: the larger of 1 % and 1,000).", valueName: "n|p%"))
  var maxRejects: String?

  /// The names of those that were given.
  var given: [String] {
    [
      ("--preset", preset != nil), ("--map", map != nil), ("--max-rejects", maxRejects != nil),
    ].filter(\.1).map(\.0)
  }

  /// The options of an ingest that these ask for.
  /// - Throws: `UsageError` or `IngestError`.
  func options(now: Int64) throws -> IngestOptions {
    var options = IngestOptions(now: now)
    if let map {
      options.mapping = .custom(try FieldMap(map), preset: preset)
    } else if let preset {
      options.mapping = .preset(preset)
    }
    if let maxRejects {
      guard let limit = RejectLimit(maxRejects) else {
        throw UsageError(
          "cannot read --max-rejects \"\(maxRejects)\"",
          help: "write a number or a percentage: 100, 2%")
      }
      options.maxRejects = limit
    }
    return options
  }

  /// Refuses to wait for events that somebody would have to type into `command`.
  static func check(_ paths: [String], command: String) throws(UsageError) {
    guard paths.contains("-"), isatty(STDIN_FILENO) == 1 else { return }
    throw UsageError(
      "standard input is a terminal", help: "pipe events into \(command), or name a file")
  }
}
