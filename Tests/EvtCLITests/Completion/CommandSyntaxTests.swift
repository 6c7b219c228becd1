// Tests of CommandSyntax: the help is read as the parser means it.

import Foundation
import Testing

@testable import EvtCLI

@Suite("Command syntax")
struct CommandSyntaxTests {
  private struct Dump: Decodable {
    struct Name: Decodable { var kind: String, name: String }
    struct Argument: Decodable {
      var kind: String
      var names: [Name]?
      var valueName: String?
      var allValues: [String]?
      var isRepeating: Bool
      var shouldDisplay: Bool
    }
    struct Command: Decodable { var arguments: [Argument]? }
    var command: Command
  }

  private static let commands: [String?] = [nil] + CommandWord.names.filter { $0 != "help" }

  @Test("options, values and arguments are those of the parser", arguments: commands)
  func agrees(_ command: String?) throws {
    let text = try Program.shell(
      "evt \(command ?? "") --experimental-dump-help", in: Program.repository
    ).stdout
    let arguments = try #require(
      try JSONDecoder().decode(Dump.self, from: Data(text.utf8)).command.arguments)
    let syntax = try #require(CommandSyntax(of: command))
    let options = arguments.filter { $0.kind != "positional" && $0.shouldDisplay }
    let expected = options.map { option in
      (option.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
        .sorted { $0.utf8.count < $1.utf8.count }
    }
    #expect(
      syntax.options.map(\.names).filter { $0 != ["--version"] && $0 != ["-h", "--help"] }
        == expected.filter { $0 != ["--version"] && $0 != ["-h", "--help"] })
    for (option, names) in zip(options, expected) {
      let found = try #require(syntax.option(names[0]))
      #expect(found.value == (option.kind == "flag" ? nil : "<\(option.valueName ?? "")>"))
      #expect(found.values == option.allValues ?? [])
      #expect(!found.help.isEmpty)
    }
    let positionals = arguments.filter { $0.kind == "positional" }
    #expect(syntax.positionals == positionals.map { "<\($0.valueName ?? "")>" })
    #expect(syntax.isRepeating == (positionals.last?.isRepeating ?? false))
  }

  /// Options whose values nobody but the user can know.
  private static let free: Set = [
    "--threads", "--now", "--last", "--since", "--until", "--window", "--top", "--map",
    "--set", "--hash", "--drop", "--truncate-ip", "--flush", "--max-rejects", "--memory", "--days",
    "--rollup-days", "--param", "--rows", "--users", "--seed", "--start", "--dedupe-window",
    "--undo", "--periods", "--within",
    "--fail-if", "--warn-if", "--max-stale",
  ]

  @Test("every option that takes a value is completed, or cannot be", arguments: commands)
  func areCompleted(_ command: String?) throws {
    let syntax = try #require(CommandSyntax(of: command))
    for option in syntax.options where option.value != nil && CompletedValue(option) == nil {
      #expect(
        option.names.contains { Self.free.contains($0) }, "\(option.names) of \(command ?? "evt")")
    }
    for argument in syntax.positionals {
      #expect(CompletedValue(argument: argument) != nil, "\(argument) of \(command ?? "evt")")
    }
  }

  @Test("there is no syntax of what is no command")
  func unknown() {
    #expect(CommandSyntax(of: "frobnicate") == nil)
    #expect(CommandSyntax(of: "help") == nil)
  }

  @Test("long names leave the help to the next line")
  func longNames() throws {
    let syntax = CommandSyntax(
      help: """
        OVERVIEW: A.

          -x is no option here

        USAGE: evt a [<options>] <b> ...

        ARGUMENTS:
          <b>      Bs.

        OPTIONS:
          -l, --long-name-of-an-option <value>
                   Help. (values: one, two; default: one)
          --flag   Another.
        """)
    #expect(syntax.options.map(\.names) == [["-l", "--long-name-of-an-option"], ["--flag"]])
    #expect(syntax.options.map(\.help) == ["Help.", "Another."])
    #expect(syntax.options[0].values == ["one", "two"])
    #expect(syntax.positional(7) == "<b>")
  }
}
