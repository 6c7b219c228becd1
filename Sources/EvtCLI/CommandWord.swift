// The first word: which command is meant, and what to say when none has that name.

import ArgumentParser
import EvtCore

/// Finds the command among the arguments, where global options may stand before it.
enum CommandWord {
  /// The names of all commands.
  static var names: [String] {
    EvtCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
  }

  /// The first argument that is neither an option nor an option's value, and its place.
  static func find(in arguments: [String]) -> (word: String, index: Int)? {
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      guard argument.hasPrefix("-"), argument != "-" else { return (argument, index) }
      index += GlobalOptions.namesWithValue.contains(argument) ? 2 : 1
    }
    return nil
  }

  /// The command that `arguments` ask for, with its options set.
  ///
  /// To look at `evt` itself and all commands below it takes the parser a millisecond, so it looks
  /// at the command meant alone. Only when that refuses the arguments, or help is wanted, it sees
  /// all of them.
  static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    if let (word, index) = find(in: arguments),
      let command = EvtCommand.configuration.subcommands.first(where: {
        $0.configuration.commandName == word
      })
    {
      var own = arguments
      own.remove(at: index)
      if let parsed = try? command.parseAsRoot(own), type(of: parsed) == command { return parsed }
    }
    return try EvtCommand.parseAsRoot(arguments)
  }

  /// Makes sure that the command exists.
  /// - Throws: `UsageError` with the nearest names.
  static func check(_ arguments: [String]) throws(UsageError) {
    guard let (word, _) = find(in: arguments), !names.contains(word) else { return }
    if word == "retention" {
      throw UsageError(
        "\"retention\" can mean two things, so evt has no command of that name",
        help: "evt retain deletes old data; evt cohort shows which users come back")
    }
    let near = NearestNames.find(word, among: names)
    let meant = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
    throw UsageError(
      "there is no command \"\(word)\"\(meant)",
      help: "the commands are \(names.joined(separator: ", "))")
  }
}
