// What is to stay of days whose rows are removed.

/// How long rollups are kept, and by which properties they tell rows apart.
public struct RollupPolicy: Hashable, Sendable {
  /// How many times 24 hours a rollup is kept at least; not less than the rows.
  public var days: Int
  /// Names of properties, as their last key or their whole path.
  public var properties: [String]

  /// The names that mostly have few values, about which many questions are.
  public static let defaultProperties = [
    "page", "path", "device", "os", "browser", "country", "app_version", "platform", "plan",
    "referrer", "utm_source", "utm_medium", "utm_campaign",
  ]

  /// Creates a policy.
  public init(days: Int, properties: [String] = Self.defaultProperties) {
    self.days = days
    self.properties = properties
  }
}
