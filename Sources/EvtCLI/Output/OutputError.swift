// What can go wrong on the way out.

import Glibc

/// A failure to create or write what was asked for.
enum OutputError: Error, CustomStringConvertible {
  case cannotCreate(target: String, errorNumber: Int32)
  case cannotWrite(target: String, errorNumber: Int32)

  var description: String {
    switch self {
    case .cannotCreate(let target, let number):
      "cannot create \(target): \(Self.text(of: number))"
    case .cannotWrite(let target, let number):
      "cannot write to \(target): \(Self.text(of: number))"
    }
  }

  /// The error number of the system call that failed.
  var errorNumber: Int32 {
    switch self {
    case .cannotCreate(_, let number), .cannotWrite(_, let number): number
    }
  }

  private static func text(of number: Int32) -> String { String(cString: strerror(number)) }
}
