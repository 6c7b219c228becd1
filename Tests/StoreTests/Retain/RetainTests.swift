// Tests of removing old days.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct RetainTests {
  private static let pool = WorkerPool(threads: 1)

  private func segmentFiles(_ files: FaultyFiles) -> Int {
    files.contents.keys.filter { $0.hasPrefix("segments/") }.count
  }

  /// What a store holds, without a lease on it.
  private func contents(
    _ store: Store
  ) throws -> (days: [Int: Int], inputs: [String], events: UInt64) {
    let snapshot = try store.snapshot()
    return (
      try StoreScenario.rowsByDay(snapshot), snapshot.ledger.map(\.source.name),
      snapshot.eventCounts.reduce(0) { $0 + $1.count }
    )
  }

  @Test("whole days go in one commit, from the store and from the disk")
  func removal() throws {
    let (files, store) = try tenRowsADay()
    let outcome = try store.retain(StoreScenario.keeping(from: 2))
    #expect(outcome.plan.rows == 20 && outcome.plan.remainingRows == 80)
    #expect(outcome.generation == 2 && outcome.leasedSegments == 0)
    let snapshot = try store.snapshot()
    #expect(snapshot.generation == 2)
    #expect(snapshot.retainWatermark?.description == "2026-01-03")
    #expect(try StoreScenario.rowsByDay(snapshot).keys.min() == 2)
    #expect(outcome.newestEvent == snapshot.newestEvent)
    #expect(segmentFiles(files) == 8)
    #expect(try CatalogueFiles(files: files).generations() == [2])
    #expect(snapshot.ledger.map(\.source.name) == ["a"])
    try expectClean(files)
  }

  @Test("with nothing to do there is no new generation, unless the watermark moves")
  func nothing() throws {
    let (_, store) = try tenRowsADay()
    #expect(try store.retain(StoreScenario.keeping(from: 0)).generation == 2)
    #expect(try store.retain(StoreScenario.keeping(from: 0)).generation == 2)
    #expect(try store.retain(StoreScenario.keeping(from: -5)).generation == 2)
    #expect(try store.snapshot().retainWatermark?.description == "2026-01-01")
    #expect(try store.retain(StoreScenario.keeping(from: -5, isForced: true)).generation == 3)
    #expect(try store.snapshot().retainWatermark?.description == "2025-12-27")
  }

  @Test("a refused run leaves every byte as it was, and so does a dry one")
  func unchanged() throws {
    let (files, store) = try tenRowsADay()
    _ = try files.create("rejects/00000001.ndjson", access: .readWrite)
    let before = files.contents
    for request in [StoreScenario.keeping(from: 10), StoreScenario.keeping(from: 2)] {
      let plan = try store.planRetain(request)
      #expect(files.contents == before)
      #expect(plan.rejects == (plan.plan.verdict.isRefusal ? 0 : 1))
    }
    #expect(try store.retain(StoreScenario.keeping(from: 10)).plan.verdict == .everything)
    #expect(files.contents == before)
    // The first one may take more than a fifth, the second may not.
    #expect(try store.retain(StoreScenario.keeping(from: 3)).plan.verdict == .muchAtFirst)
    let after = files.contents
    #expect(try store.retain(StoreScenario.keeping(from: 6)).plan.verdict == .tooMuch)
    #expect(files.contents == after)
    #expect(try store.retain(StoreScenario.keeping(from: 6, isForced: true)).plan.rows == 30)
    #expect(try StoreScenario.rowsByDay(store.snapshot()).keys.min() == 6)
  }

  @Test("a dry run says what the real one does")
  func dryRun() throws {
    let (_, store) = try tenRowsADay()
    for from in [0, 2, 2, 3, 9, 12] {
      let request = StoreScenario.keeping(from: from)
      let dry = try store.planRetain(request)
      #expect(try store.retain(request).plan == dry.plan)
    }
  }

  @Test("an expired day does not come back with a late ingest, but is counted and in the ledger")
  func lateIngest() throws {
    let (files, store) = try tenRowsADay()
    _ = try store.retain(StoreScenario.keeping(from: 2))
    let names = try contents(store).events
    let late = try StoreScenario.ingest("late", rowsByDay: [0: 3, 1: 4, 2: 5, 11: 6], into: store)
    #expect(late.expired == 7 && late.rows == 11 && late.segments == 2)
    #expect(late.retainWatermark?.description == "2026-01-03")
    let (days, inputs, events) = try contents(store)
    #expect(days[0] == nil && days[1] == nil && days[2] == 15 && days[11] == 6)
    #expect(inputs == ["a", "late"])
    #expect(events == names + 11)
    #expect(!files.contents.keys.contains { $0.contains("2026-01-01") || $0.hasPrefix("tmp/") })
    let tooLate = try StoreScenario.ingest("later", rowsByDay: [1: 3], into: store)
    #expect(tooLate.expired == 3 && tooLate.segments == 0 && tooLate.generation == 4)
    #expect(try store.snapshot().ledger.count == 3)
    try expectClean(files)
    // Kept for longer from now on.
    _ = try store.retain(StoreScenario.keeping(from: 1, isForced: true))
    #expect(try StoreScenario.ingest("again", rowsByDay: [0: 1, 1: 3], into: store).rows == 3)
    #expect(try StoreScenario.rowsByDay(store.snapshot())[1] == 3)
    try expectClean(files)
  }

  @Test("a retain that commits between the beginning and the commit of an ingest counts")
  func race() throws {
    let (files, store) = try tenRowsADay()
    let ingest = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    try StoreScenario.load("late", rowsByDay: [1: 4, 5: 6], into: ingest)
    #expect(try store.retain(StoreScenario.keeping(from: 2)).generation == 2)
    let summary = try ingest.commit()
    #expect(summary.generation == 3 && summary.expired == 4 && summary.rows == 6)
    #expect(try StoreScenario.rowsByDay(store.snapshot()).keys.min() == 2)
    try expectClean(files)
  }

  @Test("who reads on reads every row, and what was read goes with the next writer")
  func leases() throws {
    let (files, store) = try tenRowsADay()
    var snapshot: Snapshot? = try store.snapshot()
    let outcome = try store.retain(StoreScenario.keeping(from: 2))
    #expect(outcome.leasedSegments == 2 && outcome.leasedBytes == outcome.plan.bytes)
    #expect(segmentFiles(files) == 10)
    #expect(try StoreScenario.rowsByDay(#require(snapshot)).values.reduce(0, +) == 100)
    // Another run does not disturb it either, and says so.
    #expect(try store.retain(StoreScenario.keeping(from: 2)).leasedSegments == 2)
    #expect(try StoreScenario.rowsByDay(#require(snapshot)).values.reduce(0, +) == 100)
    let warnings = try checkStore(files: files, pool: Self.pool).checks.filter {
      $0.status != .pass
    }
    #expect(warnings.map(\.check) == ["leftovers"])
    snapshot = nil
    // Generation 1 is among the newest two; a writer that commits nothing removes it all the same.
    try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20).abandon()
    #expect(segmentFiles(files) == 8)
    #expect(try CatalogueFiles(files: files).generations() == [2])
    try expectClean(files)
  }

  @Test("names survive with the rows that are left")
  func knownNames() throws {
    let (_, store) = try tenRowsADay()
    let before = try store.snapshot()
    _ = try store.retain(StoreScenario.keeping(from: 4, isForced: true))
    let some = try store.snapshot()
    #expect(some.eventCounts == (try Self.countedEvents(some, names: before.eventCounts)))
    _ = try store.retain(StoreScenario.keeping(from: 10, isForced: true))
    let none = try store.snapshot()
    #expect(none.segments.isEmpty && none.newestEvent == nil)
    #expect(none.eventCounts.map(\.name) == before.eventCounts.map(\.name))
    #expect(none.eventCounts.allSatisfy { $0.count == 0 })
    #expect(none.knownFields == before.knownFields)
  }

  @Test("rows of more names than a segment counts are taken off as well", arguments: [false, true])
  func uncountedNames(isDamaged: Bool) throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let transaction = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    let names = Limits.countedEventsMax + 50
    let rows = (0..<4 * names).map { row in
      // Each name once a day, and once more on the first.
      TestEvent(
        time: StoreScenario.noon + Int64(row / names % 3) * UTCDay.nanoseconds,
        event: "e\(row % names)", user: "u", values: [:])
    }
    try transaction.accept(EventBatch(rows))
    try transaction.finishSource(StoreScenario.record("many", rows: rows.count))
    _ = try transaction.commit()
    let before = try store.snapshot()
    #expect(before.segments.allSatisfy { $0.summary.events == nil })
    #expect(before.eventCounts.map(\.count).reduce(0, +) == UInt64(rows.count))
    if isDamaged { try files.overwrite(before.segments[0].path, with: [1, 2, 3]) }
    let outcome = try store.retain(StoreScenario.keeping(from: 1, isForced: true))
    #expect(outcome.plan.rows == UInt64(2 * names))
    let after = try store.snapshot()
    #expect(after.segments.count == 2)
    // What cannot be read any more cannot be taken off.
    let expected =
      isDamaged ? before.eventCounts : try Self.countedEvents(after, names: before.eventCounts)
    #expect((after.eventCounts == expected) == true)
  }

  /// Rows by event, counted from the rows themselves.
  static func countedEvents(
    _ snapshot: Snapshot, names: [SegmentSummary.Event]
  ) throws -> [SegmentSummary.Event] {
    var counts: [String: UInt64] = [:]
    for index in snapshot.segments.indices {
      for event in try countEvents(in: snapshot.reader(index)) {
        counts[event.name, default: 0] += event.count
      }
    }
    return names.map { .init(name: $0.name, count: counts[$0.name] ?? 0) }
  }
}
