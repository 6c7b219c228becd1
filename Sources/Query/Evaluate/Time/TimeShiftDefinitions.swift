// The functions that move times, and those that say how far apart two are.

import EvtCore

extension FunctionDefinition {
  static let timeShifts: [FunctionDefinition] =
    [
      constant("now", synonyms: []) { .time(TimeFunctions.floor($0, to: TimeFunctions.second)) },
      constant("now64", arity: 0...1, synonyms: []) {
        .time(TimeFunctions.floor($0, to: 1_000_000))
      },
      constant("today", synonyms: ["current_date", "curdate"]) {
        .date(UTCDay(containing: $0).number)
      },
      constant("yesterday", synonyms: []) { .date(UTCDay(containing: $0).number &- 1) },
      FunctionDefinition(
        "timePlus", takes: [[.time, .number], [.time, .number]], gives: .time, nulls: .partial
      ) { sum($0[0], $0[1]) },
      FunctionDefinition(
        "timeMinus", takes: [.time, [.time, .number]], gives: .time, nulls: .partial
      ) { difference($0[0], $0[1]) }
      .giving { $0[1].families == .time ? .number : .time },
      zoned(
        FunctionDefinition(
          "dateDiff", takes: [.text, .time, .time, .text], arity: 3...4, gives: .number
        ) { context throws(CallProblem) in
          let unit = try unit(context, "dateDiff")
          let zone = context.zone
          return { boundaries(unit, $0[1], $0[2], zone) }
        }, at: 3, keeps: false),
      zoned(
        FunctionDefinition(
          "age", takes: [.text, .time, .time, .text], arity: 3...4, gives: .number
        ) { context throws(CallProblem) in
          let unit = try unit(context, "age")
          let zone = context.zone
          return { age(unit, $0[1], $0[2], zone) }
        }, at: 3, keeps: false),
      FunctionDefinition(
        "makeDate", takes: [.number, .number, .number], arity: 3...3, gives: .time,
        nulls: .partial
      ) { arguments in
        guard let day = day(arguments) else { return .null }
        return .date(day.number)
      },
      zoned(
        FunctionDefinition(
          "makeDateTime", takes: [.number, .number, .number, .number, .number, .number, .text],
          arity: 6...7, gives: .time, nulls: .partial
        ) { context in
          let zone = context.zone
          return { arguments in
            guard let day = day(arguments), let hour = arguments[3].integer,
              let minute = arguments[4].integer, let second = arguments[5].integer,
              (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second)
            else { return .null }
            let clock = day.start + (hour * 3_600 + minute * 60 + second) * TimeFunctions.second
            return .time(zone.firstInstant(showing: clock))
          }
        }, at: 6),
    ]
    + IntervalUnit.allCases.flatMap { unit in [shift("add", unit, 1), shift("subtract", unit, -1)] }

  private static func constant(
    _ name: String, arity: ClosedRange<Int> = 0...0, synonyms: [String],
    body: @escaping @Sendable (Int64) -> Value
  ) -> FunctionDefinition {
    var function = FunctionDefinition(name, takes: [.any], arity: arity, gives: .time) { context in
      let value = body(context.now)
      return { _ in value }
    }
    function.synonyms = synonyms
    return function
  }

  private static func day(_ arguments: [Value]) -> UTCDay? {
    guard let year = arguments[0].integer, let month = arguments[1].integer,
      let day = arguments[2].integer, (1970...2149).contains(year), (1...12).contains(month),
      day >= 1, day <= UTCDay.daysInMonth(year: Int(year), month: Int(month))
    else { return nil }
    return UTCDay(year: Int(year), month: Int(month), day: Int(day))
  }

  /// addDays and its like; days and weeks are those of the zone's calendar.
  private static func shift(
    _ verb: String, _ unit: IntervalUnit, _ sign: Int64
  ) -> FunctionDefinition {
    let word = unit.rawValue.prefix(1) + unit.rawValue.dropFirst().lowercased() + "s"
    var function = FunctionDefinition(
      verb + word, takes: [.time, .number], gives: .time, nulls: .partial
    ) { context in
      let zone = context.zone
      return { arguments in
        guard let count = count(arguments[1]), let span = TimeSpan(count, unit) else {
          return .null
        }
        let signed = sign < 0 ? span.negated : span
        if unit == .day || unit == .week {
          let days = signed.nanoseconds / UTCDay.nanoseconds
          return TimeFunctions.add(TimeSpan(), to: arguments[0], days: days, zone)
        }
        return TimeFunctions.add(signed, to: arguments[0], zone)
      }
    }
    function.keepsZone = true
    return function
  }

  /// A whole number of units; fractions are cut off.
  private static func count(_ value: Value) -> Int64? {
    value.integer ?? Arithmetic.double(value).flatMap { Int64(exactly: $0.rounded(.towardZero)) }
  }

  /// A date and days, or a time and seconds.
  private static func sum(_ left: Value, _ right: Value) -> Value {
    guard let count = count(right) else {
      return self.count(left) == nil ? .null : sum(right, left)
    }
    if case .date = left { return TimeFunctions.add(TimeSpan(), to: left, days: count, .utc) }
    guard let span = TimeSpan(count, .second) else { return .null }
    return TimeFunctions.add(span, to: left, .utc)
  }

  private static func difference(_ left: Value, _ right: Value) -> Value {
    if let count = count(right) { return sum(left, .int(0 &- count)) }
    if case .date(let a) = left, case .date(let b) = right { return .int(Int64(a) - Int64(b)) }
    guard let a = TimeFunctions.clock(left, .utc), let b = TimeFunctions.clock(right, .utc) else {
      return .null
    }
    let nanoseconds = BigInteger(Int128(a) - Int128(b))
    return Arithmetic.number(ExactDecimal(nanoseconds, scale: 9))
  }

  private static func unit(_ context: CallContext, _ name: String) throws(CallProblem) -> StartUnit
  {
    let short = [
      "ss": "second", "s": "second", "mi": "minute", "n": "minute", "hh": "hour",
      "h": "hour", "dd": "day", "d": "day", "wk": "week", "ww": "week", "mm": "month", "m": "month",
      "qq": "quarter", "q": "quarter", "yyyy": "year", "yy": "year", "ms": "millisecond",
    ]
    guard let word = context.text(0)?.lowercased(), let unit = StartUnit(short[word] ?? word) else {
      throw CallProblem(
        argument: 0, message: "the unit of \(name) is a text such as 'day'", hint: nil)
    }
    return unit
  }

  /// How many starts of units lie between two times.
  private static func boundaries(
    _ unit: StartUnit, _ left: Value, _ right: Value, _ zone: ZoneRules
  ) -> Value {
    guard let a = TimeFunctions.clock(left, zone), let b = TimeFunctions.clock(right, zone) else {
      return .null
    }
    func number(_ clock: Int64) -> Int64 {
      let day = UTCDay(containing: clock)
      let (year, month, _) = day.civil
      switch unit {
      case .week: return Int64(TimeFunctions.monday(day).number + 3) / 7
      case .month: return Int64(year * 12 + month)
      case .quarter: return Int64(year * 4 + (month - 1) / 3)
      case .year: return Int64(year)
      default: return TimeFunctions.floor(clock, to: unit.nanoseconds) / unit.nanoseconds
      }
    }
    if unit.nanoseconds <= TimeFunctions.second, case .time(let a) = left, case .time(let b) = right
    {
      return .int(number(b) &- number(a))
    }
    return .int(number(b) &- number(a))
  }

  /// How many whole units lie between two times.
  private static func age(
    _ unit: StartUnit, _ left: Value, _ right: Value, _ zone: ZoneRules
  ) -> Value {
    guard let a = TimeFunctions.clock(left, zone), let b = TimeFunctions.clock(right, zone) else {
      return .null
    }
    if a > b {
      guard case .int(let back) = age(unit, right, left, zone) else { return .null }
      return .int(-back)
    }
    let months: Int64
    switch unit {
    case .month: months = 1
    case .quarter: months = 3
    case .year: months = 12
    case .week: return .int((b &- a) / (7 * UTCDay.nanoseconds))
    default: return .int((b &- a) / unit.nanoseconds)
    }
    let (from, to) = (UTCDay(containing: a).civil, UTCDay(containing: b).civil)
    var passed = Int64((to.year - from.year) * 12 + to.month - from.month)
    let rest = (from.day, TimeFunctions.timeOfDay(a)) > (to.day, TimeFunctions.timeOfDay(b))
    if rest { passed -= 1 }
    return .int(passed / months)
  }
}
