// When an event counts as a repetition of another one.

import Columnar
import EvtCore

/// How an ingest recognises events that it or an earlier one has taken already.
///
/// In ingest order an event is dropped when an event that was kept has the same user and key and a
/// time at most the window away. Events without a key are always kept.
public struct DedupePolicy: Hashable, Sendable {
  public var key: EventKey
  /// In nanoseconds, both ways and inclusive.
  public var windowNanos: Int64

  /// The window unless said otherwise.
  public static let standardWindowNanos: Int64 = 24 * 3_600_000_000_000
  /// By event id within 24 hours.
  public static let standard = DedupePolicy(key: .eventID, windowNanos: standardWindowNanos)

  /// Creates a policy.
  public init(key: EventKey, windowNanos: Int64) {
    precondition(windowNanos >= 0, "BUG: a negative window")
    self.key = key
    self.windowNanos = windowNanos
  }

  /// Whether two times are within the window of each other.
  func covers(_ one: Int64, _ other: Int64) -> Bool {
    let (distance, overflow) = max(one, other).subtractingReportingOverflow(min(one, other))
    return !overflow && distance <= windowNanos
  }

  /// Whether the time ranges have instants within the window of each other.
  func covers(_ one: ClosedRange<Int64>, _ other: ClosedRange<Int64>) -> Bool {
    if one.overlaps(other) { return true }
    return one.upperBound < other.lowerBound
      ? covers(one.upperBound, other.lowerBound) : covers(other.upperBound, one.lowerBound)
  }
}
