// Tests of CommandWord.

import Testing

@testable import EvtCLI

@Suite("Command word")
struct CommandWordTests {
  @Test(
    "the command is the first word that is no option and no option's value",
    arguments: [
      (["query"], "query"), (["--store", "query", "info"], "info"), (["-q", "info"], "info"),
      (["--store=x", "info"], "info"), (["--help"], nil), (["--store"], nil), ([], nil),
      (["-"], "-"),
    ] as [([String], String?)])
  func finds(_ arguments: [String], _ word: String?) {
    #expect(CommandWord.find(in: arguments)?.word == word)
  }

  @Test("an unknown command is an error with the nearest name")
  func suggests() {
    var error: UsageError?
    do { try CommandWord.check(["igest", "x"]) } catch let thrown { error = thrown }
    #expect(error?.message.contains("did you mean ingest?") == true)
  }

  @Test("a value that begins like an option is not lost on the command")
  func acceptsKnown() throws {
    for name in CommandWord.names { try CommandWord.check([name]) }
  }
}
