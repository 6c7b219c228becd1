// Tests of taking an ingest back, whole or by the name of an input.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct RemovalTests {
  private static let pool = WorkerPool(threads: 2)

  /// The rows of inputs of these names, with 40 each.
  private static func contents(_ names: [String]) -> [TestEvent: Int] {
    var contents: [TestEvent: Int] = [:]
    for name in names {
      for event in StoreScenario.events(name, count: 40, days: 2, seed: UInt64(name.utf8.count)) {
        contents[event, default: 0] += 1
      }
    }
    return contents
  }

  /// A store of two runs of two inputs each, and a third one of one.
  private static func store(_ files: any StoreFiles, isCompacted: Bool) throws -> Store {
    let store = try Store.create(files: files)
    for names in [["a", "bb"], ["ccc", "dddd"], ["eeeee"]] {
      try StoreScenario.ingest(names, into: store)
    }
    if isCompacted { _ = try store.compact(.all, pool: pool) }
    return store
  }

  private static func expect(
    _ names: [String], in files: any StoreFiles, _ what: Comment? = nil
  ) throws {
    let snapshot = try Store.open(files: files).snapshot()
    #expect(try StoreScenario.contents(snapshot) == contents(names), what)
    #expect(snapshot.ledger.map(\.source.name) == names, what)
    var events: [String: UInt64] = [:]
    for (event, count) in contents(names) { events[event.event, default: 0] += UInt64(count) }
    #expect(snapshot.knownEvents.filter { $0.value > 0 } == events, what)
    let report = try checkStore(files: files, pool: pool)
    #expect(report.isClean, "\(report.checks.filter { $0.status != .pass })")
  }

  @Test("a run goes with its inputs, which can be loaded again", arguments: [false, true])
  func undo(isCompacted: Bool) throws {
    let files = FaultyFiles()
    let store = try Self.store(files, isCompacted: isCompacted)
    let outcome = try store.undo(run: 1, pool: Self.pool)
    #expect(outcome.run == 1 && outcome.inputs == 2 && outcome.rows == 80)
    #expect(outcome.generation == (isCompacted ? 5 : 4))
    try Self.expect(["ccc", "dddd", "eeeee"], in: files)
    #expect(try store.snapshot().segments.allSatisfy { !$0.runs.contains(1) })
    #expect(try StoreScenario.ingest(["a", "bb"], into: store).run == 4)
    try Self.expect(["ccc", "dddd", "eeeee", "a", "bb"], in: files)
    for run: UInt64 in [4, 2, 3] { _ = try store.undo(run: run, pool: Self.pool) }
    try Self.expect([], in: files)
    #expect(try store.snapshot().segments.isEmpty)
  }

  @Test("a run that is not there is an error that names those that are")
  func unknownRun() throws {
    let store = try Self.store(FaultyFiles(), isCompacted: false)
    _ = try store.undo(run: 2, pool: Self.pool)
    #expect(throws: StoreError.unknownRun(path: "disk", run: 2, known: [1, 3])) {
      try store.undo(run: 2, pool: Self.pool)
    }
    #expect(try store.snapshot().generation == 4)
  }

  /// Replaces what was loaded as `name` by inputs of other names.
  @discardableResult
  private static func replace(
    _ name: String, by names: [String], in store: Store
  ) throws -> CommitSummary {
    let transaction = try store.beginIngest(
      pool: pool, memoryBytes: 64 << 20, replacing: name)
    for (ordinal, name) in names.enumerated() {
      let events = StoreScenario.events(name, count: 40, days: 2, seed: UInt64(name.utf8.count))
      try transaction.accept(EventBatch(events, source: ordinal))
      try transaction.finishSource(StoreScenario.record(name, rows: 40))
    }
    return try transaction.commit()
  }

  @Test("an input goes and others come in one commit", arguments: [false, true])
  func replace(isCompacted: Bool) throws {
    let files = FaultyFiles()
    let store = try Self.store(files, isCompacted: isCompacted)
    let generation = try store.snapshot().generation
    let transaction = try store.beginIngest(
      pool: Self.pool, memoryBytes: 64 << 20, replacing: "bb")
    #expect(transaction.knownSources.map(\.name) == ["a", "ccc", "dddd", "eeeee"])
    transaction.abandon()
    try Self.expect(["a", "bb", "ccc", "dddd", "eeeee"], in: files)

    let summary = try Self.replace("bb", by: ["bb", "ffffff"], in: store)
    #expect(summary.generation == generation + 1 && summary.replacedRows == 40)
    #expect(summary.run == 4 && summary.rows == 80)
    try Self.expect(["a", "ccc", "dddd", "eeeee", "bb", "ffffff"], in: files)
    // Nothing comes for it: that is a removal.
    #expect(try Self.replace("a", by: [], in: store).run == nil)
    try Self.expect(["ccc", "dddd", "eeeee", "bb", "ffffff"], in: files)
  }

  @Test("a name that is not in the ledger is an error with the nearest ones")
  func unknownName() throws {
    let store = try Self.store(FaultyFiles(), isCompacted: false)
    #expect(
      throws: StoreError.unknownInput(path: "disk", name: "eeeef", nearest: ["eeeee"])
    ) {
      _ = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20, replacing: "eeeef")
    }
  }

  /// Commits an input that goes on behind the content `continues`.
  private static func load(
    _ name: String, content: String, continues: String? = nil, into transaction: IngestTransaction,
    ordinal: Int = 0
  ) throws {
    var record = StoreScenario.record(content, rows: 40)
    record.name = name
    record.continues = continues.map { StoreScenario.record($0, rows: 40).content.hash }
    let events = StoreScenario.events(content, count: 40, days: 2, seed: 1)
    try transaction.accept(EventBatch(events, source: ordinal))
    try transaction.finishSource(record)
  }

  @Test("what a later input goes on behind stays until that is taken back")
  func continued() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    for (name, content, continues) in [
      ("log", "1", nil), ("log", "2", "1"), ("log.1", "3", "2"),
    ] as [(String, String, String?)] {
      let transaction = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
      try Self.load(name, content: content, continues: continues, into: transaction)
      _ = try transaction.commit()
    }
    for run: UInt64 in [1, 2] {
      do {
        _ = try store.undo(run: run, pool: Self.pool)
        Issue.record("not refused")
      } catch let error as StoreError {
        #expect(error.category == .usage && "\(error)".contains("--undo \(run + 1)"))
      }
    }
    #expect(throws: StoreError.self) {
      _ = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20, replacing: "log")
    }
    _ = try store.undo(run: 3, pool: Self.pool)
    // All of a name goes at once, whatever of it goes on behind what.
    try Self.replace("log", by: [], in: store)
    #expect(try store.snapshot().segments.isEmpty && store.snapshot().ledger.isEmpty)
  }

  @Test("an input that was loaded twice may lose one of them under what goes on behind it")
  func continuedTwice() throws {
    let store = try Store.create(files: FaultyFiles())
    for (content, continues) in [("1", nil), ("1", nil), ("2", "1")] as [(String, String?)] {
      let transaction = try store.beginIngest(
        pool: Self.pool, memoryBytes: 64 << 20, repeats: .load)
      try Self.load("log", content: content, continues: continues, into: transaction)
      _ = try transaction.commit()
    }
    _ = try store.undo(run: 2, pool: Self.pool)
    #expect(throws: StoreError.self) { try store.undo(run: 1, pool: Self.pool) }
  }

  @Test("an input goes on behind nothing that was taken back while it was read")
  func orphan() throws {
    let store = try Store.create(files: FaultyFiles())
    let first = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    try Self.load("log", content: "1", into: first)
    _ = try first.commit()
    let second = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    try Self.load("log", content: "2", continues: "1", into: second)
    _ = try store.undo(run: 1, pool: Self.pool)
    do {
      _ = try second.commit()
      Issue.record("committed")
    } catch let error as StoreError {
      #expect(error.category == .busy)
    }
    // Within one run both come together.
    let third = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    try Self.load("log", content: "1", into: third)
    try Self.load("log", content: "2", continues: "1", into: third, ordinal: 1)
    #expect(try third.commit().rows == 80)
    #expect(try store.undo(run: 2, pool: Self.pool).rows == 80)
  }

  @Test("what somebody goes on behind while it is being taken back stays")
  func continuedMeanwhile() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let first = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    try Self.load("log", content: "1", into: first)
    _ = try first.commit()
    let rewriter = SegmentRewriter(files: files, writer: try WriterDirectory(files: files))
    let removal = try Removal(.run(1), from: store.snapshot(), rewriter, Self.pool)
    #expect(removal.isCurrent(in: try store.snapshot().catalogue))
    let second = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    try Self.load("log", content: "2", continues: "1", into: second)
    _ = try second.commit()
    #expect(!removal.isCurrent(in: try store.snapshot().catalogue))
  }

  @Test("what others do meanwhile is taken into account, in the end under the lock")
  func interrupted() throws {
    let files = FaultyFiles()
    let plain = try Self.store(files, isCompacted: true)
    let extra = (0..<6).map { String(repeating: "z", count: 10 + $0) }
    let interruptions = extra.map { name in
      {
        try StoreScenario.ingest([name], into: plain)
        _ = try plain.compact(.all, pool: Self.pool)
      } as @Sendable () throws -> Void
    }
    let undoing = InterruptedFiles(files, beforeLocks: Array(interruptions[0..<4]))
    _ = try Store.open(files: undoing).undo(run: 1, pool: Self.pool)
    #expect(undoing.remaining == 0)
    try Self.expect(["ccc", "dddd", "eeeee"] + extra[0..<4], in: files)

    let replacing = InterruptedFiles(
      files, beforeLocks: [{}, interruptions[4], interruptions[5]])
    try Self.replace("ccc", by: ["new"], in: Store.open(files: replacing))
    #expect(replacing.remaining == 1)
    try Self.expect(["dddd", "eeeee"] + extra[0..<5] + ["new"], in: files)
  }

  @Test("a retain meanwhile is no obstacle")
  func retained() throws {
    let files = FaultyFiles()
    let plain = try Self.store(files, isCompacted: true)
    let interrupted = InterruptedFiles(
      files,
      beforeLocks: [{ _ = try plain.retain(StoreScenario.keeping(from: 1, isForced: true)) }])
    // On another thread the lease might end a moment later, and keep what the retain removed.
    let pool = WorkerPool(threads: 1)
    #expect(try Store.open(files: interrupted).undo(run: 1, pool: pool).rows == 40)
    #expect(try StoreScenario.rowsByDay(plain.snapshot()) == [1: 60])
    let report = try checkStore(files: files, pool: Self.pool)
    #expect(report.isClean, "\(report.checks.filter { $0.status != .pass })")
  }
}
