// The README shows what happens: its session is run and compared.

import Foundation
import Testing

@Suite("README")
struct ReadmeTests {
  private static let path = Program.repository + "/README.md"

  /// The README cut into what is before, in and behind its session.
  private func parts() throws -> (before: String, session: String, behind: String) {
    let text = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: Self.path)), as: UTF8.self)
    let opening = try #require(text.range(of: "```console\n"))
    let closing = try #require(text.range(of: "```\n", range: opening.upperBound..<text.endIndex))
    return (
      String(text[..<opening.upperBound]), String(text[opening.upperBound..<closing.lowerBound]),
      String(text[closing.lowerBound...])
    )
  }

  @Test("the session is the real one")
  func sessionIsReal() throws {
    let (before, session, behind) = try parts()
    let directory = try WorkDirectory()
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/Samples", withDestinationPath: Program.repository + "/Samples")
    let commands = session.split(separator: "\n").filter { $0.hasPrefix("$ ") }.map {
      $0.dropFirst(2)
    }
    #expect(commands.count >= 3)
    var blocks: [String] = []
    for command in commands {
      let result = try Program.shell("\(command) 2>&1", in: directory.path)
      // The reader's screen wraps; the page does not.
      blocks.append("$ \(command)\n" + result.stdout)
    }
    let real = blocks.joined(separator: "\n")
    if GoldenTests.isRewriting {
      try Data((before + real + behind).utf8).write(to: URL(fileURLWithPath: Self.path))
    } else {
      #expect(session == real)
    }
  }

  @Test("every command and every topic is named")
  func namesEverything() throws {
    let text = try Program.shell("cat README.md", in: Program.repository).stdout
    for word in ["ingest", "retain", "query", "funnel", "trend", "info", "verify", "gen", "help"] {
      #expect(text.contains("`evt \(word)"))
    }
    for topic in ["semantics", "expressions", "time", "formats", "presets", "exit-codes"] {
      #expect(text.contains("`\(topic)`"))
    }
  }

  @Test(
    "the commands of the figures are commands of evt",
    arguments: ["gen", "ingest", "info", "query", "funnel"])
  func figuresHaveCommands(_ verb: String) throws {
    let text = try Program.shell("cat README.md", in: Program.repository).stdout
    #expect(text.contains("| `evt \(verb)"))
  }
}
