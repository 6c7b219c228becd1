// What was loaded before is not loaded again, under any name and in any packing.

import Columnar
import EvtCore
import Glibc
import TestSupport
import Testing

@testable import Ingest

@Suite("Ledger")
struct LedgerTests {
  /// Lines of events that differ from each other.
  private static func lines(_ range: Range<Int>) -> String {
    range.map { "{\"event\":\"e\",\"timestamp\":\(1_767_225_600 + $0),\"n\":\($0)}\n" }.joined()
  }

  /// Runs of ingest over one ledger.
  private final class History {
    let folder: TestFolder
    var records: [SourceRecord] = []
    var options = testOptions()

    init() throws { folder = try TestFolder() }

    func write(_ name: String, _ text: String) throws { try folder.write(name, text) }

    func run(_ names: String...) throws -> (
      rows: [String], report: IngestReport, records: [SourceRecord]
    ) {
      let sink = MemorySink(known: records)
      let run = IngestRun(
        inputs: names.map { "\(folder.path)/\($0)" }, options: options, sink: sink,
        pool: WorkerPool(threads: 1), rejects: { _ in })
      let report = try run.run()
      records += sink.finished
      return (sink.rows, report, sink.finished)
    }
  }

  /// Short content is compared as a whole, long content by its beginning first.
  @Test("the same content is skipped under any name, packed or not", arguments: [3, 3_000])
  func equalContent(count: Int) throws {
    let history = try History()
    let text = Self.lines(0..<count)
    try history.write("a.json", text)
    try history.write("b.json", text)
    try history.folder.write("c.json.gz", gzip(text))
    try history.folder.write("d.json.gz", gzip(text))
    #expect(try history.run("a.json").rows.count == count)
    let again = try history.run("a.json", "b.json", "c.json.gz")
    #expect(again.rows.isEmpty && again.report.skippedFiles == 3 && again.report.files == 0)
    history.records = []
    #expect(try history.run("c.json.gz").rows.count == count)
    #expect(history.records[0].storedHash != nil)
    let packed = try history.run("d.json.gz", "a.json", "c.json.gz")
    #expect(packed.rows.isEmpty && packed.report.skippedFiles == 3)
    history.options.force = true
    #expect(try history.run("a.json", "b.json").rows.count == 2 * count)
  }

  @Test("the same content twice in one run is loaded once")
  func twiceInOneRun() throws {
    let history = try History()
    try history.write("a.json", Self.lines(0..<5))
    try history.folder.write("b.json.gz", gzip(Self.lines(0..<5)))
    let run = try history.run("a.json", "b.json.gz", "a.json")
    #expect(run.rows.count == 5 && run.report.files == 1 && run.report.skippedFiles == 2)
  }

  @Test("content that differs in one byte is loaded", arguments: [3, 3_000])
  func differentContent(count: Int) throws {
    let history = try History()
    let text = Self.lines(0..<count)
    try history.write("a.json", text)
    _ = try history.run("a.json")
    try history.write("a.json", String(text.dropLast(3)) + "5}\n")
    #expect(try history.run("a.json").rows.count == count)
  }

  @Test("a file that grew is continued behind what is known", arguments: [3, 3_000])
  func grown(count: Int) throws {
    let history = try History()
    try history.write("a.json", Self.lines(0..<count))
    _ = try history.run("a.json")
    try history.write("a.json", Self.lines(0..<count + 2) + "{bad\n")
    let run = try history.run("a.json")
    #expect(run.rows.count == 2)
    #expect(run.rows.first?.contains("n=int:\(count)") == true)
    #expect(run.report.firstRejects.first?.line == count + 3)
    #expect(
      run.report.firstRejects.first?.byteOffset == UInt64(Self.lines(0..<count + 2).utf8.count))
    let record = try #require(run.records.first)
    #expect(record.lines == UInt64(count) + 3)
    #expect(record.rows == UInt64(count) + 2 && record.rejected == 1)
    let whole = Array((Self.lines(0..<count + 2) + "{bad\n").utf8)
    #expect(record.content.bytes == UInt64(whole.count))
    #expect(record.content.hash == whole.withUnsafeBytes { Hash128(of: $0) })
    #expect(try history.run("a.json").report.skippedFiles == 1)
    // What is shorter was loaded long ago, and what is packed too.
    try history.folder.write("old.json.gz", gzip(Self.lines(0..<count)))
    #expect(try history.run("old.json.gz").report.skippedFiles == 1)
    try history.folder.write("grown.json.gz", gzip(Self.lines(0..<count + 4)))
    let packed = try history.run("grown.json.gz")
    // Its lines go on behind the common beginning only when that is long enough to tell.
    #expect(packed.rows.count == (count > 1_000 ? 4 : count + 4))
  }

  @Test("a short beginning counts for the same file only")
  func shortPrefix() throws {
    let history = try History()
    try history.write("a.json", Self.lines(0..<3))
    _ = try history.run("a.json")
    try history.write("b.json", Self.lines(0..<5))
    #expect(try history.run("b.json").rows.count == 5)
    // A renamed file keeps its inode.
    try history.write("c.json", Self.lines(10..<13))
    _ = try history.run("c.json")
    rename("\(history.folder.path)/c.json", "\(history.folder.path)/d.json")
    let stream = fopen("\(history.folder.path)/d.json", "a")
    fputs(Self.lines(13..<14), stream)
    fclose(stream)
    #expect(try history.run("d.json").rows.count == 1)
  }

  @Test("a last line without its end is taken once, complete or not")
  func openLastLine() throws {
    let history = try History()
    let whole = Self.lines(0..<3)
    for cut in 1..<Self.lines(0..<1).utf8.count + 1 {
      history.records = []
      try history.write("a.json", String(whole.dropLast(cut)))
      let first = try history.run("a.json")
      try history.write("a.json", whole)
      let second = try history.run("a.json")
      #expect(first.rows.count + second.rows.count == 3, "without the last \(cut) bytes")
      #expect(second.records.first?.lines == 3, "without the last \(cut) bytes")
      try history.write("a.json", whole + "x\n")
      #expect(try history.run("a.json").report.firstRejects.first?.line == 4)
    }
  }

  @Test("an array that grew is continued")
  func grownArray() throws {
    let history = try History()
    let events = Self.lines(0..<4).split(separator: "\n")
    try history.write("a.json", "[\(events[0]),\n\(events[1]),\n\(events[2].dropLast(4))")
    #expect(try history.run("a.json").rows.count == 2)
    try history.write("a.json", "[\(events[0]),\n\(events[1]),\n\(events[2]),\n\(events[3])]\n")
    let run = try history.run("a.json")
    #expect(run.rows.count == 2 && run.report.rejected == 0)
    #expect(run.records.first?.lines == 4)
  }

  @Test("a stream is recognised by a copy of it")
  func streams() throws {
    let history = try History()
    for count in [3, 3_000] {
      try history.write("a\(count).json", Self.lines(0..<count))
      _ = try history.run("a\(count).json")
    }
    let spool = try TestFolder()
    history.options.spoolDirectory = spool.path
    for (text, rows) in [
      (Self.lines(0..<3), 0), (Self.lines(0..<3_000), 0), (Self.lines(0..<3_001), 1),
      (Self.lines(5..<8), 3), (Self.lines(0..<2_999), 2_999),
    ] {
      for bytes in [Array(text.utf8), gzip(text)] {
        try history.folder.write("input", bytes)
        let known = history.records
        #expect(try runPiped(history, "input").count == rows)
        history.records = known
      }
    }
    #expect(listFolder(spool.path).isEmpty)
    history.options.spoolDirectory = "/nonexistent"
    try history.write("input", Self.lines(0..<3_000))
    let error = #expect(throws: IngestError.self) { _ = try runPiped(history, "input") }
    #expect(error?.kind == .cannotCreate)
  }

  /// Gives the file to a run through a pipe.
  private func runPiped(_ history: History, _ name: String) throws -> [String] {
    let pipe = "\(history.folder.path)/pipe"
    mkfifo(pipe, 0o600)
    defer { unlink(pipe) }
    let shell = popen("exec cat '\(history.folder.path)/\(name)' > '\(pipe)'", "r")
    defer { pclose(shell) }
    return try history.run("pipe").rows
  }
}
