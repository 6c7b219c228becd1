// Names of inputs: files, directories, patterns, and what is not there.

import EvtCore
import Glibc
import Testing

@testable import Ingest

@Suite("Input list")
struct InputListTests {
  private func names(_ folder: TestFolder, _ words: [String]) throws -> [String] {
    try InputList(words.map { "\(folder.path)/\($0)" }).names.map { folder.hide($0) }
  }

  @Test("directories and patterns are expanded in order of their bytes")
  func expansion() throws {
    let folder = try TestFolder()
    folder.makeFolder("logs")
    folder.makeFolder("logs/b")
    for name in ["logs/z.ndjson", "logs/a.json.gz", "logs/b/c.jsonl", "logs/README.txt", "logs/.hidden.json"] {
      try folder.write(name, "{}")
    }
    try folder.write("x1.log", "{}")
    try folder.write("x2.log", "{}")
    #expect(
      try names(folder, ["logs", "x?.log", "x2.log"]) == [
        "logs/a.json.gz", "logs/b/c.jsonl", "logs/z.ndjson", "x1.log", "x2.log", "x2.log",
      ])
    #expect(try names(folder, ["logs/*.json.gz"]) == ["logs/a.json.gz"])
    #expect(try InputList(["\(folder.path)/logs"]).notes.count == 1)
    #expect(try InputList(["\(folder.path)/logs", "-"]).totalBytes == nil)
    #expect(try InputList(["\(folder.path)/logs"]).totalBytes == 6)
  }

  @Test("what is missing or closed ends the run before anything is loaded")
  func missing() throws {
    let folder = try TestFolder()
    let good = try folder.write("good.json", "{\"event\":\"e\",\"timestamp\":\"2026-01-01\"}")
    folder.makeFolder("empty")
    for (word, kind) in [
      ("nothing.json", IngestError.Kind.missing), ("*.nothing", .missing), ("empty", .missing),
      ("good.json/x", .missing),
    ] {
      let sink = MemorySink()
      let run = IngestRun(
        inputs: [good, "\(folder.path)/\(word)"], options: testOptions(), sink: sink,
        pool: WorkerPool(threads: 1), rejects: { _ in })
      let error = #expect(throws: IngestError.self) { _ = try run.run() }
      #expect(error?.kind == kind, "\(word)")
      #expect(sink.rows.isEmpty && sink.finished.isEmpty)
    }
    #expect(throws: IngestError.self) { _ = try InputList([]) }
  }

  @Test("a file without rights is an error of permission")
  func permission() throws {
    // Nothing is closed to the superuser.
    guard geteuid() != 0 else { return }
    let folder = try TestFolder()
    let path = try folder.write("closed.json", "{}")
    chmod(path, 0)
    let error = #expect(throws: IngestError.self) { _ = try InputList([path]) }
    #expect(error?.kind == .permission)
  }
}
