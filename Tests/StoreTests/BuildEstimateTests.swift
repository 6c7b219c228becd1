// The estimate counts nothing while columns suffice and at least the objects once they do not.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct BuildEstimateTests {
  private func batch(paths: Range<Int>, rows: Int) -> EventBatch {
    EventBatch(
      (0..<rows).map { row in
        var event = TestEvent(time: StoreScenario.noon, event: "e", user: "u")
        for path in paths { event.values["some.longer.path.\(path)"] = .text("\u{1}\(row)") }
        return event
      })
  }

  @Test("rows whose paths all get a column cost nothing on top")
  func fits() {
    var estimate = BuildEstimate()
    for _ in 0..<3 { estimate.add(batch(paths: 0..<Limits.segmentColumnsMax, rows: 2)) }
    #expect(estimate.bytes == 0)
  }

  @Test("more paths than columns, also spread over batches, cost more than their objects")
  func overflows() {
    var estimate = BuildEstimate()
    let batches = [batch(paths: 0..<900, rows: 5), batch(paths: 700..<1_400, rows: 5)]
    for batch in batches { estimate.add(batch) }
    let rows = batches.indices.flatMap { number in
      (0..<5).map { RowReference(batch: UInt32(number), row: $0) }
    }
    let encoder = SegmentEncoder(
      day: UTCDay(containing: StoreScenario.noon), batches: batches, rows: rows)
    let segment = encoder.assemble((0..<encoder.columnCount).map(encoder.encodeColumn))
    #expect(segment.overflowFields.count == 376)
    // 376 paths of 20 bytes and a value of at least 8 bytes as JSON, in five rows each.
    #expect(estimate.bytes > 376 * 5 * 28)
  }
}
