// The rule of a time zone for the years that no table lists: CET-1CEST,M3.5.0,M10.5.0/3.

/// A zone as POSIX writes it in the variable TZ, with the extensions of RFC 8536: standard time
/// alone, or with the days of each year on which another time begins and ends.
struct PosixZoneRule {
  /// Seconds east of UTC in standard time.
  let offset: Int64
  /// The other time of the year, usually one hour ahead in summer.
  private let alternative: (offset: Int64, start: YearDay, end: YearDay)?

  /// A moment of each year on the clock that is being left.
  fileprivate struct YearDay {
    enum Date {
      /// Day 1...365 of the year, 29 February never counted.
      case julian(Int)
      /// Day 0...365 of the year.
      case ordinal(Int)
      /// The last (5) or the first to fourth weekday (0 is Sunday) of a month.
      case weekday(month: Int, week: Int, weekday: Int)
    }

    var date: Date
    /// Seconds from the midnight of the day, up to a week in either direction.
    var time: Int64
  }

  /// Reads the whole of `text`; nil when it is no rule.
  init?(parsing text: some Sequence<UInt8>) {
    var cursor = RuleCursor(rest: Array(text)[...])
    guard cursor.skipName(), let west = cursor.time(hoursMax: 24) else { return nil }
    offset = -west
    guard !cursor.rest.isEmpty else {
      alternative = nil
      return
    }
    guard cursor.skipName() else { return nil }
    var alternativeOffset = offset + 3_600
    if cursor.rest.first != UInt8(ascii: ",") {
      guard let west = cursor.time(hoursMax: 24) else { return nil }
      alternativeOffset = -west
    }
    guard let start = Self.yearDay(&cursor), let end = Self.yearDay(&cursor), cursor.rest.isEmpty,
      ZoneRules.offsetsAllowed.contains(offset),
      ZoneRules.offsetsAllowed.contains(alternativeOffset)
    else { return nil }
    alternative = (alternativeOffset, start, end)
  }

  /// The changes that the rule makes after `second`, as far as nanoseconds in Int64 reach; all of
  /// them for nil.
  func changes(after second: Int64?) -> [(second: Int64, offset: Int64)] {
    guard let alternative else { return [] }
    var changes: [(second: Int64, offset: Int64)] = []
    // Some of a year's changes fall into the years beside it.
    for year in 1676...2263 {
      let start = alternative.start.second(year: year) - offset
      let end = alternative.end.second(year: year) - alternative.offset
      changes.append((start, alternative.offset))
      changes.append((end, offset))
    }
    // Where one year's end is the next one's start, there is no end.
    func isStart(_ change: (second: Int64, offset: Int64)) -> Int {
      change.offset == alternative.offset ? 1 : 0
    }
    changes.sort { ($0.second, isStart($0)) < ($1.second, isStart($1)) }
    return changes.filter { $0.second > second ?? .min }
  }

  private static func yearDay(_ cursor: inout RuleCursor) -> YearDay? {
    guard cursor.take(","), let date = date(&cursor) else { return nil }
    guard cursor.take("/") else { return YearDay(date: date, time: 2 * 3_600) }
    return cursor.time(hoursMax: 167).map { YearDay(date: date, time: $0) }
  }

  private static func date(_ cursor: inout RuleCursor) -> YearDay.Date? {
    if cursor.take("J") { return cursor.number(in: 1...365).map { .julian($0) } }
    guard cursor.take("M") else { return cursor.number(in: 0...365).map { .ordinal($0) } }
    guard let month = cursor.number(in: 1...12), cursor.take("."),
      let week = cursor.number(in: 1...5), cursor.take("."),
      let weekday = cursor.number(in: 0...6)
    else { return nil }
    return .weekday(month: month, week: week, weekday: weekday)
  }
}

extension PosixZoneRule.YearDay {
  /// The moment in `year` as seconds since 1970 of the local clock.
  fileprivate func second(year: Int) -> Int64 {
    let newYear = Int(UTCDay(year: year, month: 1, day: 1).number)
    let day: Int
    switch date {
    case .julian(let number):
      let isLeap = UTCDay.daysInMonth(year: year, month: 2) == 29
      day = newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)
    case .ordinal(let number): day = newYear + number
    case .weekday(let month, let week, let weekday):
      let first = Int(UTCDay(year: year, month: month, day: 1).number)
      // 1970-01-01 was a Thursday, 4 when Sunday is 0.
      let firstWeekday = ((first + 4) % 7 + 7) % 7
      let inMonth = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      let isBeyond = inMonth >= UTCDay.daysInMonth(year: year, month: month)
      day = first + (isBeyond ? inMonth - 7 : inMonth)
    }
    return Int64(day) * 86_400 + time
  }
}

/// Reads the pieces of a rule from left to right.
private struct RuleCursor {
  private(set) var rest: ArraySlice<UInt8>

  init(rest: ArraySlice<UInt8>) { self.rest = rest }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// Skips the name of a time: three letters or more, or anything between angle brackets.
  mutating func skipName() -> Bool {
    if take("<") {
      let name = rest.prefix { $0 != UInt8(ascii: ">") }
      rest = rest.dropFirst(name.count)
      return !name.isEmpty && take(">")
    }
    let name = rest.prefix { (0x41...0x5A).contains($0 & 0xDF) }
    rest = rest.dropFirst(name.count)
    return name.count >= 3
  }

  /// Reads `[+-]hh[:mm[:ss]]` as seconds.
  mutating func time(hoursMax: Int) -> Int64? {
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    guard let hours = number(in: 0...hoursMax) else { return nil }
    var seconds = hours * 3_600
    if take(":") {
      guard let minutes = number(in: 0...59) else { return nil }
      seconds += minutes * 60
      if take(":") {
        guard let more = number(in: 0...59) else { return nil }
        seconds += more
      }
    }
    return Int64(isNegative ? -seconds : seconds)
  }

  mutating func number(in range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard (1...3).contains(digits.count) else { return nil }
    rest = rest.dropFirst(digits.count)
    let value = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    return range.contains(value) ? value : nil
  }
}
