// evt verify: stub.

import ArgumentParser

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "verify", abstract: "")
  @OptionGroup(title: "Global options") var global: GlobalOptions
}
