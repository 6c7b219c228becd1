// Tests of segments that cannot be written anew in one piece.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct SegmentRewriterTests {
  /// A store of one segment with 60 rows of long texts, every third of the second run.
  private static func store(_ files: FaultyFiles) throws -> Store {
    let store = try Store.create(files: files)
    for (run, rows) in [40, 20].enumerated() {
      let transaction = try store.beginIngest(
        pool: WorkerPool(threads: 1), memoryBytes: 64 << 20)
      let events = (0..<rows).map { row in
        TestEvent(
          time: StoreScenario.noon + Int64(row), event: "e", user: "u\(row % 5)",
          values: [
            "input": .text("\(run)"),
            "long": .text(String(repeating: "x", count: 1_000) + "\(run)-\(row)"),
          ])
      }
      try transaction.accept(EventBatch(events))
      try transaction.finishSource(StoreScenario.record("\(run)", rows: rows))
      _ = try transaction.commit()
    }
    _ = try store.compact(.all, pool: WorkerPool(threads: 1))
    return store
  }

  @Test(
    "what is too much for one file is written into several",
    arguments: [(500, 40), (6_000, 8), (25_000, 2), (60_000, 1)])
  func split(textBytesMax: Int, files expected: Int) throws {
    let files = FaultyFiles()
    let snapshot = try Self.store(files).snapshot()
    let reader = try snapshot.reader(0)
    let writer = try WriterDirectory(files: files)
    defer { writer.remove() }
    let rewriter = SegmentRewriter(files: files, writer: writer, textBytesMax: textBytesMax)
    let dropped = try reader.rows(from: RowOrigins(runs: [2]), runs: [1, 2])
    #expect(dropped.count == 20)
    let results = try rewriter.rewrite(reader, runs: [1, 2], without: dropped)
    #expect(results.count == expected)
    #expect(results.reduce(0) { $0 + $1.merged.summary.rowCount } == 40)
    #expect(results.allSatisfy { $0.merged.runs == [1] })
    #expect(try files.list(writer.path).count == results.count)
    for result in results {
      let bytes = try #require(files.contents[result.path])
      let rewritten = try SegmentReader(
        source: MemoryBlockSource(bytes), fileBytes: UInt64(bytes.count),
        footerHash: result.merged.summary.footerHash)
      var vector = ColumnVector()
      try rewritten.decode(path: "input", block: 0, into: &vector)
      #expect((0..<vector.rowCount).allSatisfy { vector.value($0) == .text("0") })
    }
  }
}
