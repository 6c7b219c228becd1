// Tests of snapshots and leases.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct SnapshotTests {
  private static let pool = WorkerPool(threads: 1)

  @Test("a reader keeps its generation and its segments through later commits")
  func lease() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest(["a"], into: store)
    var snapshot: Snapshot? = try store.snapshot()
    let paths = try #require(snapshot).segments.map(\.path)
    _ = try store.retain(StoreScenario.keeping(from: 2, isForced: true))
    for day in 5...8 { try StoreScenario.ingest("b\(day)", rowsByDay: [day: 3], into: store) }
    #expect(try StoreScenario.rowsByInput(#require(snapshot)) == ["a": 40])
    #expect(files.contents.keys.contains("catalogue/00000000000000000001"))
    // One of its segment readers is lease enough.
    var reader: SegmentReader? = try snapshot?.reader(0)
    snapshot = nil
    try StoreScenario.ingest("f", rowsByDay: [9: 3], into: store)
    var vector = ColumnVector()
    try reader?.decode(column: 0, block: 0, into: &vector)
    #expect(files.contents.keys.contains(paths[0]))
    reader = nil
    try StoreScenario.ingest("g", rowsByDay: [9: 4], into: store)
    #expect(!files.contents.keys.contains { paths.contains($0) })
    #expect(files.contents.keys.filter { $0.hasPrefix("catalogue/") }.count == 2)
    #expect(try checkStore(files: files, pool: Self.pool).isClean)
  }

  @Test("two generations are kept when nobody reads")
  func generationsKept() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    for number in 1...5 {
      try StoreScenario.ingest([String(repeating: "x", count: number)], rows: 3, into: store)
    }
    #expect(try CatalogueFiles(files: files).generations() == [4, 5])
  }

  @Test("more segments than files may be open are no trouble")
  func manySegments() throws {
    let files = FaultyFiles(openFilesMax: 12)
    let store = try Store.create(files: files)
    let transaction = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    let events = StoreScenario.events("log", count: 80, days: 80, seed: 1)
    try transaction.accept(EventBatch(events))
    try transaction.finishSource(StoreScenario.record("log", rows: 80))
    #expect(try transaction.commit().segments == 80)
    let snapshot = try store.snapshot()
    let rows = try WorkerPool(threads: 3).map(count: 240) { job in
      var vector = ColumnVector()
      try snapshot.reader(job % 80).decode(column: 0, block: 0, into: &vector)
      return vector.rowCount
    }
    #expect(rows.reduce(0, +) == 240)
    #expect(files.openFileCount <= 6)
  }

  @Test("readers and writers on a real disk do not disturb each other")
  func stress() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let root = "\(directory.path)/store"
    _ = try Store.create(at: root)
    let rounds = 12
    // Every job has handles, and so locks, of its own, as processes have.
    let totals = try WorkerPool(threads: 6).map(count: 6) { job -> [UInt64] in
      let store = try Store.open(at: root)
      if job < 2 {
        for round in 1...rounds {
          try StoreScenario.ingest("\(job)-\(round)", rowsByDay: [round: 4], into: store)
        }
        return []
      }
      if job == 2 {
        for day in 1...rounds {
          _ = try store.retain(StoreScenario.keeping(from: day, isForced: true))
        }
        return []
      }
      return try (0..<rounds * 3).map { _ in
        let snapshot = try store.snapshot()
        let rows = try StoreScenario.rowsByInput(snapshot).values.reduce(0, +)
        #expect(UInt64(rows) == snapshot.segments.reduce(0) { $0 + $1.summary.rowCount })
        return snapshot.generation
      }
    }
    for generations in totals { #expect(generations == generations.sorted()) }
    // What the last readers held goes with the next writer.
    try StoreScenario.ingest("last", rowsByDay: [rounds: 1], into: Store.open(at: root))
    let report = try checkStore(at: root, pool: Self.pool)
    #expect(report.isClean, "\(report.checks.filter { $0.status != .pass })")
  }
}
