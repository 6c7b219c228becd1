// Tests that help, manual pages and program agree.

import Foundation
import Testing

@testable import EvtCLI

@Suite("Help and manual pages")
struct HelpTopicsTests {
  private static let manual = Program.repository + "/man"
  static let commands = [
    "ingest", "retain", "compact", "gen", "query", "funnel", "trend", "cohort", "info", "verify",
    "alert",
  ]

  private func read(_ name: String) throws -> String {
    String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: Self.manual + "/" + name)), as: UTF8.self)
  }

  /// The long and short names of a command's options, from the parser itself.
  private func options(of command: String) throws -> [(long: String?, short: String?)] {
    let help = try Program.shell(
      "evt \(command) --experimental-dump-help", in: Program.repository
    ).stdout
    let tree = try JSONSerialization.jsonObject(with: Data(help.utf8)) as? [String: Any]
    let arguments = (tree?["command"] as? [String: Any])?["arguments"] as? [[String: Any]]
    return try #require(arguments).filter {
      $0["kind"] as? String != "positional" && $0["shouldDisplay"] as? Bool == true
    }.map { argument in
      let names = argument["names"] as? [[String: String]] ?? []
      return (
        names.first { $0["kind"] == "long" }?["name"],
        names.first { $0["kind"] == "short" }?["name"]
      )
    }
  }

  @Test("every option stands in the manual page of its command", arguments: commands)
  func optionsAreDocumented(_ command: String) throws {
    let page = try read("evt-\(command).1")
    for (long, short) in try options(of: command) {
      if let long { #expect(page.contains("Fl \\-\(long)"), "--\(long) of \(command)") }
      if let short { #expect(page.contains("Fl \(short) "), "-\(short) of \(command)") }
    }
  }

  @Test("every option in a manual page is one of the command", arguments: commands)
  func documentedOptionsExist(_ command: String) throws {
    let known = Set(try options(of: command).compactMap(\.long))
    let items = try read("evt-\(command).1").split(separator: "\n").filter {
      $0.hasPrefix(".It Fl ")
    }
    #expect(items.count >= 7)
    for item in items {
      for word in item.split(separator: " ") where word.hasPrefix("\\-") {
        #expect(known.contains(String(word.dropFirst(2))), "\(item) of \(command)")
      }
    }
  }

  @Test("every command has a page and a line in evt(1)", arguments: commands)
  func commandsAreListed(_ command: String) throws {
    #expect(try read("evt.1").contains(".It Cm \(command)\n"))
    #expect(try read("evt-\(command).1").contains(".Sh EXAMPLES\n"))
  }

  @Test(
    "every exit status stands in every page", arguments: ["evt.1"] + commands.map { "evt-\($0).1" })
  func statusesAreDocumented(_ page: String) throws {
    let text = try read(page)
    for status in ExitStatus.allCases { #expect(text.contains("\n.It \(status.rawValue)\n")) }
  }

  @Test("manual pages are clean, as far as mandoc is here to tell")
  func pagesAreClean() throws {
    let result = try Program.shell(
      "command -v mandoc >/dev/null || exit 0; mandoc -T lint -W warning man/*.[157]",
      in: Program.repository)
    #expect(result == ProgramResult(stdout: "", stderr: "", status: 0))
  }

  @Test("every topic fits a terminal of 80 columns")
  func topicsAreNarrow() {
    for topic in HelpTopics.all {
      for line in topic.plain.split(separator: "\n") where !line.hasPrefix("    evt ") {
        #expect(line.count <= 80, "\(topic.name): \(line)")
      }
    }
  }

  @Test("the examples of --help work on the samples", arguments: commands)
  func examplesWork(_ command: String) throws {
    let help = try Program.shell("evt \(command) --help", in: Program.repository).stdout
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    let examples = lines.drop { $0 != "EXAMPLES:" }.dropFirst().prefix { $0.hasPrefix("  ") }
    #expect((2...5).contains(examples.count))
    for example in examples {
      let directory = try SampleStore.directory()
      try directory.write(
        #"{"event":"a","created_at":"2025-03-01T00:00:00Z","email":"x@example.org"}"# + "\n",
        to: "dump.ndjson")
      // Five million events are five thousand here.
      let script = example.replacing("5000000", with: "5000").replacing("100000", with: "1000")
      let result = try Program.shell(
        """
        mkdir dumps && mv dump.ndjson dumps && set -o pipefail
        evt ingest --store web.evt Samples/tracker.ndjson && \(script)
        """, in: directory.path, environment: SampleStore.environment)
      #expect(result.status == 0, "\(example): \(result.stderr)")
    }
  }
}
