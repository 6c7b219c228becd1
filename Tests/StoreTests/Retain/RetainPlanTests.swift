// Tests of what may be removed.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct RetainPlanTests {
  /// A catalogue with so many rows on days counted from the first one.
  private static func catalogue(_ rowsByDay: [(day: Int, rows: UInt64)], watermark: Int? = nil)
    -> Catalogue
  {
    var catalogue = Catalogue()
    for (index, (day, rows)) in rowsByDay.enumerated() {
      var random = SeededGenerator(seed: 1)
      var summary = random.summary()
      summary.day = UTCDay(containing: StoreScenario.start(ofDay: day))
      summary.rowCount = rows
      summary.fileBytes = rows * 10
      catalogue.segments.append(StoredSegment(id: UInt64(index + 1), runs: [1], summary: summary))
    }
    catalogue.segments.sort(by: precedes)
    catalogue.retention = watermark.map {
      Retention(watermark: UTCDay(containing: StoreScenario.start(ofDay: $0)), generation: 0)
    }
    return catalogue
  }

  @Test("days are listed with their rows, segments and bytes")
  func days() {
    let plan = RetainPlan(
      Self.catalogue([(0, 5), (2, 7), (0, 6), (3, 100)]), StoreScenario.keeping(from: 3))
    #expect(plan.days.map(\.day.description) == ["2026-01-01", "2026-01-03"])
    #expect(plan.days.map(\.rows) == [11, 7] && plan.days.map(\.segments) == [2, 1])
    #expect(plan.rows == 18 && plan.segments == 3 && plan.bytes == 180)
    #expect(plan.remainingRows == 100 && plan.oldestDay?.description == "2026-01-04")
    #expect(plan.verdict == .usual)
  }

  @Test(
    "more than a fifth of the rows, or all of them, needs force",
    arguments: [
      // Rows before and from day 1 on, the watermark; then the verdict.
      (20, 80, 0, .usual), (21, 80, 0, .tooMuch), (21, 80, nil, .muchAtFirst),
      (20, 80, nil, .usual), (100, 0, 0, .everything), (100, 0, nil, .everything),
      (1, 0, nil, .everything), (0, 100, nil, .usual), (0, 0, nil, .usual), (0, 0, 0, .usual),
      (1, 4, 0, .usual), (1, 3, 0, .tooMuch), (1, 3, nil, .muchAtFirst),
    ] as [(UInt64, UInt64, Int?, RetainPlan.Verdict)])
  func guarded(
    removed: UInt64, remaining: UInt64, watermark: Int?, verdict: RetainPlan.Verdict
  ) {
    let rows = [(0, removed), (1, remaining)].filter { $0.1 > 0 }.map { (day: $0.0, rows: $0.1) }
    let catalogue = Self.catalogue(rows, watermark: watermark)
    #expect(RetainPlan(catalogue, StoreScenario.keeping(from: 1)).verdict == verdict)
    let forced = RetainPlan(catalogue, StoreScenario.keeping(from: 1, isForced: true))
    #expect(forced.verdict == .usual && forced.rows == removed)
  }

  @Test("the watermark only moves on, unless it is forced back")
  func watermark() {
    func watermark(_ old: Int?, _ cutoff: Int, isForced: Bool = false) -> String {
      RetainPlan(
        Self.catalogue([(20, 1)], watermark: old),
        StoreScenario.keeping(from: cutoff, isForced: isForced)
      ).watermark.description
    }
    #expect(watermark(nil, 4) == "2026-01-05")
    #expect(watermark(9, 4) == "2026-01-10")
    #expect(watermark(2, 4) == "2026-01-05")
    #expect(watermark(9, 4, isForced: true) == "2026-01-05")
    #expect(watermark(2, 4, isForced: true) == "2026-01-05")
  }
}
