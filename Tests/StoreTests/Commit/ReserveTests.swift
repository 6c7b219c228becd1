// Tests of the room that is kept for a retain.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct ReserveTests {
  private static let request = StoreScenario.keeping(from: 1)

  private func store() throws -> (files: FaultyFiles, store: Store) {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let rows = Dictionary(uniqueKeysWithValues: (0..<10).map { ($0, 10) })
    try StoreScenario.ingest("a", rowsByDay: rows, into: store)
    return (files, store)
  }

  private func reserveBytes(_ files: FaultyFiles) -> Int? {
    files.contents[StoreLayout.reserve]?.count
  }

  private func expectFull(_ body: () throws -> Void) {
    do {
      try body()
      Issue.record("there was room")
    } catch let error as StoreError {
      #expect(error.isFullDisk && error.category != .busy, "\(error)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test("a commit makes the reserve, and again when it is missing or too small")
  func provided() throws {
    let (files, store) = try store()
    #expect(reserveBytes(files) == Reserve.bytesMin)
    try files.remove(StoreLayout.reserve)
    try StoreScenario.ingest("b", rowsByDay: [1: 1], into: store)
    #expect(reserveBytes(files) == Reserve.bytesMin)
    try files.overwrite(StoreLayout.reserve, with: [1, 2, 3])
    try StoreScenario.ingest("c", rowsByDay: [1: 2], into: store)
    #expect(reserveBytes(files) == Reserve.bytesMin)
    let whole = try #require(files.contents[StoreLayout.reserve])
    #expect(Set(whole).count == 256, "bytes that could be left out")
  }

  @Test("the reserve has room for the next catalogue, however long")
  func grows() throws {
    let (files, store) = try store()
    let name = String(repeating: "x", count: 1_000)
    for round in 0..<8 {
      for number in 0..<10 {
        let transaction = try store.beginIngest(
          pool: WorkerPool(threads: 1), memoryBytes: 64 << 20)
        try transaction.finishSource(StoreScenario.record("\(name)\(round)-\(number)", rows: 0))
        _ = try transaction.commit()
      }
      let newest = try #require(
        files.contents.filter { $0.key.hasPrefix("catalogue/") }.max { $0.key < $1.key })
      #expect(try #require(reserveBytes(files)) >= newest.value.count + 8_192)
    }
    #expect(try #require(reserveBytes(files)) > Reserve.bytesMin)
    files.fill()
    #expect(try store.retain(Self.request).plan.rows == 10)
  }

  @Test("on a disk without a free block a retain commits, and nothing else does")
  func fullDisk() throws {
    let (files, store) = try store()
    try StoreScenario.ingest("b", rowsByDay: [1: 40], into: store)
    files.fill()
    expectFull { try StoreScenario.ingest("c", rowsByDay: [1: 1], into: store) }
    #expect(try store.snapshot().generation == 2)
    #expect(reserveBytes(files) == Reserve.bytesMin)
    #expect(try store.retain(Self.request).generation == 3)
    #expect(try StoreScenario.rowsByDay(store.snapshot())[0] == nil)
    let report = try checkStore(files: files, pool: WorkerPool(threads: 1))
    #expect(report.isClean)
    // Small as they are, the segments left no room for the whole reserve; a later commit has it.
    files.makeRoom()
    try StoreScenario.ingest("c", rowsByDay: [1: 1], into: store)
    #expect(reserveBytes(files) == Reserve.bytesMin)
  }

  @Test("without a reserve a full disk is an error, and the store is as it was")
  func noReserve() throws {
    let (files, store) = try store()
    try files.remove(StoreLayout.reserve)
    files.fill()
    let before = files.contents
    expectFull { _ = try store.retain(Self.request) }
    #expect(files.contents == before)
  }

  @Test("a disk that is full for a reader's sake has a reserve again once it is not")
  func madeAgain() throws {
    let (files, store) = try store()
    files.fill()
    var snapshot: Snapshot? = try store.snapshot()
    #expect(try store.retain(Self.request).leasedSegments == 1)
    #expect(try StoreScenario.rowsByDay(#require(snapshot)).values.reduce(0, +) == 100)
    snapshot = nil
    files.makeRoom()
    _ = try store.retain(StoreScenario.keeping(from: 2))
    #expect(reserveBytes(files) == Reserve.bytesMin)
  }
}
