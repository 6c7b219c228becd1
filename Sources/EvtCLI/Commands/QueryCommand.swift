// evt query: stub.

import ArgumentParser

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "query", abstract: "")
  @OptionGroup(title: "Global options") var global: GlobalOptions
}
