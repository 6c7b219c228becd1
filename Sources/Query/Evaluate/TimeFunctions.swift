// Functions of instants and dates, in UTC.

import EvtCore

enum TimeFunctions {
  /// Applies one of the functions whose first argument is a time.
  static func apply(_ function: ScalarFunction, _ arguments: [Value]) -> Value {
    if case .text(let text) = arguments[0] {
      guard let parsed = text.withUnsafeBytes({ TimeText.parse($0) }) else { return .null }
      return function == .toDate
        ? .date(UTCDay(containing: parsed).number) : .time(floor(parsed, to: second))
    }
    let time: Int64
    switch arguments[0] {
    case .time(let instant): time = instant
    case .date(let day): time = UTCDay(number: day).start
    case .null, .bool, .int, .double, .decimal, .text, .json, .array, .tuple: return .null
    }
    let day = UTCDay(containing: time)
    switch function {
    case .toDate: return .date(day.number)
    case .toDateTime: return .time(floor(time, to: second))
    case .toStartOfMinute: return .time(floor(time, to: minute))
    case .toStartOfFiveMinutes: return .time(floor(time, to: 5 * minute))
    case .toStartOfTenMinutes: return .time(floor(time, to: 10 * minute))
    case .toStartOfFifteenMinutes: return .time(floor(time, to: 15 * minute))
    case .toStartOfHour: return .time(floor(time, to: 60 * minute))
    case .toStartOfDay: return .time(floor(time, to: UTCDay.nanoseconds))
    case .toStartOfWeek: return startOfWeek(day, arguments)
    case .toMonday: return .date(day.number &- Int32(weekday(day)))
    case .toStartOfMonth, .toStartOfQuarter, .toStartOfYear: return .date(start(function, day))
    case .toMinute: return .int(timeOfDay(time) / minute % 60)
    case .toHour: return .int(timeOfDay(time) / (60 * minute))
    case .toDayOfWeek: return .int(Int64(weekday(day)) + 1)
    case .toDayOfMonth: return .int(Int64(day.civil.day))
    case .toMonth: return .int(Int64(day.civil.month))
    case .toYear: return .int(Int64(day.civil.year))
    default: preconditionFailure("BUG: \(function) is no function of time")
    }
  }

  private static let second: Int64 = 1_000_000_000
  private static let minute: Int64 = 60_000_000_000

  /// The last multiple of `unit` at or before `time`; the earliest instant when that has none.
  static func floor(_ time: Int64, to unit: Int64) -> Int64 {
    let rest = time % unit
    let (floored, overflow) = time.subtractingReportingOverflow(rest < 0 ? rest + unit : rest)
    return overflow ? .min : floored
  }

  private static func timeOfDay(_ time: Int64) -> Int64 {
    let rest = time % UTCDay.nanoseconds
    return rest < 0 ? rest + UTCDay.nanoseconds : rest
  }

  /// 0 for Monday to 6 for Sunday.
  private static func weekday(_ day: UTCDay) -> Int {
    // 1970-01-01 was a Thursday.
    let shifted = (Int(day.number) + 3) % 7
    return shifted < 0 ? shifted + 7 : shifted
  }

  /// Weeks begin on Sunday in mode 0, the default, and on Monday in the odd modes.
  private static func startOfWeek(_ day: UTCDay, _ arguments: [Value]) -> Value {
    var mode: Int64 = 0
    if arguments.count > 1 {
      guard case .int(let given) = arguments[1] else { return .null }
      mode = given
    }
    let monday = weekday(day)
    let back = mode & 1 == 1 ? monday : (monday + 1) % 7
    return .date(day.number &- Int32(back))
  }

  private static func start(_ function: ScalarFunction, _ day: UTCDay) -> Int32 {
    let (year, month, _) = day.civil
    let first =
      switch function {
      case .toStartOfMonth: month
      case .toStartOfQuarter: (month - 1) / 3 * 3 + 1
      default: 1
      }
    return UTCDay(year: year, month: first, day: 1).number
  }
}
