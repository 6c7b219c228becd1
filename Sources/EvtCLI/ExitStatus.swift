// The exit statuses of all commands, in one table.

/// What the process says by its status: 1 means that the check said no, 2 and above that evt could
/// not tell. The worst wins.
enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case checkFailed = 1
  case usage = 2
  case dataUnusable = 65
  case inputMissing = 66
  case undeliverable = 69
  case bug = 70
  case cannotCreate = 73
  case cannotWrite = 74
  case busy = 75
  case permission = 77

  /// The meaning, as `evt help exit-codes` and the manual show it.
  var meaning: String {
    switch self {
    case .done: "done"
    case .checkFailed: "a check or an assertion said no"
    case .usage: "wrong usage: options, expressions, unknown events or properties"
    case .dataUnusable: "damaged store, damaged gzip, or input with too many bad lines"
    case .inputMissing: "input or store missing"
    case .undeliverable: "a notice could not be delivered"
    case .bug: "a bug in evt"
    case .cannotCreate: "output cannot be created"
    case .cannotWrite: "read or write error, disk full"
    case .busy: "the store is busy: try again"
    case .permission: "no permission"
    }
  }
}

/// Ends a command with a status whose reason has been shown already.
struct Verdict: Error {
  var status: ExitStatus

  init(_ status: ExitStatus) { self.status = status }
}
