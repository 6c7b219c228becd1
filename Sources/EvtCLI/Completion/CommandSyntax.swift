// What a command takes, as its help lists it.

import ArgumentParser

/// The options and arguments of a command. Its help says all there is to know of them, and nothing
/// that cannot be typed.
struct CommandSyntax {
  struct Option {
    /// `-f`, `--format`.
    var names: [String] = []
    /// What its value is called, `<format>`; nil when it takes none.
    var value: String?
    /// The values that it can have, where they are few.
    var values: [String] = []
    var help = ""
  }

  private(set) var options: [Option] = []
  /// Arguments without an option: `<steps>`.
  private(set) var positionals: [String] = []
  /// Whether the last of them can be repeated.
  private(set) var isRepeating = false

  /// All commands with what they are for.
  static var commands: [Candidate] {
    let commands = EvtCommand.configuration.subcommands.map { $0.configuration }
    return commands.map { Candidate($0.commandName ?? "", note: .text($0.abstract)) }
      + [Candidate("help", note: .text("Explain a command or a topic."))]
  }

  /// The command `name`, or `evt` itself for nil. Returns nil when there is no such command.
  init?(of name: String?) {
    // Wide enough to keep each option on one line, or two.
    let columns = 10_000
    guard let name else {
      self.init(help: EvtCommand.helpMessage(columns: columns))
      return
    }
    let commands = EvtCommand.configuration.subcommands
    guard let command = commands.first(where: { $0.configuration.commandName == name }) else {
      return nil
    }
    self.init(help: EvtCommand.helpMessage(for: command, columns: columns))
  }

  /// Reads a page of help: lines such as `  -f, --format <format>  Help. (values: a, b)`, where a
  /// long name leaves the help to the next line.
  init(help: String) {
    let lines = help.split(separator: "\n").drop { !$0.hasPrefix("USAGE: ") }
    let usage = lines.first ?? ""
    for line in lines.dropFirst() {
      let entry = line.dropFirst(2)
      if !line.hasPrefix("  ") || entry.hasPrefix("  ") {
        if line.hasPrefix("   "), !options.isEmpty { describe(options.endIndex - 1, line) }
      } else if entry.hasPrefix("-") {
        addOption(entry)
      } else if entry.hasPrefix("<"), let end = entry.firstIndex(of: ">") {
        positionals.append(String(entry[...end]))
        isRepeating = usage.contains("\(entry[...end]) ...")
      }
    }
  }

  private mutating func addOption(_ entry: Substring) {
    var option = Option()
    var rest = entry
    while rest.hasPrefix("-") {
      let name = rest.prefix { $0 != " " && $0 != "," }
      option.names.append(String(name))
      rest = rest.dropFirst(name.count)
      if rest.hasPrefix(", ") { rest = rest.dropFirst(2) }
    }
    if rest.hasPrefix(" <"), let end = rest.firstIndex(of: ">") {
      option.value = String(rest[...end].dropFirst())
      rest = rest[rest.index(after: end)...]
    }
    options.append(option)
    describe(options.endIndex - 1, rest)
  }

  private mutating func describe(_ index: Int, _ text: Substring) {
    let text = text.drop { $0 == " " }
    guard !text.isEmpty, options[index].help.isEmpty else { return }
    guard let values = text.firstRange(of: " (values: ") else {
      options[index].help = String(text)
      return
    }
    options[index].help = String(text[..<values.lowerBound])
    let list = text[values.upperBound...].prefix { $0 != ";" && $0 != ")" }
    options[index].values = list.split(separator: ", ").map(String.init)
  }

  /// The option of this name.
  func option(_ name: some StringProtocol) -> Option? {
    options.first { $0.names.contains(String(name)) }
  }

  /// The argument at `index`, if there can be one.
  func positional(_ index: Int) -> String? {
    index < positionals.count ? positionals[index] : isRepeating ? positionals.last : nil
  }
}
