// Tests of what is removed and what is kept when files have no owner.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct CollectorTests {
  private static let pool = WorkerPool(threads: 1)

  @Test("a dead writer's directory is cleared, a living one's is not")
  func writers() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try files.makeDirectory("tmp/1")
    _ = try files.create("tmp/1/0.evs", access: .readOnly)
    let living = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    #expect(!files.contents.keys.contains("tmp/1/0.evs"))
    try living.accept(EventBatch(StoreScenario.events("a", count: 4, days: 1, seed: 1)))
    let other = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    #expect(try files.list("tmp").map(\.name) == ["1", "2"])
    try living.finishSource(StoreScenario.record("a", rows: 4))
    #expect(try living.commit().rows == 4)
    other.abandon()
    #expect(try files.list("tmp").isEmpty)
  }

  @Test("what a writer that died within its commit left under a needed name is cleared")
  func orphans() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let transaction = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    try transaction.accept(EventBatch(StoreScenario.events("a", count: 4, days: 1, seed: 1)))
    try transaction.finishSource(StoreScenario.record("a", rows: 4))
    // It dies between the renaming of its segments and that of its catalogue.
    _ = try files.create("segments/2026-01-01-0000000001.evs", access: .readOnly)
    _ = try files.create("segments/2026-01-09-0000000002.evs", access: .readOnly)
    _ = try files.create("segments/notes.txt", access: .readWrite)
    #expect(
      try checkStore(files: files, pool: Self.pool).checks.filter { $0.status == .warn }.count == 2)
    #expect(try transaction.commit().rows == 4)
    #expect(
      try files.list("segments").map(\.name) == ["2026-01-01-0000000001.evs", "notes.txt"])
    #expect(try checkStore(files: files, pool: Self.pool).isClean)
  }

  @Test("while an older generation that is kept cannot be read, no segment is removed")
  func damagedOlderGeneration() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    for name in ["a", "bb"] { try StoreScenario.ingest([name], into: store) }
    try files.overwrite("catalogue/00000000000000000001", with: [1, 2, 3])
    _ = try files.create("segments/2026-01-09-0000000077.evs", access: .readOnly)
    let current = try CatalogueFiles(files: files).newest().catalogue
    Collector(files: files).removeUnnamedFiles(current: current)
    #expect(files.contents.keys.contains("segments/2026-01-09-0000000077.evs"))
    let report = try checkStore(files: files, pool: Self.pool)
    #expect(report.isSound && !report.isClean)
    // Two commits later the damaged generation is gone, and with it the reason.
    for name in ["ccc", "dddd"] { try StoreScenario.ingest([name], into: store) }
    #expect(!files.contents.keys.contains("segments/2026-01-09-0000000077.evs"))
    #expect(try checkStore(files: files, pool: Self.pool).isClean)
  }
}
