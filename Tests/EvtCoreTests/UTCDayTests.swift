// Days and quarter hours against the calendar.

import Testing

@testable import EvtCore

@Suite("UTCDay") struct UTCDayTests {
  @Test("counts every day of eight centuries in order") func everyDay() {
    var number = Int32(UTCDay(year: 1600, month: 1, day: 1).number)
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for year in 1600..<2400 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for month in 1...12 {
        for day in 1...(lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)) {
          let date = UTCDay(year: year, month: month, day: day)
          #expect(date.number == number)
          #expect(date.civil == (year, month, day))
          number += 1
        }
      }
    }
  }

  @Test("puts instants before 1970 into the right day") func negative() {
    #expect(UTCDay(containing: -1).description == "1969-12-31")
    #expect(UTCDay(containing: 0).description == "1970-01-01")
    #expect(UTCDay.quarter(of: -1) == 95)
    #expect(UTCDay.quarter(of: 900_000_000_000) == 1)
    #expect(UTCDay(containing: .min).start == .min)
  }
}
