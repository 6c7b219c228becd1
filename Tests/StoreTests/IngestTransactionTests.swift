// Tests of ingests into a store.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct IngestTransactionTests {
  @Test("a commit makes rows, ledger and names visible in the next generation")
  func commit() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let empty = try store.snapshot()
    #expect(empty.generation == 0 && empty.segments.isEmpty && empty.newestEvent == nil)
    let summary = try StoreScenario.ingest(["a", "bb"], into: store)
    let snapshot = try store.snapshot()
    #expect(summary.generation == 1 && summary.run == 1 && summary.segments == 2)
    #expect(summary.rows == 80)
    #expect(snapshot.generation == 1)
    #expect(snapshot.ledger.map(\.source.name) == ["a", "bb"])
    #expect(snapshot.ledger.map(\.ordinal) == [0, 1])
    #expect(try StoreScenario.rowsByInput(snapshot) == ["a": 40, "bb": 40])
    #expect(snapshot.knownEvents.values.reduce(0, +) == 80)
    #expect(snapshot.knownFields.contains { $0.path == "page" && $0.role == .property })
    #expect(try checkStore(files: files, pool: WorkerPool(threads: 1)).isClean)
  }

  @Test("an ingest of known inputs commits nothing")
  func nothingNew() throws {
    let store = try Store.create(files: FaultyFiles())
    try StoreScenario.ingest(["a"], into: store)
    let summary = try StoreScenario.ingest(["a"], into: store)
    #expect(summary.run == nil && summary.generation == 1 && summary.rows == 0)
    #expect(try store.snapshot().generation == 1)
  }

  @Test("an abandoned ingest leaves only its rejected lines")
  func abandon() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let before = files.contents
    let transaction = try store.beginIngest(pool: WorkerPool(threads: 1), memoryBytes: 1)
    let events = StoreScenario.events("a", count: 10, days: 2, seed: 1)
    try transaction.accept(EventBatch(events))
    try transaction.rejects.append([UInt8(ascii: "x"), 10])
    transaction.abandon()
    var after = files.contents
    #expect(after.removeValue(forKey: "rejects/00000001.ndjson") == [UInt8(ascii: "x"), 10])
    #expect(after == before)
    #expect(transaction.rejects.path == "disk/rejects/00000001.ndjson")
  }

  @Test(
    "giving up an input forgets its rows, in memory and in segments already written",
    arguments: [1, 7, 20, 1_000])
  func abandonSource(memtableRowsMax: Int) throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let transaction = try store.beginIngest(
      pool: WorkerPool(threads: 1), memoryBytes: 64 << 20, repeats: .refuse,
      memtableRowsMax: memtableRowsMax, build: buildSegment)
    for (ordinal, name) in ["good", "bad", "fine"].enumerated() {
      for day in 1...3 {
        let events = StoreScenario.events(name, count: 10, days: day, seed: 1)
        try transaction.accept(EventBatch(events, source: ordinal))
      }
      if name == "bad" {
        try transaction.abandonSource(ordinal)
      } else {
        try transaction.finishSource(StoreScenario.record(name, rows: 30))
      }
    }
    _ = try transaction.commit()
    #expect(try StoreScenario.rowsByInput(store.snapshot()) == ["good": 30, "fine": 30])
    let report = try checkStore(files: files, pool: WorkerPool(threads: 1))
    #expect(report.isClean, "\(report.checks.filter { $0.status != .pass })")
  }

  @Test("a log in the order of time gives one segment a day however small the memory")
  func dayStays() throws {
    let store = try Store.create(files: FaultyFiles())
    let transaction = try store.beginIngest(
      pool: WorkerPool(threads: 1), memoryBytes: 64 << 20, repeats: .refuse,
      memtableRowsMax: 64, build: buildSegment)
    for day in 0..<10 {
      for _ in 0..<4 {
        var events = StoreScenario.events("log", count: 8, days: 1, seed: 1)
        for index in events.indices { events[index].time += Int64(day) * UTCDay.nanoseconds }
        try transaction.accept(EventBatch(events))
      }
    }
    try transaction.finishSource(StoreScenario.record("log", rows: 320))
    let summary = try transaction.commit()
    #expect(summary.segments == 10)
    #expect(try StoreScenario.rowsByInput(store.snapshot()) == ["log": 320])
  }

  /// Of many days at once each is built by one thread, of few the columns are.
  @Test(
    "the same input gives the same files with one thread and with several, over many flushes",
    arguments: [1, 2, 9])
  func determinism(days: Int) throws {
    func contents(threads: Int) throws -> [String: [UInt8]] {
      let files = FaultyFiles()
      let store = try Store.create(files: files)
      let transaction = try store.beginIngest(
        pool: WorkerPool(threads: threads), memoryBytes: 64 << 20, repeats: .refuse,
        memtableRowsMax: 100, build: buildSegment)
      for seed in 0..<40 as Range<UInt64> {
        let events = StoreScenario.events("log", count: 20, days: 1 + Int(seed) % days, seed: seed)
        try transaction.accept(EventBatch(events))
      }
      try transaction.finishSource(StoreScenario.record("log", rows: 800))
      #expect(try transaction.commit().segments >= 7)
      return files.contents
    }
    let alone = try contents(threads: 1)
    for threads in [2, 3, 8] { #expect(alone == (try contents(threads: threads))) }
  }

  @Test("two writers at once both succeed, but an input counts once")
  func twoWriters() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    func begin(_ name: String) throws -> IngestTransaction {
      let transaction = try store.beginIngest(pool: WorkerPool(threads: 1), memoryBytes: 64 << 20)
      let events = StoreScenario.events(name, count: 10, days: 1, seed: 1)
      try transaction.accept(EventBatch(events))
      try transaction.finishSource(StoreScenario.record(name, rows: 10))
      return transaction
    }
    let first = try begin("a")
    let second = try begin("b")
    let third = try begin("a")
    #expect(try first.commit().generation == 1)
    #expect(try second.commit().generation == 2)
    do {
      _ = try third.commit()
      Issue.record("an input was committed twice")
    } catch let error as StoreError {
      #expect(error.category == .busy)
    }
    #expect(try StoreScenario.rowsByInput(store.snapshot()) == ["a": 10, "b": 10])
    #expect(try checkStore(files: files, pool: WorkerPool(threads: 1)).isClean)
  }

  @Test("after an error nothing can be committed any more")
  func failureSticks() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let transaction = try store.beginIngest(
      pool: WorkerPool(threads: 1), memoryBytes: 1, repeats: .refuse, memtableRowsMax: 1,
      build: buildSegment)
    let events = StoreScenario.events("a", count: 10, days: 1, seed: 1)
    files.plan(.error(28), at: 0)
    // Whatever the threads, what a flush comes to is known when the next one begins.
    try transaction.accept(EventBatch(events))
    #expect(throws: StoreError.self) { try transaction.accept(EventBatch(events)) }
    #expect(throws: StoreError.self) {
      try transaction.finishSource(StoreScenario.record("a", rows: 10))
    }
    #expect(throws: StoreError.self) { try transaction.commit() }
    #expect(try store.snapshot().generation == 0)
  }

  @Test("a writer waits for the lock, and no longer than it may")
  func lockBound() throws {
    let files = FaultyFiles()
    var store = try Store.create(files: files)
    store.lockWaitMilliseconds = 100
    let transaction = try store.beginIngest(pool: WorkerPool(threads: 1), memoryBytes: 64 << 20)
    try transaction.finishSource(StoreScenario.record("empty", rows: 0))
    let holder = try files.open(StoreLayout.lock)
    #expect(try holder.tryLock(.exclusive))
    do {
      _ = try transaction.commit()
      Issue.record("committed without the lock")
    } catch let error as StoreError {
      #expect(error.category == .busy)
    }
    holder.unlock()
    #expect(try StoreScenario.ingest(["a"], into: store).generation == 1)
  }
}
