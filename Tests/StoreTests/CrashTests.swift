// Tests of crashes at every moment of a commit.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

/// Every operation of a commit fails in turn, in every way; afterwards the machine stops, in every
/// way. The store must be the old or the new generation, and go on.
@Suite struct CrashTests {
  private static let pool = WorkerPool(threads: 1)
  private static let old = ["a": 40]
  private static let new = ["a": 40, "bb": 40, "ccc": 40]
  private static let aftermaths: [Aftermath] =
    [.killed, .powerLoss] + (1...3).map { .partialPowerLoss(seed: $0) }

  /// A store with one commit, all of it durable.
  private func oldStore() throws -> FaultyFiles {
    let files = FaultyFiles()
    try StoreScenario.ingest(["a"], into: Store.create(files: files))
    return files.after(.killed)
  }

  @Test(
    "an ingest that fails at any operation leaves the old store or the new one",
    arguments: [
      Fault.error(5), .error(28), .errorAfterwards(5), .shortWrite, .kill,
    ])
  func everyOperation(fault: Fault) throws {
    let start = try oldStore()
    for operation in 0... {
      let files = start.after(.killed)
      let store = try Store.open(files: files)
      files.plan(fault, at: operation)
      let error = failure { _ = try StoreScenario.ingest(["bb", "ccc"], into: store) }
      guard let struck = files.faultedOperation else {
        #expect(error == nil)
        #expect(operation > 40, "too few operations were tried")
        return
      }
      let moment: Comment = "\(fault) at operation \(operation), \(struck): \(error as Any)"
      if fault != .kill { try checkAfterError(files, error, moment) }
      for aftermath in Self.aftermaths where fault == .kill || error == nil || aftermath != .killed
      {
        try checkAfterCrash(files.after(aftermath), isCommitted: error == nil, aftermath, moment)
      }
    }
  }

  /// The process goes on: without an error the rows are there, with one nothing has changed, unless
  /// the error says that the outcome is unknown.
  private func checkAfterError(
    _ files: FaultyFiles, _ error: StoreError?, _ moment: Comment
  ) throws {
    let healthy = files.after(.killed)
    let rows = try StoreScenario.rowsByInput(Store.open(files: healthy).snapshot())
    switch error {
    case nil, .outcomeUnknown: #expect(rows == Self.new, moment)
    default: #expect(rows == Self.old, moment)
    }
    let report = try checkStore(files: healthy, pool: Self.pool)
    #expect(report.isSound, moment)
    // One fault cannot spoil the clearing up, unless it is the fault.
    let struck = files.faultedOperation ?? ""
    if error != nil, !struck.hasPrefix("remove"), !struck.contains("tmp") {
      #expect(report.isClean, "\(moment): \(report.checks.filter { $0.status != .pass })")
    }
  }

  private func checkAfterCrash(
    _ files: FaultyFiles, isCommitted: Bool, _ aftermath: Aftermath, _ moment: Comment
  ) throws {
    let what: Comment = "\(moment), then \(aftermath)"
    let store = try Store.open(files: files)
    let rows = try StoreScenario.rowsByInput(store.snapshot())
    if isCommitted {
      #expect(rows == Self.new, what)
    } else {
      #expect(rows == Self.old || rows == Self.new, what)
    }
    #expect(try checkStore(files: files, pool: Self.pool).isSound, what)
    try StoreScenario.ingest(["bb", "ccc"], into: store)
    try StoreScenario.ingest(["dddd"], into: store)
    #expect(
      try StoreScenario.rowsByInput(store.snapshot())
        == Self.new.merging(["dddd": 40]) { $0 + $1 }, what)
    let report = try checkStore(files: files, pool: Self.pool)
    #expect(report.isClean, "\(what): \(report.checks.filter { $0.status != .pass })")
    #expect(!files.contents.keys.contains { $0.hasPrefix("tmp/") }, what)
    let last = files.after(.powerLoss)
    #expect(try StoreScenario.rowsByInput(Store.open(files: last).snapshot())["dddd"] == 40, what)
  }

  @Test(
    "a store whose creation fails at any operation can be created again",
    arguments: [Fault.error(5), .errorAfterwards(5), .shortWrite, .kill])
  func creation(fault: Fault) throws {
    for operation in 0... {
      let files = FaultyFiles()
      files.plan(fault, at: operation)
      let error = failure { _ = try Store.create(files: files) }
      guard let struck = files.faultedOperation else {
        #expect(operation > 10)
        return
      }
      for aftermath in Self.aftermaths {
        let what: Comment = "\(fault) at \(struck), then \(aftermath)"
        let later = files.after(aftermath)
        if error == nil { _ = try Store.open(files: later) }
        let store = try Store.create(files: later)
        try StoreScenario.ingest(["a"], into: store)
        #expect(try StoreScenario.rowsByInput(store.snapshot()) == Self.old, what)
        #expect(try checkStore(files: later, pool: Self.pool).isClean, what)
      }
    }
  }

  @Test("a failed fsync is never retried into success")
  func lostWrites() throws {
    let start = try oldStore()
    var seen = 0
    for operation in 0... {
      let files = start.after(.killed)
      let store = try Store.open(files: files)
      files.plan(.error(5), at: operation)
      let error = failure { _ = try StoreScenario.ingest(["bb"], into: store) }
      guard let struck = files.faultedOperation else { break }
      guard struck.hasPrefix("fsync") else { continue }
      seen += 1
      #expect(error?.category == .cannotWrite, "\(struck): \(error as Any)")
    }
    #expect(seen >= 6)
  }
}
