// Tests of which segments become one.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct CompactionPlanTests {
  /// Segments of so many kilobytes and rows on days counted from the first one, by age.
  private static func segments(
    _ sizes: [(day: Int, kilobytes: UInt64)], rows: UInt64 = 100
  ) -> [StoredSegment] {
    sizes.enumerated().map { index, size in
      var random = SeededGenerator(seed: 1)
      var summary = random.summary()
      summary.day = UTCDay(containing: StoreScenario.start(ofDay: size.day))
      summary.rowCount = rows
      summary.fileBytes = size.kilobytes << 10
      return StoredSegment(id: UInt64(index + 1), runs: [UInt64(index + 1)], summary: summary)
    }.sorted(by: precedes)
  }

  private static func ids(_ plan: CompactionPlan) -> [[UInt64]] {
    plan.groups.map { $0.segments.map(\.id) }
  }

  @Test(
    "four segments of a day and of a size become one",
    arguments: [
      ([], []),
      ([1, 1, 1], []),
      ([1, 2, 60, 64], [[1, 2, 3, 4]]),
      ([1, 1, 1, 65], []),
      ([65, 200, 256, 80], [[1, 2, 3, 4]]),
      ([65, 1, 200, 1, 256, 1, 80, 1], [[2, 4, 6, 8], [1, 3, 5, 7]]),
      ([1, 1, 1, 1, 1, 1], [[1, 2, 3, 4, 5, 6]]),
      ([1_000_000, 1_000_000, 1_000_000, 1_000_001], [[1, 2, 3, 4]]),
    ] as [([UInt64], [[UInt64]])])
  func tiers(kilobytes: [UInt64], expected: [[UInt64]]) {
    let plan = CompactionPlan(Self.segments(kilobytes.map { (0, $0) }), .tiers)
    #expect(Self.ids(plan) == expected)
  }

  @Test("days are apart, and the cheapest comes first")
  func days() {
    let sizes: [(Int, UInt64)] =
      (0..<4).map { _ in (2, 50) } + (0..<3).map { _ in (1, 1) } + (0..<4).map { _ in (0, 60) }
      + (0..<5).map { _ in (3, 2) }
    var plan = CompactionPlan(Self.segments(sizes), .tiers)
    #expect(plan.groups.map(\.day.description) == ["2026-01-04", "2026-01-03", "2026-01-01"])
    #expect(plan.groups.map(\.bytes) == [10 << 10, 200 << 10, 240 << 10])
    plan.limit(toBytes: 210 << 10)
    #expect(plan.groups.map(\.day.description) == ["2026-01-04", "2026-01-03"])
    plan.limit(toBytes: 9 << 10)
    #expect(plan.groups.isEmpty)
  }

  @Test("all segments of a day become one, as far as there may be so many rows and inputs")
  func all() {
    let few = Self.segments([(0, 1), (1, 9_000), (0, 70_000), (2, 5), (1, 1)])
    #expect(Self.ids(CompactionPlan(few, .all)) == [[2, 5], [1, 3]])
    #expect(Self.ids(CompactionPlan(few, .all, excluding: [3])) == [[2, 5]])
    let large = Self.segments((0..<5).map { _ in (0, 1) }, rows: UInt64(Limits.segmentRowsMax / 2))
    #expect(Self.ids(CompactionPlan(large, .all)) == [[1, 2], [3, 4]])
    let huge = Self.segments((0..<5).map { _ in (0, 1) }, rows: UInt64(Limits.segmentRowsMax))
    #expect(
      CompactionPlan(huge, .all).groups.isEmpty && CompactionPlan(huge, .tiers).groups.isEmpty)
    let many = CompactionPlan(Self.segments((0..<130).map { _ in (0, 1) }), .all)
    #expect(many.groups.map(\.segments.count).sorted() == [2, 64, 64])
  }
}
