// Days and quarter hours of UTC, the units in which events are partitioned and counted.

/// A UTC day, counted from 1970-01-01.
public struct UTCDay: Hashable, Comparable, Sendable {
  public static let nanoseconds: Int64 = 86_400_000_000_000
  public static let quarterNanoseconds: Int64 = nanoseconds / 96

  public var number: Int32

  /// Creates the day `number` days after 1970-01-01.
  public init(number: Int32) { self.number = number }

  /// Creates the day that holds the instant `nanoseconds` after 1970-01-01T00:00Z.
  public init(containing nanoseconds: Int64) {
    let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: Self.nanoseconds)
    number = Int32(truncatingIfNeeded: remainder < 0 ? quotient - 1 : quotient)
  }

  /// The first instant of the day in nanoseconds; saturates at the ends of Int64.
  public var start: Int64 {
    let (start, overflow) = Int64(number).multipliedReportingOverflow(by: Self.nanoseconds)
    return overflow ? (number < 0 ? .min : .max) : start
  }

  /// The quarter hour of the day, 0...95, that holds the instant.
  public static func quarter(of nanoseconds: Int64) -> Int {
    let day = nanoseconds % Self.nanoseconds
    return Int((day < 0 ? day + Self.nanoseconds : day) / quarterNanoseconds)
  }

  /// Orders days by time.
  public static func < (left: UTCDay, right: UTCDay) -> Bool { left.number < right.number }

  /// Year, month and day in the proleptic Gregorian calendar. After Howard Hinnant,
  /// "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  public var civil: (year: Int, month: Int, day: Int) {
    let shifted = Int(number) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  /// Creates a day from a date of the proleptic Gregorian calendar (days_from_civil, same source).
  /// The caller has checked the ranges of month and day; a month's excess days run on.
  public init(year: Int, month: Int, day: Int) {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = Int32(truncatingIfNeeded: era * 146_097 + dayOfEra - 719_468)
  }

  /// The date as `2026-11-20`.
  public var description: String {
    let (year, month, day) = civil
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}
