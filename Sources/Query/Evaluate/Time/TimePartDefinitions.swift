// The functions that give a part of a time: its hour, its month, the time as text.

import EvtCore

extension FunctionDefinition {
  static let timeParts: [FunctionDefinition] = [
    clockPart("toSecond", "second") { TimeFunctions.timeOfDay($0) / TimeFunctions.second % 60 },
    clockPart("toMillisecond", "millisecond") {
      TimeFunctions.timeOfDay($0) / 1_000_000 % 1_000
    },
    clockPart("toMinute", "minute") { TimeFunctions.timeOfDay($0) / TimeFunctions.minute % 60 },
    clockPart("toHour", "hour") { TimeFunctions.timeOfDay($0) / TimeFunctions.hour },
    datePart("toDayOfMonth", "day", "dayofmonth") { $0.civil.day },
    datePart("toDayOfYear", "dayofyear") { TimeFunctions.dayOfYear($0) },
    datePart("toMonth", "month") { $0.civil.month },
    datePart("toQuarter", "quarter") { ($0.civil.month - 1) / 3 + 1 },
    datePart("toYear", "year") { $0.civil.year },
    datePart("toISOWeek") { TimeFunctions.isoWeek($0) },
    datePart("toISOYear") { TimeFunctions.isoYear($0) },
    datePart("toYYYYMM") { $0.civil.year * 100 + $0.civil.month },
    datePart("toYYYYMMDD") { $0.civil.year * 10_000 + $0.civil.month * 100 + $0.civil.day },
    clockPart("toYYYYMMDDhhmmss") { clock in
      let (year, month, day) = UTCDay(containing: clock).civil
      let date = Int64(year * 10_000 + month * 100 + day)
      let time = TimeFunctions.timeOfDay(clock) / TimeFunctions.second
      return date * 1_000_000 + time / 3_600 * 10_000 + time / 60 % 60 * 100 + time % 60
    },
    moded("toDayOfWeek", "dayofweek") { day, mode in
      let monday = TimeFunctions.weekday(day)
      return switch mode & 3 {
      case 0: monday + 1
      case 1: monday
      case 2: (monday + 1) % 7
      default: (monday + 1) % 7 + 1
      }
    },
    moded("toWeek", "week") { TimeFunctions.week($0, mode: $1).week },
    moded("toYearWeek", "yearweek") { day, mode in
      let (year, week) = TimeFunctions.week(day, mode: mode | 2)
      return year * 100 + week
    },
    zoned(
      FunctionDefinition("monthName", "monthname", takes: [.time], gives: .text) { context in
        let zone = context.zone
        return {
          TimeFunctions.day($0[0], zone).map { .text(TimeFormat.months[$0.civil.month - 1]) }
            ?? .null
        }
      }, at: 9, keeps: false),
    zoned(
      FunctionDefinition(
        "formatDateTime", "date_format", takes: [.time, .text, .text], arity: 2...3, gives: .text,
        nulls: .partial
      ) { context in
        let zone = context.zone
        return { arguments in
          guard let format = arguments[1].textBytes else { return .null }
          return TimeFormat.text(arguments[0], format, zone).map { .text($0) } ?? .null
        }
      }, at: 2, keeps: false),
    zoned(
      FunctionDefinition(
        "toTimeZone", "toTimezone", takes: [.time, .text], gives: .time
      ) { $0[0] }, at: 1),
    zoned(
      FunctionDefinition(
        "toUnixTimestamp", takes: [[.time, .text], .text], arity: 1...2, gives: .number,
        nulls: .partial
      ) { context in
        let zone = context.zone
        return { arguments in
          guard let converted = TargetType.dateTime(zone).convert(arguments[0], in: zone),
            case .time(let time) = converted
          else { return .null }
          return .int(TimeFunctions.floor(time, to: TimeFunctions.second) / TimeFunctions.second)
        }
      }, at: 1, keeps: false),
    epoch("toUnixTimestamp64Milli", 1_000_000), epoch("toUnixTimestamp64Micro", 1_000),
    epoch("toUnixTimestamp64Nano", 1), epoch("toUnixTimestamp64Second", TimeFunctions.second),
  ]

  private static func clockPart(
    _ name: String, _ synonyms: String..., body: @escaping @Sendable (Int64) -> Int64
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: [.time, .text], arity: 1...2, gives: .number
    ) { context in
      let zone = context.zone
      return { TimeFunctions.clock($0[0], zone).map { .int(body($0)) } ?? .null }
    }
    function.synonyms = synonyms
    return zoned(function, at: 1, keeps: false)
  }

  private static func datePart(
    _ name: String, _ synonyms: String..., body: @escaping @Sendable (UTCDay) -> Int
  ) -> FunctionDefinition {
    var function = clockPart(name) { Int64(body(UTCDay(containing: $0))) }
    function.synonyms = synonyms
    return function
  }

  private static func moded(
    _ name: String, _ synonym: String, body: @escaping @Sendable (UTCDay, Int64) -> Int
  ) -> FunctionDefinition {
    zoned(
      FunctionDefinition(
        name, synonym, takes: [.time, .number, .text], arity: 1...3, gives: .number
      ) { context in
        let zone = context.zone
        return { arguments in
          guard let day = TimeFunctions.day(arguments[0], zone),
            let mode = arguments.count > 1 ? arguments[1].integer : 0
          else { return .null }
          return .int(Int64(body(day, mode)))
        }
      }, at: 2, keeps: false)
  }

  private static func epoch(_ name: String, _ unit: Int64) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.time], gives: .number) { arguments in
      TimeFunctions.clock(arguments[0], .utc).map {
        .int(TimeFunctions.floor($0, to: unit) / unit)
      } ?? .null
    }
  }
}
