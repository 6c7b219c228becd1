// Buckets of many instants against the calendar's own answer.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("BucketFinder") struct BucketFinderTests {
  static let units: [CalendarBuckets.Unit] = [
    .minutes(1), .minutes(15), .hour, .day, .week(.monday), .month, .year,
  ]

  @Test("finds the bucket of every instant", arguments: units)
  func twin(unit: CalendarBuckets.Unit) {
    let calendar = CalendarBuckets(unit)
    for seed in UInt64(0)..<8 {
      var random = SeededGenerator(seed: seed)
      let start = UTCDay(year: 2025, month: 12, day: 30).start
      let span = [1, 3, 400][Int(seed % 3)] * UTCDay.nanoseconds
      let times = (0..<2_000).map { _ in
        random.chance(1, in: 40)
          ? [Int64.min, .max, 0, -1, start].randomElement(using: &random) ?? 0
          : start + Int64.random(in: 0..<span, using: &random)
      }
      var finder = BucketFinder(calendar)
      var numbers = [UInt32](repeating: 0, count: times.count)
      finder.number(times, SelectedRows(RowMask(allOf: times.count)), into: &numbers)
      let found = numbers.map { finder.buckets[Int($0)] }
      #expect(found == times.map { calendar.bucket(containing: $0) }, "seed \(seed)")
      #expect(Set(finder.buckets).count == finder.buckets.count)
    }
  }
}
