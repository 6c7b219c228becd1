// Tests of RejectOutput.

import Glibc
import Testing

@testable import EvtCLI

@Suite("Reject file of one's choice")
struct RejectOutputTests {
  @Test("lines are kept in order, and the file of an earlier run is replaced")
  func keepsLines() throws {
    let directory = try WorkDirectory()
    let path = try directory.write("old\n", to: "rejects.ndjson")
    let output = try RejectOutput(path: path)
    #expect(output.writtenPath == nil)
    let lines = (0..<20_000).map { "{\"line\":\($0)}\n" }
    for line in lines { try output.append(Array(line.utf8)) }
    try output.finish()
    #expect(output.writtenPath == path)
    #expect(try directory.read("rejects.ndjson") == lines.joined())
  }

  @Test("a continued file keeps what is in it, and a cut line gets its end")
  func continues() throws {
    let directory = try WorkDirectory()
    for (old, expected) in [("", "new\n"), ("a\n", "a\nnew\n"), ("a\ncut", "a\ncut\nnew\n")] {
      let path = try directory.write(old, to: "rejects.ndjson")
      let output = try RejectOutput(path: path, isContinued: true)
      try output.append(Array("new\n".utf8))
      try output.finish()
      #expect(try directory.read("rejects.ndjson") == expected)
    }
  }

  @Test("a file that cannot be made or written is an error")
  func reportsErrors() throws {
    #expect(throws: OutputError.self) { try RejectOutput(path: "/nowhere/rejects.ndjson") }
    let full = try RejectOutput(path: "/dev/full")
    try full.append(Array("x\n".utf8))
    #expect(throws: OutputError.self) { try full.finish() }
  }
}
