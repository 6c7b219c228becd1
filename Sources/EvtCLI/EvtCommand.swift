// The tree of commands.

import ArgumentParser

/// `evt` itself: global options, and the commands in the order of their use.
struct EvtCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evt",
    abstract: "Product analytics from event dumps: one program, one directory, exact answers.",
    discussion: """
      evt turns NDJSON dumps (plain or gzip) into a directory of compressed columns and answers \
      how many, who, in what order and since when from it.

        evt ingest Samples/shop.ndjson
        evt funnel page_view,add_to_cart,purchase --window 30m --by device
        evt query --event purchase --by country --agg count,users,sum:total
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Data",
        subcommands: [
          IngestCommand.self, RetainCommand.self, CompactCommand.self, GenCommand.self,
        ]),
      CommandGroup(
        name: "Questions",
        subcommands: [
          QueryCommand.self, FunnelCommand.self, TrendCommand.self, CohortCommand.self,
          InfoCommand.self,
        ]),
      CommandGroup(name: "Checks", subcommands: [VerifyCommand.self, AlertCommand.self]),
    ])

  @OptionGroup(title: "Global options") var global: GlobalOptions

  mutating func run() throws {
    throw UsageError(
      "a command is missing", help: "evt funnel --help shows one; evt alone lists them all")
  }
}
