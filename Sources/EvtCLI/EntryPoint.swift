// The way in: arguments to a command, its errors to a message and an exit status.

import ArgumentParser
import EvtCore
import Glibc

/// Runs the program. Synchronous throughout: an `async` main costs a static executable 10 ms.
public enum EntryPoint {
  /// Runs the command that the process's arguments name, and ends the process.
  public static func run() -> Never {
    ProcessMemory.keepFreedBlocks()
    FileTable.reserve()
    // A file beyond `ulimit -f` is to fail as a write, with its message and exit status.
    signal(SIGXFSZ, SIG_IGN)
    exit(status(of: CommandLine.arguments.dropFirst().map(unmistakable)).rawValue)
  }

  /// SQL may begin with a comment, which looks like an option until one sees white space in its
  /// name: another space before it makes clear that it is none.
  private static func unmistakable(_ argument: String) -> String {
    guard argument.hasPrefix("--") else { return argument }
    let name = argument.dropFirst(2).prefix { $0 != "=" }
    return name.contains(where: \.isWhitespace) ? " " + argument : argument
  }

  private static func status(of arguments: [String]) -> ExitStatus {
    do {
      if let request = CompletionRequest(arguments) {
        // Whatever goes wrong at a TAB, nobody wants to read of it there.
        try? StandardOutput.write(request.answer)
        return .done
      }
      if arguments.isEmpty {
        try StandardOutput.write(HelpTopics.overview)
        return .done
      }
      if let script = CompletionScript.requested(by: arguments) {
        try StandardOutput.write(script)
        return .done
      }
      if let page = try HelpTopics.page(for: arguments) {
        try StandardOutput.write(page)
        return .done
      }
      try CommandWord.check(arguments)
      var command = try CommandWord.parse(arguments)
      try command.run()
      return .done
    } catch let verdict as Verdict {
      return verdict.status
    } catch {
      return report(error, arguments: arguments)
    }
  }

  private static func report(_ error: any Error, arguments: [String]) -> ExitStatus {
    // `--help`, `--version` and completion scripts arrive as errors that are none.
    if EvtCommand.exitCode(for: error) == .success {
      do {
        try StandardOutput.write(EvtCommand.fullMessage(for: error) + "\n")
        return .done
      } catch { return report(error, arguments: arguments) }
    }
    let report = ErrorReport(error)
    report.write(style: .forStandardError(arguments: arguments))
    return report.status
  }
}
