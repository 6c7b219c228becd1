// Tests of what verify finds.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct StoreCheckTests {
  private static let pool = WorkerPool(threads: 2)

  @Test("a sound store passes every check, in a fixed order")
  func sound() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    for name in ["a", "bb"] { try StoreScenario.ingest([name], rows: 500, into: store) }
    let report = try checkStore(files: files, pool: Self.pool)
    #expect(
      report.checks.map(\.check) == [
        "format", "catalogue", "older generations", "ledger", "retention", "checksums",
        "row order", "counts", "catalogue entries", "zone maps", "key filters", "leftovers",
      ])
    #expect(report.isClean && report.generation == 2 && report.segments == 4)
    #expect(report.rows == 1_000 && report.bytes > 1_000)
  }

  @Test(
    "a catalogue that says something else than its segment is found out",
    arguments: [
      { $0.userCount += 1 }, { $0.rowsWithoutUser += 1 }, { $0.minTime -= 1 }, { $0.maxTime += 1 },
      { $0.events?[0].count += 1 }, { $0.events = nil }, { $0.fields.removeLast() },
      { $0.rowCount += 1 },
    ] as [@Sendable (inout SegmentSummary) -> Void])
  func wrongSummary(change: @escaping @Sendable (inout SegmentSummary) -> Void) throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let transaction = try store.beginIngest(
      pool: Self.pool, memoryBytes: 64 << 20, repeats: .refuse, memtableRowsMax: 1_000
    ) { day, batches, rows, pool in
      var built = try buildSegment(day: day, batches: batches, rows: rows, pool: pool)
      change(&built.summary)
      return built
    }
    try transaction.accept(EventBatch(StoreScenario.events("a", count: 50, days: 1, seed: 3)))
    try transaction.finishSource(StoreScenario.record("a", rows: 50))
    _ = try transaction.commit()
    #expect(try !checkStore(files: files, pool: Self.pool).isSound)
  }

  @Test("a segment of an expired day is found out")
  func expiredSegment() throws {
    let files = FaultyFiles()
    try StoreScenario.ingest(["a"], into: Store.create(files: files))
    let commit = try GenerationCommit(files: files)
    var next = commit.next
    next.retention = Retention(
      watermark: try #require(next.segments.last).summary.day, generation: next.generation)
    try commit.publish(next, by: WriterDirectory(files: files))
    let report = try checkStore(files: files, pool: Self.pool)
    let failed = report.checks.filter { $0.status == .fail }
    #expect(failed.map(\.check) == ["retention"])
    #expect(failed.first?.detail.contains(next.segments[0].path) == true)
  }

  @Test("more rows than the inputs had are found out")
  func tooManyRows() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let transaction = try store.beginIngest(pool: Self.pool, memoryBytes: 64 << 20)
    try transaction.accept(EventBatch(StoreScenario.events("a", count: 50, days: 1, seed: 3)))
    try transaction.finishSource(StoreScenario.record("a", rows: 49))
    _ = try transaction.commit()
    let failed = try checkStore(files: files, pool: Self.pool).checks.filter { $0.status == .fail }
    #expect(failed.map(\.check) == ["ledger"])
  }
}
