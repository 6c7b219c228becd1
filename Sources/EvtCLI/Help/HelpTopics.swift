// evt help TOPIC: what belongs to no single command.

import ArgumentParser
import EvtCore

/// The pages of `evt help`, and the screen of `evt` alone.
enum HelpTopics {
  /// All topics.
  static let all: [HelpTopic] = [
    .semantics, .expressions, .sql, .time, .formats, .presets, .rules, .exitCodes,
  ]

  /// What `evt` prints without arguments.
  static var overview: String {
    """
    evt \(Version.number): product analytics from event dumps, in one program and one directory

    usage: evt COMMAND [OPTION...]

      ingest    load event dumps into the store
      retain    remove old days from the store
      compact   merge small segments of the store into large ones
      query     count events, users and sessions, add up properties, print events
      funnel    count the users who take given steps in order
      trend     show counts, users or other figures over time
      cohort    show how many of the users who began at one time come back
      info      show what is in the store
      verify    check every byte of the store, or that expected events are in it
      alert     judge rules and notify, for cron to repeat
      gen       write a generated log to try things on

    start with the samples:
      evt ingest Samples/shop.ndjson
      evt query --by event --agg count,users
      evt funnel page_view,product_view,add_to_cart,purchase --window 1d --by device

    more: evt COMMAND --help, evt help \(all.map(\.name).joined(separator: "|"))

    """
  }

  /// The page that `arguments` ask for with the word `help`, nil when they are another command.
  /// - Throws: `UsageError` when there is no such page.
  static func page(for arguments: [String]) throws(UsageError) -> String? {
    guard let (word, index) = CommandWord.find(in: arguments), word == "help" else { return nil }
    guard let name = arguments[(index + 1)...].first(where: { !$0.hasPrefix("-") }) else {
      return overview
    }
    if let topic = all.first(where: { $0.name == name }) { return topic.plain }
    let command = EvtCommand.configuration.subcommands.first {
      $0.configuration.commandName == name
    }
    if let command {
      return EvtCommand.helpMessage(for: command, columns: helpColumns) + "\n"
    }
    let names = all.map(\.name) + CommandWord.names
    let near = NearestNames.find(name, among: names)
    let meant = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
    throw UsageError(
      "there is no help on \"\(name)\"\(meant)",
      help: "topics are \(names.dropLast().joined(separator: ", "))")
  }

  /// The width of help texts, wherever they go.
  static let helpColumns = 80
}
