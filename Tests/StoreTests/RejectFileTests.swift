// Tests of the file of rejected lines.

import TestSupport
import Testing

@testable import Store

@Suite struct RejectFileTests {
  @Test("there is no file before the first line, and one for each ingest after it")
  func lazy() throws {
    let files = FaultyFiles()
    _ = try Store.create(files: files)
    let unused = RejectFile(files: files)
    try unused.sync()
    #expect(unused.path == nil)
    for number in 1...3 {
      let rejects = RejectFile(files: files)
      for _ in 0..<3 { try rejects.append([UInt8(ascii: "l"), 10]) }
      try rejects.sync()
      #expect(rejects.path == "disk/rejects/0000000\(number).ndjson")
      #expect(files.after(.powerLoss).contents["rejects/0000000\(number).ndjson"]?.count == 6)
    }
  }

  @Test("many lines are written before the end")
  func large() throws {
    let files = FaultyFiles()
    _ = try Store.create(files: files)
    let rejects = RejectFile(files: files)
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
    for _ in 0..<10 { try rejects.append(line[...]) }
    #expect(files.contents["rejects/00000001.ndjson"]?.count ?? 0 >= 700_000)
    try rejects.sync()
    #expect(files.contents["rejects/00000001.ndjson"]?.count == 1_000_000)
  }

  @Test("an error of the disk reaches the caller")
  func full() throws {
    let files = FaultyFiles()
    _ = try Store.create(files: files)
    let rejects = RejectFile(files: files)
    try rejects.append([1])
    files.plan(.shortWrite, at: 0)
    #expect(throws: StoreError.self) { try rejects.sync() }
  }
}
