// Tests of crashes at every moment of a retain.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

/// Every operation of a retain fails in turn, in every way; afterwards the machine stops, in every
/// way. The store must be the old or the new generation, and go on.
@Suite struct RetainCrashTests {
  private static let pool = WorkerPool(threads: 1)
  private static let old = [0: 10, 1: 10, 2: 40]
  private static let new = [2: 40]
  private static let rolledUp = ["2026-01-01", "2026-01-02"]
  private static let request = StoreScenario.keeping(from: 2, isForced: true)
  /// The same with a rollup of each day that goes.
  private static var rollingUp: RetainRequest {
    var request = request
    request.rollups = RollupPolicy(days: 9, properties: ["page"])
    return request
  }
  private static let aftermaths: [Aftermath] =
    [.killed, .powerLoss] + (1...4).map { .partialPowerLoss(seed: $0) }

  /// A store of two commits with rejected lines, all of it durable.
  private func oldStore() throws -> FaultyFiles {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest("a", rowsByDay: [0: 10, 2: 10], into: store)
    try StoreScenario.ingest("b", rowsByDay: [1: 10, 2: 30], into: store)
    let line = try files.create("rejects/00000001.ndjson", access: .readWrite)
    try [UInt8(ascii: "x")].withUnsafeBytes { try line.append($0) }
    try line.sync()
    try files.syncDirectory("rejects")
    return files.after(.killed)
  }

  private func rows(_ files: FaultyFiles) throws -> [Int: Int] {
    try StoreScenario.rowsByDay(Store.open(files: files).snapshot())
  }

  /// The days of which there are rollups, all of them readable and whole, and none but them.
  private func rolledUpDays(_ files: FaultyFiles) throws -> [String] {
    let snapshot = try Store.open(files: files).snapshot()
    for index in snapshot.rollups.indices {
      #expect(try snapshot.rollup(index).rows == 10)
    }
    return snapshot.rollups.map(\.summary.day.description)
  }

  @Test(
    "a retain that fails at any operation leaves the old store or the new one",
    arguments: [
      Fault.error(5), .error(28), .errorAfterwards(5), .errorAfterwards(28), .shortWrite, .kill,
    ], [false, true])
  func everyOperation(fault: Fault, rollsUp: Bool) throws {
    let request = rollsUp ? Self.rollingUp : Self.request
    let start = try oldStore()
    for operation in 0... {
      let files = start.after(.killed)
      let store = try Store.open(files: files)
      files.plan(fault, at: operation)
      let error = failure { _ = try store.retain(request) }
      guard let struck = files.faultedOperation else {
        #expect(error == nil)
        #expect(operation > 30, "too few operations were tried")
        return
      }
      let moment: Comment = "\(fault) at operation \(operation), \(struck): \(error as Any)"
      if fault != .kill { try checkAfterError(files, error, request, moment) }
      if fault == .error(28) || fault == .shortWrite, !rollsUp {
        checkFullDisk(struck, error, moment)
      }
      for aftermath in Self.aftermaths where fault == .kill || error == nil || aftermath != .killed
      {
        try checkAfterCrash(
          files.after(aftermath), request, isCommitted: error == nil,
          "\(moment), then \(aftermath)")
      }
    }
  }

  /// The process goes on: without an error the rows are gone, with one nothing has changed, unless
  /// the error says that the outcome is unknown.
  private func checkAfterError(
    _ files: FaultyFiles, _ error: StoreError?, _ request: RetainRequest, _ moment: Comment
  ) throws {
    let healthy = files.after(.killed)
    switch error {
    case nil, .outcomeUnknown: #expect(try rows(healthy) == Self.new, moment)
    default: #expect(try rows(healthy) == Self.old, moment)
    }
    try checkRollups(healthy, request, moment)
    #expect(try checkStore(files: healthy, pool: Self.pool).isSound, moment)
  }

  /// There are rollups exactly where rows are gone for which they were asked.
  private func checkRollups(
    _ files: FaultyFiles, _ request: RetainRequest, _ moment: Comment
  ) throws {
    let expected = try request.rollups != nil && rows(files) == Self.new ? Self.rolledUp : []
    #expect(try rolledUpDays(files) == expected, moment)
  }

  /// The reserve makes good for a disk that is full while the generation is prepared.
  private func checkFullDisk(_ struck: String, _ error: StoreError?, _ moment: Comment) {
    let takesRoom = ["create", "write", "fsync tmp", "rename"].contains { struck.hasPrefix($0) }
    if takesRoom { #expect(error == nil, moment) }
  }

  private func checkAfterCrash(
    _ files: FaultyFiles, _ request: RetainRequest, isCommitted: Bool, _ what: Comment
  ) throws {
    let found = try rows(files)
    #expect(found == Self.new || (found == Self.old && !isCommitted), what)
    try checkRollups(files, request, what)
    #expect(try checkStore(files: files, pool: Self.pool).isSound, what)
    try checkSecondCrash(files, found, what)
    let store = try Store.open(files: files)
    _ = try store.retain(request)
    #expect(try rows(files) == Self.new, what)
    try checkRollups(files, request, what)
    try StoreScenario.ingest("late", rowsByDay: [1: 5, 3: 5], into: store)
    #expect(try rows(files) == [2: 40, 3: 5], what)
    let report = try checkStore(files: files, pool: Self.pool)
    #expect(report.isClean, "\(what): \(report.checks.filter { $0.status != .pass })")
    let leftovers = files.contents.keys.filter {
      $0.hasPrefix("tmp/") || $0.hasPrefix("segments/2026-01-01")
        || $0.hasPrefix("segments/2026-01-02") || $0.hasPrefix("rejects/")
    }
    #expect(leftovers == [], what)
    let rollups = files.contents.keys.filter { $0.hasPrefix("rollups/") }
    #expect(rollups.count == (request.rollups == nil ? 0 : 2), what)
    #expect(files.contents[StoreLayout.reserve]?.count == Reserve.bytesMin, what)
  }

  /// The next writer clears up, and then power is lost: what it relied on must have been durable.
  private func checkSecondCrash(
    _ files: FaultyFiles, _ found: [Int: Int], _ what: Comment
  ) throws {
    let next = files.after(.killed)
    try Store.open(files: next).beginIngest(pool: Self.pool, memoryBytes: 64 << 20).abandon()
    #expect(try rows(next) == found, what)
    for aftermath in Self.aftermaths {
      let later = try rows(next.after(aftermath))
      #expect(later == Self.old || later == Self.new, "\(what), then \(aftermath) once more")
    }
  }
}
