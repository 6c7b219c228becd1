// Tests of counting rows anew.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct RowRecountTests {
  /// The vectors and the footer of a real segment of these events.
  private func vectors(
    _ events: [TestEvent]
  ) throws -> (SegmentFooter, CanonicalVectors) {
    let batch = EventBatch(events)
    let rows = events.indices.map { RowReference(batch: 0, row: UInt32($0)) }
    let built = try buildSegment(
      day: UTCDay(containing: events[0].time), batches: [batch], rows: rows, pool: nil)
    let reader = try SegmentReader(
      source: MemoryBlockSource(built.bytes), fileBytes: built.summary.fileBytes, footerHash: nil)
    var canonical = CanonicalVectors()
    for (index, column) in reader.footer.columns.enumerated() {
      var vector = ColumnVector()
      try reader.decode(column: index, block: 0, into: &vector)
      canonical.keep(vector, role: column.role)
    }
    return (reader.footer, canonical)
  }

  private let events = [
    TestEvent(time: StoreScenario.noon, event: "a", user: nil),
    TestEvent(time: StoreScenario.noon + 5, event: "b", user: ""),
    TestEvent(time: StoreScenario.noon + 4, event: "a", user: "ann"),
    TestEvent(time: StoreScenario.noon + 9, event: "a", user: "ann"),
    TestEvent(time: StoreScenario.noon + 1, event: "b", user: "bob"),
  ]

  @Test("rows of a segment recount to what its footer says")
  func sound() throws {
    let (footer, vectors) = try vectors(events)
    var recount = RowRecount(footer)
    #expect(recount.add(vectors, block: 0) == nil)
    #expect(recount.rowCount == 5 && recount.rowsWithoutUser == 2 && recount.userCount == 2)
    #expect(recount.minTime == footer.minTime && recount.maxTime == footer.maxTime)
    #expect(recount.blockEvents == footer.blockEvents)
    #expect(recount.quarters.map { $0.reduce(0, +) } == [3, 2])
  }

  @Test("two rows of a user in the wrong order, and users in the wrong order, are found")
  func disorder() throws {
    let (footer, vectors) = try vectors(events)
    let times = try #require(vectors.time)
    var found = 0
    for row in 1..<times.rowCount {
      var swapped = vectors
      swapped.time?.numbers.swapAt(row - 1, row)
      swapped.user?.codes.swapAt(row - 1, row)
      if swapped.user?.uniformKind == nil { swapped.user?.kinds.swapAt(row - 1, row) }
      var recount = RowRecount(footer)
      if recount.add(swapped, block: 0) != nil { found += 1 }
    }
    #expect(found == 4)
  }

  @Test("the order holds across blocks")
  func acrossBlocks() throws {
    let (footer, vectors) = try vectors(events)
    var recount = RowRecount(footer)
    #expect(recount.add(vectors, block: 0) == nil)
    #expect(recount.add(vectors, block: 1) != nil)
  }
}
