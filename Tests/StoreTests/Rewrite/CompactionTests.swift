// Tests of compactions: what they change and what they leave alone.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct CompactionTests {
  private static let pool = WorkerPool(threads: 2)

  /// A store of so many inputs of different names, each with rows on two days.
  private static func store(_ files: any StoreFiles, inputs: Int) throws -> Store {
    let store = try Store.create(files: files)
    for input in 0..<inputs {
      try StoreScenario.ingest([String(repeating: "x", count: input + 1)], rows: 30, into: store)
    }
    return store
  }

  @Test("segments become few, and every row stays", arguments: [CompactionScope.tiers, .all])
  func compact(scope: CompactionScope) throws {
    let files = FaultyFiles()
    let store = try Self.store(files, inputs: 6)
    let before = try store.snapshot()
    let contents = try StoreScenario.contents(before)
    let planned = try store.planCompaction(scope)
    #expect(planned.segmentsBefore == 12 && planned.segmentsAfter == 2)
    #expect(planned.days.count == 2 && planned.generation == 6 && planned.bytesAfter == nil)
    #expect(try store.snapshot().generation == 6)

    let outcome = try store.compact(scope, pool: Self.pool)
    let after = try store.snapshot()
    #expect(outcome.generation == 7 && outcome.mergedSegments == 12)
    #expect(outcome.segmentsBefore == 12 && outcome.segmentsAfter == 2)
    #expect(after.segments.map(\.id) == [13, 14])
    #expect(after.segments.allSatisfy { $0.runs == Array(1...6) })
    #expect(outcome.bytesAfter == after.segments.reduce(0) { $0 + $1.summary.fileBytes })
    #expect(outcome.bytesAfter ?? .max < outcome.bytesBefore)
    #expect(try StoreScenario.contents(after) == contents)
    #expect(after.eventCounts == before.eventCounts && after.knownFields == before.knownFields)
    #expect(after.ledger == before.ledger && after.newestEvent == outcome.newestEvent)
    try expectClean(files)

    #expect(try store.compact(scope, pool: Self.pool).generation == 7)
    #expect(try store.planCompaction(scope).mergedSegments == 0)
  }

  @Test("days that take too much memory are left as they are, and counted")
  func tooLarge() throws {
    let files = FaultyFiles()
    var store = try Self.store(files, inputs: 6)
    store.mergedTextBytesMax = 1
    let before = try store.snapshot()
    let outcome = try store.compact(.all, pool: Self.pool)
    #expect(outcome.segmentsTooLarge == 12 && outcome.mergedSegments == 0)
    #expect(outcome.segmentsAfter == 12 && outcome.generation == before.generation)
    try store.compactAfterCommit(committedBytes: 1 << 20, pool: Self.pool)
    #expect(try store.snapshot().segments == before.segments)
    try expectClean(files)
  }

  @Test("what was merged leaves the disk when no kept generation names it")
  func collected() throws {
    let files = FaultyFiles()
    let store = try Self.store(files, inputs: 5)
    _ = try store.compact(.all, pool: WorkerPool(threads: 1))
    #expect(try Collector(files: files).storedFiles().count == 12)
    try StoreScenario.ingest(["later"], into: store)
    #expect(try Collector(files: files).storedFiles().count == 4)
    try expectClean(files)
  }

  @Test("readers go on with what they have opened")
  func readers() throws {
    let files = FaultyFiles()
    let store = try Self.store(files, inputs: 4)
    let snapshot = try store.snapshot()
    let contents = try StoreScenario.contents(snapshot)
    _ = try store.compact(.all, pool: Self.pool)
    for name in ["a", "b"] { try StoreScenario.ingest([name], rows: 5, into: store) }
    #expect(try StoreScenario.contents(snapshot) == contents)
  }

  @Test("equal stores are compacted to equal bytes, on any number of threads")
  func deterministic() throws {
    let results = try [1, 2].map { threads in
      let files = FaultyFiles()
      let store = try Self.store(files, inputs: 5)
      _ = try store.compact(.tiers, pool: WorkerPool(threads: threads))
      return files.contents.filter { $0.key.hasSuffix(".evs") || $0.key.hasPrefix("catalogue") }
    }
    #expect(results[0] == results[1])
  }

  @Test("after a commit little is merged, and a writer in the way is no error")
  func automatic() throws {
    let files = FaultyFiles()
    let store = try Self.store(files, inputs: 4)
    let lock = try files.open(StoreLayout.lock)
    #expect(try lock.tryLock(.exclusive))
    try store.compactAfterCommit(committedBytes: 1, pool: Self.pool)
    #expect(try store.snapshot().generation == 4)
    lock.unlock()
    try store.compactAfterCommit(committedBytes: .max, pool: Self.pool)
    #expect(try store.snapshot().segments.count == 2)
    #expect(try store.snapshot().generation == 5)
    try store.compactAfterCommit(committedBytes: 0, pool: Self.pool)
    #expect(try store.snapshot().generation == 5)
    try expectClean(files)
  }

  @Test("what another writer changes meanwhile is merged anew")
  func interrupted() throws {
    let files = FaultyFiles()
    let plain = try Self.store(files, inputs: 4)
    let contents = try StoreScenario.contents(plain.snapshot())
    let interrupted = InterruptedFiles(
      files,
      beforeLocks: [
        { _ = try Store.open(files: files).compact(.all, pool: Self.pool) },
        { try StoreScenario.ingest(["new"], rows: 5, into: Store.open(files: files)) },
      ])
    let store = try Store.open(files: interrupted)
    _ = try store.compact(.all, pool: Self.pool)
    // The other compaction did all there was; what came behind it was not asked for.
    #expect(interrupted.remaining == 1)
    try StoreScenario.ingest(["more"], rows: 6, into: plain)
    let outcome = try store.compact(.all, pool: Self.pool)
    #expect(interrupted.remaining == 0 && outcome.segmentsAfter == 2)
    var expected = contents
    for (name, rows) in [("new", 5), ("more", 6)] {
      for event in StoreScenario.events(name, count: rows, days: 2, seed: UInt64(name.utf8.count)) {
        expected[event, default: 0] += 1
      }
    }
    #expect(try StoreScenario.contents(plain.snapshot()) == expected)
    try expectClean(files)
  }

  @Test("days that a retain removes meanwhile stay removed")
  func retained() throws {
    let files = FaultyFiles()
    let plain = try Self.store(files, inputs: 4)
    let interrupted = InterruptedFiles(
      files,
      beforeLocks: [
        { _ = try plain.retain(StoreScenario.keeping(from: 1, isForced: true)) }
      ])
    let outcome = try Store.open(files: interrupted).compact(.all, pool: Self.pool)
    #expect(outcome.segmentsAfter == 1 && interrupted.remaining == 0)
    #expect(try StoreScenario.rowsByDay(plain.snapshot()) == [1: 60])
    try expectClean(files)
  }

  @Test("a store that others change all the time is busy")
  func neverAlone() throws {
    let files = FaultyFiles()
    let plain = try Self.store(files, inputs: 4)
    let names = (0..<6).map { "other \($0)" }
    let interrupted = InterruptedFiles(
      files,
      beforeLocks: names.map { name in
        {
          _ = try plain.compact(.all, pool: Self.pool)
          try StoreScenario.ingest([name], rows: 4, into: plain)
        }
      })
    do {
      _ = try Store.open(files: interrupted).compact(.all, pool: Self.pool)
      Issue.record("not busy")
    } catch let error as StoreError {
      #expect(error.category == .busy)
    }
    try expectClean(files)
  }

  @Test("damage is an error, and the store stays as it is")
  func damage() throws {
    let files = FaultyFiles()
    let store = try Self.store(files, inputs: 4)
    let path = try #require(store.snapshot().segments.first?.path)
    var bytes = try #require(files.contents[path])
    bytes[20] ^= 1
    try files.overwrite(path, with: bytes)
    do {
      _ = try store.compact(.tiers, pool: Self.pool)
      Issue.record("no error")
    } catch let error as StoreError {
      #expect(error.category == .damaged && "\(error)".contains(path))
    }
    #expect(try store.snapshot().generation == 4)
    #expect(try files.list("tmp").isEmpty)
  }
}
