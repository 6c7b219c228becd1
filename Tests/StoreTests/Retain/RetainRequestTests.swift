// Tests of the first day that is kept.

import EvtCore
import Testing

@testable import Store

@Suite struct RetainRequestTests {
  private static let day = UTCDay.nanoseconds

  @Test(
    "whole days go that ended n times 24 hours ago or earlier",
    arguments: [
      // 2026-11-21T00:00Z: the days before 2026-08-23 ended 90 days ago or earlier.
      (90, UTCDay(year: 2026, month: 11, day: 21).start, "2026-08-23"),
      (90, UTCDay(year: 2026, month: 11, day: 21).start - 1, "2026-08-22"),
      (90, UTCDay(year: 2026, month: 11, day: 22).start - 1, "2026-08-23"),
      (1, UTCDay(year: 2026, month: 3, day: 1).start, "2026-02-28"),
      (1, 0, "1969-12-31"), (1, -1, "1969-12-30"), (365, 5, "1969-01-01"),
    ] as [(Int, Int64, String)])
  func cutoff(days: Int, now: Int64, cutoff: String) {
    #expect(RetainRequest(days: days, now: now).cutoff.description == cutoff)
  }

  @Test("the cutoff is the first day that holds or follows the instant, by brute force")
  func bruteForce() {
    for now in stride(from: -3 * Self.day, through: 3 * Self.day, by: Int(Self.day / 5)) {
      for days in 1...4 {
        let request = RetainRequest(days: days, now: now)
        for number in Int32(-12)...12 {
          let end = (Int64(number) + 1) * Self.day
          let isExpired = end <= now - Int64(days) * Self.day
          #expect((UTCDay(number: number) < request.cutoff) == isExpired, "\(now), \(days)")
        }
      }
    }
  }

  @Test(
    "no number of days and no clock overflows",
    arguments: [1, 106_751, 106_752, 213_503, 213_504, .max], [Int64.min, -1, 0, 1, .max])
  func extremes(days: Int, now: Int64) {
    let request = RetainRequest(days: days, now: now)
    #expect(request.limit <= now)
    #expect(request.cutoff >= UTCDay(containing: .min))
    #expect(request.cutoff < UTCDay(containing: now) || now == .min || request.limit == .min)
  }
}
