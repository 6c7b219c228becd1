// Tests of OutputTarget: a file is there whole or not at all.

import Foundation
import Testing

@testable import EvtCLI

@Suite("Output target")
struct OutputTargetTests {
  private struct Broken: Error {}

  @Test("a file gets its content, and nothing else is left beside it")
  func writesFile() throws {
    let directory = try WorkDirectory()
    try directory.write("old", to: "out.txt")
    try OutputTarget(directory.path + "/out.txt").write { $0.append("new\n") }
    #expect(try directory.read("out.txt") == "new\n")
    #expect(try directory.list() == ["out.txt"])
  }

  @Test("an error while writing leaves the old file and nothing else")
  func keepsOldFile() throws {
    let directory = try WorkDirectory()
    try directory.write("old", to: "out.txt")
    #expect(throws: Broken.self) {
      try OutputTarget(directory.path + "/out.txt").write { out in
        out.append("half")
        throw Broken()
      }
    }
    #expect(try directory.read("out.txt") == "old")
    #expect(try directory.list() == ["out.txt"])
  }

  @Test("a directory that is not there is an error that names the file")
  func reportsMissingDirectory() throws {
    let directory = try WorkDirectory()
    let path = directory.path + "/none/out.txt"
    #expect(throws: OutputError.self) { try OutputTarget(path).write { $0.append("x") } }
  }

  @Test("a dash is standard output")
  func knowsDash() {
    #expect(OutputTarget("-").path == nil)
    #expect(OutputTarget(nil).name == "standard output")
  }
}
