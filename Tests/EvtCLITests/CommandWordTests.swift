// Tests of CommandWord.

import ArgumentParser
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

  @Test("a command is parsed alone as it is below evt, and what it refuses is left to evt")
  func parses() throws {
    for arguments in [["--store", "s", "query", "--by", "event"], ["query", "--by", "event"]] {
      let alone = try #require(CommandWord.parse(arguments) as? QueryCommand)
      let below = try #require(EvtCommand.parseAsRoot(arguments) as? QueryCommand)
      #expect("\(alone)" == "\(below)")
    }
    for refused in [
      ["query", "--version"], ["query", "--b"], ["query", "--help"], ["--version"],
    ] {
      var messages: [String] = []
      for parse in [CommandWord.parse, { try EvtCommand.parseAsRoot($0) }] {
        do {
          var command = try parse(refused)
          try command.run()
        } catch { messages.append(EvtCommand.fullMessage(for: error)) }
      }
      #expect(messages.count == 2 && messages.first == messages.last, "\(refused)")
    }
  }

  @Test("a value that begins like an option is not lost on the command")
  func acceptsKnown() throws {
    for name in CommandWord.names { try CommandWord.check([name]) }
  }
}
