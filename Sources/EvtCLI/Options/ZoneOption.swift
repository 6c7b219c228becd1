// The time zone of commands whose answers have days.

import ArgumentParser
import EvtCore

/// `--tz`.
struct ZoneOption: ParsableArguments {
  @Option(
    name: .customLong("tz"),
    help: ArgumentHelp(
      "Whose days, hours and times without offset are meant, as in Europe/Berlin (default: UTC).",
      valueName: "zone"))
  var zone: String?

  /// The rules of the zone.
  /// - Throws: `ZoneError`.
  func rules() throws -> ZoneRules {
    guard let zone else { return .utc }
    return try ZoneDatabase.system.rules(of: zone)
  }
}
