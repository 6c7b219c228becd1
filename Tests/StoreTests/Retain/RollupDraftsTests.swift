// Tests of what stays of days whose rows are removed.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct RollupDraftsTests {
  private static let pool = WorkerPool(threads: 1)

  /// The request that keeps rows from one day on and rollups from another one on.
  private func keeping(
    from day: Int, rollupsFrom first: Int, isForced: Bool = true
  ) -> RetainRequest {
    var request = StoreScenario.keeping(from: day, isForced: isForced)
    request.rollups = RollupPolicy(days: request.days + day - first, properties: ["page", "n"])
    return request
  }

  private func days(_ rollups: [StoredRollup]) -> [String] {
    rollups.map { String($0.summary.day.description.suffix(2)) }
  }

  @Test("a rollup has the figures of the rows that go with its commit")
  func figures() throws {
    let (files, store) = try tenRowsADay()
    var before: Snapshot? = try store.snapshot()
    let rows = try #require(before).segments.prefix(3).map(\.summary)
    let outcome = try store.retain(keeping(from: 3, rollupsFrom: 0))
    #expect(days(outcome.rollups) == ["01", "02", "03"])
    let snapshot = try store.snapshot()
    #expect(snapshot.rollups == outcome.rollups)
    #expect(snapshot.rollups.map(\.summary.minTime) == rows.map(\.minTime))
    #expect(snapshot.rollups.map(\.summary.maxTime) == rows.map(\.maxTime))
    for index in snapshot.rollups.indices {
      let rollup = try snapshot.rollup(index)
      let reader = try #require(before).reader(index)
      #expect(rollup.rows == 10)
      let events = try countEvents(in: reader).sorted { ExactText($0.name) < ExactText($1.name) }
      #expect(rollup.events.map(\.name) == events.map(\.name))
      #expect(
        rollup.events.map { $0.hours.reduce(0) { $0 + $1.figures.rows } } == events.map(\.count))
      #expect(try rollup.groups(by: "n")?.count == 10)
      #expect(try rollup.groups(by: "page") != nil && rollup.groups(by: "input") == nil)
      #expect(
        files.contents[snapshot.rollups[index].path]?.count
          == Int(snapshot.rollups[index].summary.fileBytes))
    }
    // Its lease kept the segments.
    before = nil
    try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20).abandon()
    try expectClean(files)
  }

  @Test("a dry run tells the same rollups, and writes nothing")
  func dryRun() throws {
    let (files, store) = try tenRowsADay()
    for (from, first) in [(2, 0), (4, 3), (4, 4), (7, 1)] {
      let contents = files.contents
      let request = keeping(from: from, rollupsFrom: first)
      let dry = try store.planRetain(request)
      #expect(files.contents == contents)
      let outcome = try store.retain(request)
      #expect(outcome.plan == dry.plan && outcome.rollups == dry.rollups)
      try expectClean(files)
    }
  }

  @Test("rollups expire by their own number of days, and only when it is given")
  func expiry() throws {
    let (files, store) = try tenRowsADay()
    func rolledUp() throws -> [String] { try days(store.snapshot().rollups) }
    _ = try store.retain(keeping(from: 3, rollupsFrom: 1))
    #expect(try rolledUp() == ["02", "03"])
    // Days that are too old for a rollup get none.
    let outcome = try store.retain(keeping(from: 5, rollupsFrom: 2))
    #expect(days(outcome.plan.removedRollups) == ["02"] && days(outcome.rollups) == ["04", "05"])
    #expect(try rolledUp() == ["03", "04", "05"])
    #expect(try store.retain(StoreScenario.keeping(from: 6, isForced: true)).rollups == [])
    #expect(try rolledUp() == ["03", "04", "05"])
    let only = try store.retain(keeping(from: 6, rollupsFrom: 4))
    #expect(only.plan.rows == 0 && days(only.plan.removedRollups) == ["03", "04"])
    #expect(try rolledUp() == ["05"])
    let none = try store.retain(keeping(from: 6, rollupsFrom: 6))
    #expect(none.plan.days.isEmpty && days(none.plan.removedRollups) == ["05"])
    #expect(files.contents.keys.filter { $0.hasPrefix("rollups/") } == [])
    try expectClean(files)
  }

  @Test("days that are let in again have no rollup, so that nothing is counted twice")
  func letInAgain() throws {
    let (files, store) = try tenRowsADay()
    _ = try store.retain(keeping(from: 4, rollupsFrom: 0))
    let unforced = try store.retain(keeping(from: 2, rollupsFrom: 0, isForced: false))
    #expect(unforced.plan.removedRollups == [] && unforced.plan.watermark > unforced.plan.cutoff)
    let outcome = try store.retain(StoreScenario.keeping(from: 2, isForced: true))
    #expect(days(outcome.plan.removedRollups) == ["03", "04"])
    #expect(try days(store.snapshot().rollups) == ["01", "02"])
    try StoreScenario.ingest("again", rowsByDay: [1: 3, 3: 6], into: store)
    #expect(try StoreScenario.rowsByDay(store.snapshot())[3] == 6)
    _ = try store.retain(keeping(from: 4, rollupsFrom: 0))
    #expect(try store.snapshot().rollups.map(\.summary.rowCount) == [10, 10, 6])
    try expectClean(files)
  }

  @Test("what cannot be read is not removed, and nothing else is")
  func damagedSegment() throws {
    let (files, store) = try tenRowsADay()
    let path = try store.snapshot().segments[1].path
    let intact = try #require(files.contents[path])
    try files.overwrite(path, with: intact.dropLast(40) + [UInt8](repeating: 0, count: 40))
    let error = #expect(throws: StoreError.self) {
      try store.retain(keeping(from: 3, rollupsFrom: 0))
    }
    #expect(error?.category == .damaged && error?.description.contains(path) == true)
    #expect(try store.snapshot().generation == 1)
    #expect(!files.contents.keys.contains { $0.hasPrefix("tmp/") || $0.hasPrefix("rollups/") })
    // Without a rollup of that day there is nothing to read.
    #expect(try store.retain(keeping(from: 3, rollupsFrom: 2)).plan.rows == 30)
    try expectClean(files)
  }

  @Test("a day that gets more rows while its rollup is made is done again")
  func race() throws {
    let (files, store) = try tenRowsADay()
    let request = keeping(from: 3, rollupsFrom: 0)
    let drafts = RollupDrafts(for: request, files: files)
    try drafts.prepare(from: store.snapshot())
    try StoreScenario.ingest("late", rowsByDay: [1: 7], into: store)
    try drafts.prepare(from: store.snapshot())
    let snapshot = try store.snapshot()
    var next = snapshot.catalogue
    let placed = drafts.place(RetainPlan(snapshot.catalogue, request), in: &next)
    #expect(placed.rollups.map(\.summary.rowCount) == [10, 17, 10] && placed.files.count == 3)
    #expect(next.nextSegment == snapshot.catalogue.nextSegment + 3)
    drafts.remove()
    #expect(!files.contents.keys.contains { $0.hasPrefix("tmp/") })
  }

  @Test("who reads on reads the rollups of his generation")
  func leases() throws {
    let (files, store) = try tenRowsADay()
    _ = try store.retain(keeping(from: 3, rollupsFrom: 0))
    var snapshot: Snapshot? = try store.snapshot()
    _ = try store.retain(keeping(from: 4, rollupsFrom: 4))
    #expect(try store.snapshot().rollups == [])
    #expect(try (0..<3).map { try #require(snapshot).rollup($0).rows } == [10, 10, 10])
    snapshot = nil
    try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20).abandon()
    #expect(files.contents.keys.filter { $0.hasPrefix("rollups/") } == [])
    try expectClean(files)
  }
}
