// evt info: stub.

import ArgumentParser

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "info", abstract: "")
  @OptionGroup(title: "Global options") var global: GlobalOptions
}
