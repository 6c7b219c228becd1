// What can go wrong with a store, and what the user may do about it.

import Columnar

/// A system call's failure on one path.
public struct FileFailure: Error, Hashable, Sendable {
  /// What was being done, as a verb: "write", "fsync", "rename".
  public var operation: String
  public var path: String
  /// The value of `errno`.
  public var code: Int32

  /// Creates the failure of `operation` on `path` with the given `errno`.
  public init(_ operation: String, _ path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }
}

/// An error of the store layer. Its description is one full line without a prefix.
public enum StoreError: Error, Hashable, Sendable {
  /// There is no store at the path.
  case missing(path: String)
  /// The path is something else than a store.
  case notAStore(path: String, why: String)
  /// Bytes of the store are not what was written.
  case damaged(path: String, what: String)
  /// Written by a newer evt.
  case newerFormat(path: String, found: String, supported: String)
  /// Locks do not work on this kind of file system.
  case networkFileSystem(path: String, kind: String)
  /// Another process holds what is needed; trying again helps.
  case busy(path: String, what: String)
  /// The catalogue would exceed its bound.
  case catalogueFull(path: String, bytes: Int)
  /// There is no such run in the ledger.
  case unknownRun(path: String, run: UInt64, known: [UInt64])
  /// Nothing was loaded under the name.
  case unknownInput(path: String, name: String, nearest: [String])
  /// What is to be taken back was continued by an input that stays.
  case continued(path: String, entry: LedgerEntry, by: LedgerEntry)
  /// What is to be kept of a day would be more than anybody wants.
  case rollupTooLarge(path: String, day: String, bytes: Int)
  case file(FileFailure)
  /// The new generation is in place but may not survive a power loss.
  case outcomeUnknown(FileFailure)

  /// The classes of errors that differ in exit status.
  public enum Category: Sendable {
    case missing, damaged, busy, cannotCreate, cannotWrite, permission
    /// It asks for something that the store does not have.
    case usage
  }

  /// What kind of trouble this is, for the exit status.
  public var category: Category {
    switch self {
    case .missing: .missing
    case .notAStore, .networkFileSystem: .cannotCreate
    case .damaged, .newerFormat: .damaged
    case .busy: .busy
    case .catalogueFull, .rollupTooLarge, .outcomeUnknown: .cannotWrite
    case .unknownRun, .unknownInput, .continued: .usage
    case .file(let failure): failure.category
    }
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path):
      return "\(path): no such store; the first 'evt ingest' creates it, --store names another"
    case .notAStore(let path, let why):
      return "\(path): not a store (\(why)); name another directory with --store"
    case .damaged(let path, let what):
      return "\(path): damaged: \(what); 'evt verify' lists all damage"
    case .newerFormat(let path, let found, let supported):
      return "\(path): written by a newer evt (format \(found), this one knows \(supported)); "
        + "use that evt"
    case .networkFileSystem(let path, let kind):
      return "\(path): lies on \(kind), where locks are not reliable; use a local disk"
    case .busy(let path, let what):
      return "\(path): busy: \(what); try again"
    case .catalogueFull(let path, let bytes):
      return "\(path): the catalogue would need \(bytes) bytes, more than evt allows; "
        + "nothing was committed"
    case .unknownRun(let path, let run, let known):
      let listed = known.suffix(10).map { "\($0)" }
      let list = (known.count > listed.count ? ["…"] : []) + listed
      return "\(path): there is no run \(run); "
        + (known.isEmpty ? "it has none" : "it has \(list.joined(separator: ", "))")
    case .unknownInput(let path, let name, let nearest):
      let names = nearest.map { "\"\($0)\"" }.joined(separator: " or ")
      return "\(path): nothing was loaded as \"\(name)\""
        + (names.isEmpty ? "" : "; did you mean \(names)?")
    case .continued(let path, let entry, let other):
      return "\(path): \(other.source.name) (run \(other.run)) goes on behind"
        + " \(entry.source.name) (run \(entry.run)), of which it holds no events itself; take it"
        + " back first: evt ingest --undo \(other.run)"
    case .rollupTooLarge(let path, let day, let bytes):
      return "\(path): the rollup of \(day) would need \(bytes) bytes, more than evt allows; "
        + "nothing was removed: name fewer properties with --rollup-by"
    case .file(let failure):
      return failure.description
    case .outcomeUnknown(let failure):
      return "\(failure.description); the change is made but may not survive a power loss: "
        + "run again, which is safe"
    }
  }
}
