// Minutes, hours, days, weeks and months of a time zone's calendar.

/// Stretches of time that a calendar makes of all instants: each belongs to exactly one, and one
/// begins where the one before ends.
///
/// A day begins at the first instant of its date, midnight or not, and ends where a later date
/// begins: it has 23, 24 or 25 hours, or what else the zone does to it; a date that the zone leaps
/// over has no bucket, and what is left of a date that comes back belongs to the later one. Weeks,
/// months, quarters and years are made of days. What is shorter than a day is cut where the clock
/// is set: an hour that the clock shows twice is two buckets.
public struct CalendarBuckets: Hashable, Sendable {
  /// The first day of a week.
  public enum WeekStart: String, CaseIterable, Sendable {
    /// ISO 8601.
    case monday
    case sunday
  }

  /// The length of a bucket.
  public enum Unit: Hashable, Sendable {
    /// So many minutes, a divisor of 1,440, counted from midnight.
    case minutes(Int)
    case day
    case week(WeekStart)
    case month, quarter, year

    /// An hour.
    public static let hour = Unit.minutes(60)
  }

  public let unit: Unit
  public let zone: ZoneRules

  /// Creates the buckets of `unit` on the clock of `zone`.
  public init(_ unit: Unit, zone: ZoneRules = .utc) {
    if case .minutes(let minutes) = unit {
      precondition(minutes > 0 && 1_440 % minutes == 0, "BUG: \(minutes) minutes are no unit")
    }
    self.unit = unit
    self.zone = zone
  }

  /// The first and the last instant of the bucket that holds `instant`, in nanoseconds since 1970;
  /// they saturate at the ends of Int64.
  public func bucket(containing instant: Int64) -> ClosedRange<Int64> {
    let second = ZoneRules.second(of: instant)
    let (start, end) =
      if case .minutes(let minutes) = unit {
        bucket(containing: second, minutes: Int64(minutes))
      } else {
        span(of: daysOfUnit(containing: second))
      }
    let (behind, overflow) = ZoneRules.nanoseconds(ofSecond: end)
    return ZoneRules.clampedNanoseconds(ofSecond: start)...(overflow ? behind : behind - 1)
  }

  /// The first instant of the bucket that holds `instant`.
  public func start(of instant: Int64) -> Int64 { bucket(containing: instant).lowerBound }

  /// The first instant behind the bucket that holds `instant`; nil when time ends before.
  public func next(after instant: Int64) -> Int64? {
    let last = bucket(containing: instant).upperBound
    return last == .max ? nil : last + 1
  }

  /// The date on which the unit of the bucket that holds `instant` begins, of which there may be no
  /// instant; for what is shorter than a day, the date.
  public func firstDate(of instant: Int64) -> UTCDay {
    let days = daysOfUnit(containing: ZoneRules.second(of: instant))
    return UTCDay(number: Int32(truncatingIfNeeded: days.lowerBound))
  }

  /// The bucket in seconds, half-open.
  private func bucket(
    containing second: Int64, minutes: Int64
  ) -> (start: Int64, end: Int64) {
    let length = minutes * 60
    let stretch = zone.stretch(atSecond: second)
    let local = second + stretch.offset
    let start = local - Self.remainder(local, length) - stretch.offset
    return (max(start, stretch.start), min(start + length, stretch.end))
  }

  /// The days, counted from 1970-01-01, of the unit whose bucket holds `second`.
  private func daysOfUnit(containing second: Int64) -> Range<Int> {
    let local = second + zone.stretch(atSecond: second).offset
    let day = (local - Self.remainder(local, Self.daySeconds)) / Self.daySeconds
    var first = firstDay(of: Int(day))
    while true {
      let next = firstDay(after: first)
      // When the clock was set back over midnight, the next date has begun already.
      if midnight(of: next) > second { return first..<next }
      first = next
    }
  }

  /// The bucket of the unit of `days` in seconds, half-open.
  private func span(of days: Range<Int>) -> (start: Int64, end: Int64) {
    (midnight(of: days.lowerBound), midnight(of: days.upperBound))
  }

  /// The first second of `day`, or of a later date when there is none.
  private func midnight(of day: Int) -> Int64 {
    zone.firstSecond(showing: Int64(day) * Self.daySeconds)
  }

  private static let daySeconds: Int64 = 86_400

  /// The day, counted from 1970-01-01, on which the unit that holds `day` begins.
  private func firstDay(of day: Int) -> Int {
    switch unit {
    case .minutes, .day: return day
    case .week(let start):
      // 1970-01-01 was a Thursday.
      return day - Int(Self.remainder(Int64(day) + (start == .monday ? 3 : 4), 7))
    case .month, .quarter, .year:
      let (year, month, _) = UTCDay(number: Int32(truncatingIfNeeded: day)).civil
      return Self.firstDay(year: year, month: month - (month - 1) % unit.months)
    }
  }

  /// The first day of the unit behind the one that begins on `first`.
  private func firstDay(after first: Int) -> Int {
    switch unit {
    case .minutes, .day: return first + 1
    case .week: return first + 7
    case .month, .quarter, .year:
      let (year, month, _) = UTCDay(number: Int32(truncatingIfNeeded: first)).civil
      let next = month + unit.months
      return next > 12
        ? Self.firstDay(year: year + 1, month: next - 12) : Self.firstDay(year: year, month: next)
    }
  }

  private static func firstDay(year: Int, month: Int) -> Int {
    Int(UTCDay(year: year, month: month, day: 1).number)
  }

  private static func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }
}

extension CalendarBuckets.Unit {
  /// Months of those units that are made of months.
  fileprivate var months: Int {
    switch self {
    case .quarter: 3
    case .year: 12
    case .minutes, .day, .week, .month: 1
    }
  }

  /// About how long a bucket is, in nanoseconds.
  public var nominalNanoseconds: Int64 {
    switch self {
    case .minutes(let minutes): Int64(minutes) * 60_000_000_000
    case .day: UTCDay.nanoseconds
    case .week: 7 * UTCDay.nanoseconds
    case .month: 30 * UTCDay.nanoseconds
    case .quarter: 91 * UTCDay.nanoseconds
    case .year: 365 * UTCDay.nanoseconds
    }
  }
}
