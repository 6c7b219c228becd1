// What `evt verify` finds out about a store.

/// One thing that was checked.
public struct StoreCheck: Hashable, Sendable {
  /// Whether it is as it must be.
  public enum Status: String, Sendable {
    case pass, warn, fail
  }

  /// What was checked: "catalogue", "checksums", "row order" …
  public var check: String
  public var status: Status
  public var observed: String
  public var expected: String
  /// Which file, what is wrong; empty when nothing is.
  public var detail: String

  /// Creates the result of one check.
  public init(
    check: String, status: Status, observed: String, expected: String, detail: String = ""
  ) {
    self.check = check
    self.status = status
    self.observed = observed
    self.expected = expected
    self.detail = detail
  }
}

/// The result of checking a whole store.
public struct StoreCheckReport: Sendable {
  /// The generation that was checked, nil when it cannot be read.
  public var generation: UInt64?
  public var segments = 0
  public var rows: UInt64 = 0
  /// Bytes of segment files that were read.
  public var bytes: UInt64 = 0
  public var checks: [StoreCheck] = []

  /// Whether nothing failed.
  public var isSound: Bool { !checks.contains { $0.status == .fail } }
  /// Whether nothing is worth mentioning.
  public var isClean: Bool { !checks.contains { $0.status != .pass } }
}
