// The functions that give the start of the stretch of time that holds a time.

import EvtCore

extension FunctionDefinition {
  static let timeStarts: [FunctionDefinition] = [
    instants("toStartOfSecond", TimeFunctions.second, nil),
    instants("toStartOfMinute", TimeFunctions.minute, 1),
    instants("toStartOfFiveMinutes", 5 * TimeFunctions.minute, 5, "toStartOfFiveMinute"),
    instants("toStartOfTenMinutes", 10 * TimeFunctions.minute, 10),
    instants("toStartOfFifteenMinutes", 15 * TimeFunctions.minute, 15),
    instants("timeSlot", 30 * TimeFunctions.minute, 30),
    instants("toStartOfHour", TimeFunctions.hour, 60),
    startOfDay,
    dates("toMonday", .week(.monday)) { TimeFunctions.monday($0) },
    startOfWeek,
    dates("toStartOfMonth", .month) { TimeFunctions.firstOfMonth($0) },
    dates("toStartOfQuarter", .quarter) { TimeFunctions.firstOfMonth($0, months: 3) },
    dates("toStartOfYear", .year) { TimeFunctions.firstOfMonth($0, months: 12) },
    dates("toStartOfISOYear", nil) { TimeFunctions.isoYearStart(TimeFunctions.isoYear($0)) },
    dates("toLastDayOfMonth", nil, "LAST_DAY", "last_day") { day in
      let (year, month, _) = day.civil
      return UTCDay(
        year: year, month: month, day: UTCDay.daysInMonth(year: year, month: month))
    },
    zoned(
      FunctionDefinition(
        "date_trunc", "dateTrunc", "datetrunc", takes: [.text, .time, .text], arity: 2...3,
        gives: .time
      ) { context throws(CallProblem) in
        guard let word = context.text(0), let unit = StartUnit(word) else {
          throw CallProblem(
            argument: 0, message: "the unit of date_trunc is a text such as 'day'", hint: nil)
        }
        let zone = context.zone
        return { unit.start(of: $0[1], count: 1, zone) }
      }, at: 2),
    startOfInterval,
  ]

  /// A function that takes the name of a time zone at `place`.
  static func zoned(_ function: FunctionDefinition, at place: Int, keeps: Bool = true) -> Self {
    var function = function
    function.zonePlace = place
    function.keepsZone = keeps
    return function
  }

  private static func instants(
    _ name: String, _ length: Int64, _ minutes: Int?, _ synonym: String? = nil
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: [.time, .text], arity: 1...2, gives: .time
    ) { context in
      let zone = context.zone
      return { start(of: $0[0], length, zone) }
    }
    if let synonym { function.synonyms = [synonym] }
    if let minutes { function.bucket = TimeBucket(unit: .minutes(minutes), isDate: false) }
    return zoned(function, at: 1)
  }

  /// The start of what is shorter than a day, where the clock was last set at the earliest.
  private static func start(of value: Value, _ length: Int64, _ zone: ZoneRules) -> Value {
    switch value {
    case .time(let time):
      let clock = zone.clock(at: time)
      return .time(time &- (clock &- TimeFunctions.floor(clock, to: length)))
    case .date(let day): return .time(UTCDay(number: day).start)
    case .null, .bool, .int, .double, .decimal, .text, .json, .array, .tuple: return .null
    }
  }

  private static let startOfDay: FunctionDefinition = {
    var function = FunctionDefinition(
      "toStartOfDay", takes: [.time, .text], arity: 1...2, gives: .time
    ) { context in
      let zone = context.zone
      return { StartUnit.day.start(of: $0[0], count: 1, zone) }
    }
    function.bucket = TimeBucket(unit: .day, isDate: false)
    return zoned(function, at: 1)
  }()

  private static func dates(
    _ name: String, _ unit: CalendarBuckets.Unit?, _ synonyms: String...,
    body: @escaping @Sendable (UTCDay) -> UTCDay
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: [.time, .text], arity: 1...2, gives: .time
    ) { context in
      let zone = context.zone
      return { TimeFunctions.day($0[0], zone).map { .date(body($0).number) } ?? .null }
    }
    function.synonyms = synonyms
    if let unit { function.bucket = TimeBucket(unit: unit, isDate: true) }
    return zoned(function, at: 1, keeps: false)
  }

  /// Weeks begin on Sunday in mode 0, the default, and on Monday in the odd modes.
  private static let startOfWeek: FunctionDefinition = {
    let function = FunctionDefinition(
      "toStartOfWeek", takes: [.time, .number, .text], arity: 1...3, gives: .time
    ) { context in
      let zone = context.zone
      return { arguments in
        guard let day = TimeFunctions.day(arguments[0], zone),
          let mode = arguments.count > 1 ? arguments[1].integer : 0
        else { return .null }
        let monday = TimeFunctions.weekday(day)
        return .date(day.number &- Int32(mode & 1 == 1 ? monday : (monday + 1) % 7))
      }
    }
    return zoned(function, at: 2, keeps: false)
  }()

  private static let startOfInterval: FunctionDefinition = {
    var function = FunctionDefinition(
      "toStartOfInterval", takes: [.time, .number, .text, .text], arity: 3...4, gives: .time,
      nulls: .partial
    ) { context throws(CallProblem) in
      guard let word = context.text(2), let unit = StartUnit(word),
        let count = context.constant(1)?.integer, count > 0, count < 1 << 31
      else {
        throw CallProblem(
          argument: 1, message: "toStartOfInterval takes an INTERVAL of constant length",
          hint: "write INTERVAL 15 MINUTE")
      }
      let zone = context.zone
      return { unit.start(of: $0[0], count: count, zone) }
    }
    function.takesInterval = true
    return zoned(function, at: 3)
  }()
}

/// The units of `date_trunc` and `toStartOfInterval`.
enum StartUnit: String {
  case nanosecond, microsecond, millisecond, second, minute, hour, day, week, month, quarter, year

  /// The unit of a word such as `DAY` or `days`.
  init?(_ word: String) {
    let lowered = word.lowercased()
    self.init(rawValue: lowered.hasSuffix("s") ? String(lowered.dropLast()) : lowered)
  }

  /// The start of the stretch of `count` units that holds `value`: a date from weeks on.
  func start(of value: Value, count: Int64, _ zone: ZoneRules) -> Value {
    guard let clock = TimeFunctions.clock(value, zone) else { return .null }
    let day = UTCDay(containing: clock)
    func date(_ day: UTCDay) -> Value { .date(day.number) }
    func floor(_ number: Int64) -> Int64 { TimeFunctions.floor(number, to: count) }
    switch self {
    case .nanosecond, .microsecond, .millisecond, .second, .minute, .hour:
      let length = nanoseconds.multipliedClamped(count)
      // Hours are counted from midnight, what is shorter from 1970.
      let midnight = self == .hour ? day.start : 0
      let start = midnight + TimeFunctions.floor(clock - midnight, to: length)
      guard case .time(let time) = value else { return .time(start) }
      return .time(time &- (clock &- start))
    case .day:
      let first = UTCDay(number: Int32(truncatingIfNeeded: floor(Int64(day.number))))
      return .time(zone.firstInstant(showing: first.start))
    case .week:
      // Counted from the first Monday of 1970, the 5th of January.
      let weeks = floor((Int64(TimeFunctions.monday(day).number) - 4) / 7)
      return date(UTCDay(number: Int32(truncatingIfNeeded: weeks * 7 + 4)))
    case .month, .quarter:
      let length = self == .month ? count : 3 * count
      let (year, month, _) = day.civil
      let months = TimeFunctions.floor(Int64((year - 1900) * 12 + month - 1), to: length)
      let start = Int(months) + 1900 * 12
      return date(UTCDay(year: start / 12, month: start % 12 + 1, day: 1))
    case .year:
      return date(UTCDay(year: Int(floor(Int64(day.civil.year))), month: 1, day: 1))
    }
  }

  /// The length of what is shorter than a week.
  var nanoseconds: Int64 {
    switch self {
    case .nanosecond: 1
    case .microsecond: 1_000
    case .millisecond: 1_000_000
    case .second: TimeFunctions.second
    case .minute: TimeFunctions.minute
    case .hour: TimeFunctions.hour
    case .day, .week, .month, .quarter, .year: UTCDay.nanoseconds
    }
  }
}
