// What an ingest does to fields before anything is kept of them.

import ArgumentParser
import Ingest

/// Constants to add and fields to hide.
struct FieldOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Give every event this property, a text: env=prod (repeatable).", valueName: "key=value"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp(
      "Replace the field by its HMAC-SHA256 under the key in $EVT_HASH_KEY (repeatable).",
      valueName: "field"))
  var hash: [String] = []

  @Option(
    help: ArgumentHelp(
      "Leave out the field and all below it (repeatable).", valueName: "field"))
  var drop: [String] = []

  @Option(
    name: .customLong("truncate-ip"),
    help: ArgumentHelp(
      "Cut IP addresses in the field to /24 or, for IPv6, /48 (repeatable).", valueName: "field"))
  var truncateIP: [String] = []

  /// The environment variable with the key of hashes.
  private static let keyVariable = "EVT_HASH_KEY"

  /// The transforms.
  /// - Throws: `IngestError` of kind `.usage`.
  func transforms() throws -> FieldTransforms {
    try FieldTransforms(
      set: set, hash: hash, drop: drop, truncateIP: truncateIP,
      key: Environment.text(Self.keyVariable))
  }
}
