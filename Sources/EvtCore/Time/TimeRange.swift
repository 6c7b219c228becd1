// The stretch of time that a query looks at.

/// A half-open range of instants in nanoseconds since 1970; an open end has no bound.
public struct TimeRange: Hashable, Sendable {
  /// The first instant inside.
  public var since: Int64?
  /// The first instant behind the range.
  public var until: Int64?

  /// All of time.
  public static let all = TimeRange()

  /// Creates the range [`since`, `until`).
  public init(since: Int64? = nil, until: Int64? = nil) {
    self.since = since
    self.until = until
  }

  /// Creates the range that `--since`, `--until` and `--last` ask for at the instant `now`.
  ///
  /// `last` is a length of time that ends at `until`, else now; it excludes `since`. Times without
  /// offset, and months, are those of `zone`.
  /// - Throws: `TimeInputError` when one cannot be read, or when the range would be empty.
  public init(
    since: String? = nil, until: String? = nil, last: String? = nil, now: Int64,
    zone: ZoneRules = .utc
  ) throws(TimeInputError) {
    self.init()
    if let until { self.until = try InstantText.parse(until, now: now, zone: zone) }
    if let last {
      if since != nil {
        throw TimeInputError("--last and --since exclude each other: leave one of them out")
      }
      let end = self.until ?? now
      self.until = end
      self.since = try TimeSpan(parsing: last).negated.added(to: end, in: zone)
    }
    if let since { self.since = try InstantText.parse(since, now: now, zone: zone) }
    if let from = self.since, let end = self.until, from >= end {
      throw TimeInputError(
        "the range is empty: it would begin at \(zone.format(from)) and end at"
          + " \(zone.format(end)), which is not later")
    }
  }

  /// The instants in both ranges.
  public func intersection(_ other: TimeRange) -> TimeRange {
    TimeRange(
      since: since.flatMap { mine in other.since.map { max(mine, $0) } ?? mine } ?? other.since,
      until: until.flatMap { mine in other.until.map { min(mine, $0) } ?? mine } ?? other.until)
  }

  /// Whether `instant` lies inside.
  @inline(__always)
  public func contains(_ instant: Int64) -> Bool {
    instant >= (since ?? .min) && (until == nil || instant < (until ?? .max))
  }

  /// Whether some instant of least...greatest may lie inside.
  public func overlaps(least: Int64, greatest: Int64) -> Bool {
    greatest >= (since ?? .min) && (until.map { least < $0 } ?? true)
  }

  /// Whether all instants of least...greatest lie inside.
  public func covers(least: Int64, greatest: Int64) -> Bool {
    contains(least) && contains(greatest)
  }
}

/// Instants as people write them on a command line.
public enum InstantText {
  /// Returns the instant, in nanoseconds since 1970, that `text` names: RFC 3339, `2026-11-07`,
  /// `2026-11-07 10:00[:00]` (on the clock of `zone`), `now`, `today`, `yesterday` and `tomorrow`
  /// (their first instant there), `@` and a Unix time, or `-` and a length of time before now.
  /// - Throws: `TimeInputError` for anything else.
  public static func parse(
    _ text: String, now: Int64, zone: ZoneRules = .utc
  ) throws(TimeInputError) -> Int64 {
    switch text {
    case "now": return now
    case "today": return zone.startOfDay(now)
    case "yesterday": return zone.startOfDay(now, days: -1)
    case "tomorrow": return zone.startOfDay(now, days: 1)
    default: break
    }
    if text.hasPrefix("-"), let span = try? TimeSpan(parsing: String(text.dropFirst())) {
      return span.negated.added(to: now, in: zone)
    }
    if text.hasPrefix("@"), let instant = unixTime(text.dropFirst()) { return instant }
    if let instant = TimeText.parse(text, in: zone) { return instant }
    throw TimeInputError(
      "cannot read \"\(text)\" as a time (write 2026-11-07, 2026-11-07T10:00:00Z, -7d, today,"
        + " yesterday, now or @1700000000)")
  }

  /// Seconds, milliseconds, microseconds or nanoseconds by magnitude, else seconds; a fraction of a
  /// second may follow.
  private static func unixTime(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ Int64($0) }) else { return nil }
    if parts.count == 1, let instant = TimeText.epoch(whole) { return instant }
    let (seconds, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return nil }
    guard parts.count == 2 else { return seconds }
    guard (1...9).contains(parts[1].utf8.count),
      parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let fraction = Int64(parts[1] + String(repeating: "0", count: 9 - parts[1].utf8.count))
    else { return nil }
    return whole < 0 ? seconds &- fraction : seconds &+ fraction
  }
}
