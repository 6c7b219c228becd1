// evt funnel: stub.

import ArgumentParser

struct FunnelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "funnel", abstract: "")
  @OptionGroup(title: "Global options") var global: GlobalOptions
}
