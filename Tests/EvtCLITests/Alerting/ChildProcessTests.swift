// Tests of ChildProcess.

import Testing

@testable import EvtCLI

@Suite("Child process")
struct ChildProcessTests {
  private static func run(
    _ program: String, _ arguments: [String], input: String = "", deadline: Int = 60_000
  ) -> ChildProcess.Outcome {
    ChildProcess(
      program: program, arguments: arguments,
      environment: [("PATH", "/usr/bin:/bin"), ("A", "b c")],
      input: Array(input.utf8), deadlineMillis: deadline
    ).run()
  }

  @Test("input, arguments, environment and status pass through, and nothing else")
  func passes() {
    let script = "cat; echo \"$0 $1 $A $HOME\"; exit 7"
    let expected = "in\nx y z' b c \n"
    #expect(
      Self.run("sh", ["-c", script, "x y", "z'"], input: "in\n")
        == .exited(7, output: Array(expected.utf8)))
  }

  @Test("input and output of any length neither block nor fill the memory")
  func lengths() {
    let long = String(repeating: "x", count: 1 << 20)
    #expect(Self.run("true", [], input: long) == .exited(0, output: []))
    guard case .exited(0, let output) = Self.run("cat", [], input: long) else {
      Issue.record("cat failed")
      return
    }
    #expect(output == Array(repeating: 0x78, count: 4_096))
  }

  @Test("a missing program, one that does not end, and one that is killed are told apart")
  func failures() {
    #expect(Self.run("no-such-program", []) == .missing)
    #expect(Self.run("sleep", ["1000"], deadline: 50) == .killed)
    #expect(Self.run("sh", ["-c", "kill -9 $$"]) == .killed)
    #expect(Self.run("/etc/passwd", []) == .failed(13))
  }
}
