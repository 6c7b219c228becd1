// evt ingest: stub.

import ArgumentParser

struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "ingest", abstract: "")
  @OptionGroup(title: "Global options") var global: GlobalOptions
}
