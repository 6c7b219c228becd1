// Calendar arithmetic on the clock of a time zone.

import EvtCore

enum TimeFunctions {
  static let second: Int64 = 1_000_000_000
  static let minute: Int64 = 60 * second
  static let hour: Int64 = 60 * minute

  /// The last multiple of `unit` at or before `time`; the earliest instant when that has none.
  static func floor(_ time: Int64, to unit: Int64) -> Int64 {
    let rest = time % unit
    let (floored, overflow) = time.subtractingReportingOverflow(rest < 0 ? rest + unit : rest)
    return overflow ? .min : floored
  }

  /// What the clock shows, as nanoseconds since 1970 of a clock in UTC; nil for no time. A date is
  /// its midnight.
  static func clock(_ value: Value, _ zone: ZoneRules) -> Int64? {
    switch value {
    case .time(let time): zone.clock(at: time)
    case .date(let day): UTCDay(number: day).start
    case .null, .bool, .int, .double, .decimal, .text, .json, .array, .tuple: nil
    }
  }

  /// The date on the clock.
  static func day(_ value: Value, _ zone: ZoneRules) -> UTCDay? {
    clock(value, zone).map { UTCDay(containing: $0) }
  }

  static func timeOfDay(_ clock: Int64) -> Int64 { clock &- floor(clock, to: UTCDay.nanoseconds) }

  /// 0 for Monday to 6 for Sunday.
  static func weekday(_ day: UTCDay) -> Int {
    // 1970-01-01 was a Thursday.
    let shifted = (Int(day.number) + 3) % 7
    return shifted < 0 ? shifted + 7 : shifted
  }

  static func monday(_ day: UTCDay) -> UTCDay {
    UTCDay(number: day.number &- Int32(weekday(day)))
  }

  static func firstOfMonth(_ day: UTCDay, months: Int = 1) -> UTCDay {
    let (year, month, _) = day.civil
    return UTCDay(year: year, month: (month - 1) / months * months + 1, day: 1)
  }

  static func dayOfYear(_ day: UTCDay) -> Int {
    Int(day.number - UTCDay(year: day.civil.year, month: 1, day: 1).number) + 1
  }

  /// The ISO year, whose first week holds 4 January.
  static func isoYear(_ day: UTCDay) -> Int {
    UTCDay(number: monday(day).number &+ 3).civil.year
  }

  static func isoYearStart(_ year: Int) -> UTCDay {
    monday(UTCDay(year: year, month: 1, day: 4))
  }

  static func isoWeek(_ day: UTCDay) -> Int {
    Int(monday(day).number - isoYearStart(isoYear(day)).number) / 7 + 1
  }

  /// The week of the year as MySQL counts it: bit 0 of `mode` says that weeks begin on Monday, bit
  /// 1 that there is no week 0, bit 2 that the first week begins in the year.
  static func week(_ day: UTCDay, mode: Int64) -> (year: Int, week: Int) {
    var mode = mode & 7
    if mode & 1 == 0 { mode ^= 4 }
    let (mondayFirst, weekYear, firstWeekday) = (mode & 1 != 0, mode & 2 != 0, mode & 4 != 0)
    var year = day.civil.year
    var newYear = UTCDay(year: year, month: 1, day: 1)
    func weekdayOf(_ day: UTCDay) -> Int {
      mondayFirst ? weekday(day) : (weekday(day) + 1) % 7
    }
    var weekdayOfNewYear = weekdayOf(newYear)
    var countsFromYear = weekYear
    func belongsBefore(_ weekday: Int) -> Bool {
      firstWeekday ? weekday != 0 : weekday >= 4
    }
    if day.civil.month == 1, day.civil.day <= 7 - weekdayOfNewYear {
      if !countsFromYear, belongsBefore(weekdayOfNewYear) { return (year, 0) }
      countsFromYear = true
      year -= belongsBefore(weekdayOfNewYear) ? 1 : 0
      if belongsBefore(weekdayOfNewYear) {
        newYear = UTCDay(year: year, month: 1, day: 1)
        weekdayOfNewYear = weekdayOf(newYear)
      }
    }
    let offset = Int(day.number - newYear.number)
    let days =
      belongsBefore(weekdayOfNewYear)
      ? offset - (7 - weekdayOfNewYear) : offset + weekdayOfNewYear
    if countsFromYear, days >= 52 * 7 {
      let length = UTCDay.daysInMonth(year: year, month: 2) == 29 ? 366 : 365
      if !belongsBefore((weekdayOfNewYear + length) % 7) { return (year + 1, 1) }
    }
    return (year, days / 7 + 1)
  }

  /// `value` moved by a span; a date stays one when only days are added.
  static func add(_ span: TimeSpan, to value: Value, days: Int64 = 0, _ zone: ZoneRules) -> Value {
    switch value {
    case .date(let day):
      let start = UTCDay(number: day).start
      let (sum, overflow) = start.addingReportingOverflow(
        days.multipliedClamped(UTCDay.nanoseconds))
      guard !overflow else { return .null }
      let moved = span.added(to: sum)
      return span.nanoseconds % UTCDay.nanoseconds == 0
        ? .date(UTCDay(containing: moved).number) : .time(moved)
    case .time(let time):
      if days == 0 { return .time(span.added(to: time, in: zone)) }
      let (sum, overflow) = zone.clock(at: time).addingReportingOverflow(
        days.multipliedClamped(UTCDay.nanoseconds))
      return overflow ? .null : .time(zone.firstInstant(showing: sum))
    case .null, .bool, .int, .double, .decimal, .text, .json, .array, .tuple: return .null
    }
  }
}

extension Int64 {
  /// The product, or the nearest integer that there is.
  func multipliedClamped(_ other: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}
