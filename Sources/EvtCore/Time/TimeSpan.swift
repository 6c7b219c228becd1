// Lengths of time as people write them: 30m, 7d, 1d12h, 3mo.

/// A length of time: a fixed part in nanoseconds and calendar months, which have no fixed length.
public struct TimeSpan: Hashable, Sendable {
  public var months: Int64
  public var nanoseconds: Int64

  /// Creates the span of `months` and `nanoseconds`.
  public init(months: Int64 = 0, nanoseconds: Int64 = 0) {
    self.months = months
    self.nanoseconds = nanoseconds
  }

  /// Units by name: months, nanoseconds.
  static let units: [(name: String, months: Int64, nanoseconds: Int64)] = [
    ("ms", 0, 1_000_000), ("s", 0, 1_000_000_000), ("m", 0, 60_000_000_000),
    ("h", 0, 3_600_000_000_000), ("d", 0, UTCDay.nanoseconds), ("w", 0, 7 * UTCDay.nanoseconds),
    ("mo", 1, 0), ("y", 12, 0),
  ]

  /// Reads numbers with units behind each other: `90s`, `1d12h`, `2w`; units are ms, s, m
  /// (minutes), h, d (24 h), w, mo (calendar months) and y.
  /// - Throws: `TimeInputError` for anything else, also for what overflows.
  public init(parsing text: String) throws(TimeInputError) {
    func wrong(_ why: String) -> TimeInputError {
      TimeInputError(
        "cannot read \"\(text)\" as a length of time: \(why) (write 30m, 7d or 1d12h)")
    }
    var months: Int64 = 0
    var nanoseconds: Int64 = 0
    var rest = text.utf8[...]
    if rest.isEmpty { throw wrong("it is empty") }
    while !rest.isEmpty {
      let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { !($0 >= 0x30 && $0 <= 0x39) }
      rest = rest.dropFirst(letters.count)
      if digits.isEmpty { throw wrong("a number must come first") }
      if letters.isEmpty { throw wrong("the unit is missing") }
      let unitName = String(decoding: letters, as: UTF8.self)
      guard let unit = Self.units.first(where: { $0.name == unitName }) else {
        throw wrong("\"\(unitName)\" is not one of the units ms s m h d w mo y")
      }
      guard let number = Int64(String(decoding: digits, as: UTF8.self)),
        let moreMonths = Self.product(number, unit.months),
        let moreNanoseconds = Self.product(number, unit.nanoseconds),
        case let (newMonths, false) = months.addingReportingOverflow(moreMonths),
        case let (newNanoseconds, false) = nanoseconds.addingReportingOverflow(moreNanoseconds)
      else { throw wrong("it is too long") }
      months = newMonths
      nanoseconds = newNanoseconds
    }
    self.init(months: months, nanoseconds: nanoseconds)
  }

  /// The length in nanoseconds, nil when it has calendar months.
  public var fixedNanoseconds: Int64? { months == 0 ? nanoseconds : nil }

  /// The same length backwards.
  public var negated: TimeSpan {
    TimeSpan(months: 0 &- months, nanoseconds: 0 &- nanoseconds)
  }

  /// Returns `instant` moved by this span: first the months on the clock of `zone`, keeping the day
  /// of the month or taking the month's last, then the fixed part. Saturates at the ends of Int64.
  public func added(to instant: Int64, in zone: ZoneRules = .utc) -> Int64 {
    var moved = instant
    if months != 0 {
      let local = zone.clock(at: instant)
      let day = UTCDay(containing: local)
      let timeOfDay = local &- day.start
      let (start, overflow) = Self.start(of: day, movedByMonths: months)
      if overflow { return months < 0 ? .min : .max }
      let (sum, past) = start.addingReportingOverflow(timeOfDay)
      moved = past ? (months < 0 ? .min : .max) : zone.firstInstant(showing: sum)
    }
    let (sum, overflow) = moved.addingReportingOverflow(nanoseconds)
    return overflow ? (nanoseconds < 0 ? .min : .max) : sum
  }

  /// Whether `day` has an instant in Int64 nanoseconds.
  private static let daysWithin: ClosedRange<Int64> = -106_750...106_750

  private static func start(
    of day: UTCDay, movedByMonths months: Int64
  ) -> (start: Int64, overflow: Bool) {
    let (year, month, dayOfMonth) = day.civil
    guard months.magnitude < 12_000 else { return (0, true) }
    let total = year * 12 + (month - 1) + Int(months)
    let newYear = total >= 0 ? total / 12 : (total - 11) / 12
    let newMonth = total - newYear * 12 + 1
    let last = Int(UTCDay.daysInMonth(year: newYear, month: newMonth))
    let moved = UTCDay(year: newYear, month: newMonth, day: min(dayOfMonth, last))
    guard daysWithin.contains(Int64(moved.number)) else { return (0, true) }
    return (moved.start, false)
  }

  private static func product(_ left: Int64, _ right: Int64) -> Int64? {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? nil : product
  }
}

extension UTCDay {
  /// The number of days of a month of the Gregorian calendar.
  public static func daysInMonth(year: Int, month: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}
