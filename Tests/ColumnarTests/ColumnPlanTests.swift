// Which columns some rows of some batches get.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("ColumnPlan") struct ColumnPlanTests {
  @Test("plans the paths that the rows have, and no others but of columns with many values")
  func pathsOfRows() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<200 {
      let batches = (0..<3).map { _ in
        EventBatch(
          (0..<random.below(40)).map { row in
            var event = TestEvent(time: Int64(row), event: "e", user: nil)
            for _ in 0..<random.below(4) { event.values["k\(random.below(60))"] = .int(1) }
            return event
          })
      }
      let share = random.below(12)
      let rows = batches.enumerated().flatMap { number, batch in
        (0..<batch.rowCount).filter { _ in share == 0 || random.chance(1, in: share) }
          .map { RowReference(batch: UInt32(number), row: UInt32($0)) }
      }
      let plan = ColumnPlan(SegmentRows(batches: batches, rows: rows))
      var expected: Set<String> = []
      for reference in rows {
        let batch = batches[Int(reference.batch)]
        for index in EventBatch.canonicalRoles.count..<batch.columnCount {
          batch.withColumn(index) {
            if $0.entry(ofRow: Int(reference.row)) != nil { expected.insert($0.path) }
          }
        }
      }
      let planned = plan.columns.filter { $0.role == .property }.map(\.path)
      #expect(planned == expected.sorted())
    }
  }

  @Test("a column with many values is planned without looking for the rows")
  func manyValues() {
    let batch = EventBatch(
      (0..<1_000).map { row in
        TestEvent(
          time: Int64(row), event: "e", user: nil,
          values: row > 0 ? ["often": .int(1)] : ["seldom": .int(1)])
      })
    func paths(_ row: UInt32) -> [String] {
      let rows = SegmentRows(batches: [batch], rows: [RowReference(batch: 0, row: row)])
      return ColumnPlan(rows).columns.filter { $0.role == .property }.map(\.path)
    }
    #expect(paths(0) == ["often", "seldom"])
    #expect(paths(1) == ["often"])
  }
}
