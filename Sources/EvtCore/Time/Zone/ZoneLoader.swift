// Where the rules of time zones come from.

/// Finds time zones by name. Files are the business of whoever makes one.
public struct ZoneLoader: Sendable {
  /// The rules of a zone by its name.
  public let rules: @Sendable (String) throws(ZoneProblem) -> ZoneRules

  /// Creates a loader that asks `rules`.
  public init(_ rules: @escaping @Sendable (String) throws(ZoneProblem) -> ZoneRules) {
    self.rules = rules
  }

  /// Knows UTC alone.
  public static let utc = ZoneLoader { name throws(ZoneProblem) in
    if name == ZoneRules.utc.name { return .utc }
    throw ZoneProblem(message: "the time zone \"\(name)\" is not known here", hint: nil)
  }
}

/// Why there are no rules for a time zone.
public struct ZoneProblem: Error {
  /// What is wrong.
  public var message: String
  /// How to mend it.
  public var hint: String?

  /// Creates the problem.
  public init(message: String, hint: String?) {
    self.message = message
    self.hint = hint
  }
}
