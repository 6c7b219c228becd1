// Errors of all layers as what a person reads and what a script sees.

import Analytics
import ArgumentParser
import Columnar
import EvtCore
import Glibc
import Ingest
import Query
import Store

/// A mistake on the command line that the parser of arguments cannot see.
struct UsageError: Error {
  var message: String
  /// How to mend it.
  var help: String?

  init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}

/// An error ready to be shown: `evt: error: message`, an excerpt, one `help:` line, a status.
struct ErrorReport {
  var status: ExitStatus
  var message: String
  /// Lines that show the place, such as an expression with a caret under it.
  var excerpt: String?
  var help: String?

  /// Words for `error`, whichever layer it is from.
  init(_ error: any Error) {
    switch error {
    case let error as UsageError:
      self.init(.usage, error.message, help: error.help)
    case let error as TimeInputError:
      self.init(.usage, error.description, help: "evt help time lists what can be written")
    case let error as ZoneError:
      self.init(error.status, error.message, help: error.help)
    case let error as QueryError:
      self.init(.usage, error.description, excerpt: error.excerpt)
    case let error as ConfigError:
      self.init(error.status, error.message, excerpt: error.excerpt, help: error.help)
    case let error as AnalyticsError:
      self.init(.usage, error.description)
    case let error as MissingStore:
      self.init(.inputMissing, error.message, help: MissingStore.help)
    case let error as TooFewFiles:
      self.init(.cannotWrite, error.message, help: TooFewFiles.help)
    case let error as UnsoundStore:
      self.init(.dataUnusable, error.message, help: UnsoundStore.help)
    case let error as RefusedRetain:
      self.init(.checkFailed, error.message, help: RefusedRetain.help)
    case let error as StoreError:
      let help = "evt info --runs lists what was loaded"
      self.init(
        Self.status(of: error.category), error.description,
        help: error.category == .usage ? help : nil)
    case let error as SegmentDamage:
      self.init(.dataUnusable, error.description, help: "evt verify lists all damage")
    case let error as IngestError:
      self.init(Self.status(of: error.kind), error.message)
    case let error as OutputError:
      self.init(Self.status(ofCreation: error), error.description)
    default:
      self.init(parsing: error)
    }
  }

  private init(
    _ status: ExitStatus, _ message: String, excerpt: String? = nil, help: String? = nil
  ) {
    self.status = status
    self.message = message
    self.excerpt = excerpt
    self.help = help
  }

  /// Errors of the argument parser; anything it does not know either is a bug of ours.
  private init(parsing error: any Error) {
    let isUsage = EvtCommand.exitCode(for: error) == .validationFailure
    // Lists of values come one a line.
    let lines = EvtCommand.message(for: error).split(separator: "\n  - ")
    let full = [String(lines.first ?? ""), lines.dropFirst().joined(separator: ", ")]
      .filter { !$0.isEmpty }.joined(separator: " ")
    if isUsage {
      self.init(.usage, full, help: "evt COMMAND --help shows options and examples")
    } else {
      self.init(
        .bug, "\(error)", help: "this is a bug in evt: please report it with the command you ran")
    }
  }

  private static func status(of category: StoreError.Category) -> ExitStatus {
    switch category {
    case .missing: .inputMissing
    case .damaged: .dataUnusable
    case .busy: .busy
    case .cannotCreate: .cannotCreate
    case .cannotWrite: .cannotWrite
    case .permission: .permission
    case .usage: .usage
    }
  }

  private static func status(of kind: IngestError.Kind) -> ExitStatus {
    switch kind {
    case .usage: .usage
    case .badInput, .tooManyRejects: .dataUnusable
    case .missing: .inputMissing
    case .permission: .permission
    case .readFailed: .cannotWrite
    case .cannotCreate: .cannotCreate
    }
  }

  private static func status(ofCreation error: OutputError) -> ExitStatus {
    switch error {
    case .cannotCreate(_, let number):
      [EACCES, EPERM, EROFS].contains(number) ? .permission : .cannotCreate
    case .cannotWrite: .cannotWrite
    }
  }

  /// Writes the report to standard error.
  func write(style: TerminalStyle) {
    var lines = [style.red("evt: error:") + " " + SafeText.escaped(message)]
    if let excerpt {
      lines += excerpt.split(separator: "\n").map { "  " + SafeText.escaped(String($0)) }
    }
    if let help { lines.append("  help: " + SafeText.escaped(help)) }
    StandardError.write(lines)
  }
}
