// Tests of removing rejected lines.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct ExpiredRejectsTests {
  @Test("reject files go that were last written before the time to keep, and no others")
  func age() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    for name in ["a", "bb", "ccc"] { try StoreScenario.ingest([name], into: store) }
    _ = try files.create("rejects/notes.txt", access: .readWrite)
    let request = StoreScenario.keeping(from: 0)
    for (number, time) in [request.limit - 1, request.limit, .max].enumerated() {
      try files.setModificationTime(time, of: "rejects/0000000\(number + 1).ndjson")
    }
    #expect(try store.planRetain(request).rejects == 1)
    #expect(try store.retain(request).rejects == 1)
    #expect(
      try files.list("rejects").map(\.name)
        == ["00000002.ndjson", "00000003.ndjson", "notes.txt"])
    #expect(try store.retain(request).rejects == 0)
  }

  @Test("rejects that cannot be removed are no error")
  func bestEffort() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest(["a"], into: store)
    let rejects = ExpiredRejects(files: files, limit: .max)
    for operation in 0..<4 {
      files.plan(.error(5), at: operation)
      _ = rejects.remove()
    }
    #expect(rejects.count() == 0 || rejects.remove() == 1)
    try files.removeDirectory("rejects")
    #expect(rejects.remove() == 0)
  }

  @Test("on a real disk a file has the time of its last writing")
  func realTime() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let store = try Store.create(at: "\(directory.path)/store")
    try StoreScenario.ingest(["a"], into: store)
    let path = "rejects/00000001.ndjson"
    let time = try store.files.open(path).modificationTime()
    // Later than these lines were written, and not far in the future.
    #expect(time > StoreScenario.noon - 300 * UTCDay.nanoseconds)
    #expect(ExpiredRejects(files: store.files, limit: time).count() == 0)
    #expect(ExpiredRejects(files: store.files, limit: time + 1).count() == 1)
  }
}
