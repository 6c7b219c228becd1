// Tests of crashes at every moment of a compaction, an undo and a replacement.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

/// Every operation fails in turn, in every way; afterwards the machine stops, in every way. The
/// store must be the old or the new generation, and go on.
@Suite struct RewriteCrashTests {
  /// What is done to a store, and the rows by input that it leaves.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rows: [String: Int]
    var make: @Sendable (Store) throws -> Void
  }

  private static let pool = WorkerPool(threads: 1)
  private static let old = ["a": 40, "bb": 40, "ccc": 40, "dddd": 40, "eeeee": 40]
  private static let aftermaths: [Aftermath] =
    [.killed, .powerLoss] + (1...3).map { .partialPowerLoss(seed: $0) }
  static let changes = [
    Change(testDescription: "compact", rows: old) { _ = try $0.compact(.all, pool: pool) },
    Change(
      testDescription: "undo",
      rows: old.merging(["bb": 0, "ccc": 0]) { $1 }.filter { $0.value > 0 }
    ) { _ = try $0.undo(run: 2, pool: pool) },
    Change(
      testDescription: "replace",
      rows: old.merging(["ccc": 0, "x": 7]) { $1 }
        .filter { $0.value > 0 }
    ) { store in
      let transaction = try store.beginIngest(pool: pool, memoryBytes: 64 << 20, replacing: "ccc")
      let events = StoreScenario.events("x", count: 7, days: 1, seed: 9)
      try transaction.accept(EventBatch(events))
      try transaction.finishSource(StoreScenario.record("x", rows: 7))
      _ = try transaction.commit()
    },
  ]

  /// A store of merged segments and others, all of it durable.
  private func oldStore() throws -> FaultyFiles {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest(["a"], into: store)
    try StoreScenario.ingest(["bb", "ccc"], into: store)
    _ = try store.compact(.all, pool: Self.pool)
    for name in ["dddd", "eeeee"] { try StoreScenario.ingest([name], into: store) }
    return files.after(.killed)
  }

  private func rows(_ files: FaultyFiles) throws -> [String: Int] {
    try StoreScenario.rowsByInput(Store.open(files: files).snapshot())
  }

  @Test(
    "a change that fails at any operation leaves the old store or the new one",
    arguments: changes, [Fault.error(5), .error(28), .errorAfterwards(5), .shortWrite, .kill])
  func everyOperation(change: Change, fault: Fault) throws {
    let start = try oldStore()
    for operation in 0... {
      let files = start.after(.killed)
      let store = try Store.open(files: files)
      files.plan(fault, at: operation)
      let error = failure { try change.make(store) }
      guard let struck = files.faultedOperation else {
        #expect(error == nil)
        #expect(try rows(files.after(.killed)) == change.rows)
        #expect(operation > 40, "too few operations were tried")
        return
      }
      let moment: Comment = "\(fault) at operation \(operation), \(struck): \(error as Any)"
      if fault != .kill {
        let healthy = files.after(.killed)
        switch error {
        case nil, .outcomeUnknown: #expect(try rows(healthy) == change.rows, moment)
        default: #expect(try rows(healthy) == Self.old, moment)
        }
        #expect(try checkStore(files: healthy, pool: Self.pool).isSound, moment)
      }
      for aftermath in Self.aftermaths where fault == .kill || error == nil || aftermath != .killed
      {
        try checkAfterCrash(
          files.after(aftermath), change, isCommitted: error == nil, "\(moment), then \(aftermath)")
      }
    }
  }

  private func checkAfterCrash(
    _ files: FaultyFiles, _ change: Change, isCommitted: Bool, _ what: Comment
  ) throws {
    let found = try rows(files)
    #expect(found == change.rows || (found == Self.old && !isCommitted), what)
    #expect(try checkStore(files: files, pool: Self.pool).isSound, what)
    let store = try Store.open(files: files)
    let ledger = try store.snapshot().ledger.map(\.source.name)
    #expect(Set(ledger) == Set(found.keys), what)
    _ = try store.compact(.all, pool: Self.pool)
    try StoreScenario.ingest(["ffffff"], into: store)
    #expect(try rows(files) == found.merging(["ffffff": 40]) { $1 }, what)
    let report = try checkStore(files: files, pool: Self.pool)
    #expect(report.isClean, "\(what): \(report.checks.filter { $0.status != .pass })")
    #expect(!files.contents.keys.contains { $0.hasPrefix("tmp/") }, what)
  }
}
