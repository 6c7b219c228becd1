// What can end an ingest.

/// Why an ingest run ended without a result; nothing of it may be committed.
public struct IngestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The class of the error, which decides the exit status.
  public enum Kind: Hashable, Sendable {
    /// A wrong option: exit 2.
    case usage
    /// Input that is damaged, of an unknown kind, or not events at all: exit 65.
    case badInput
    /// Too many bad lines: exit 65.
    case tooManyRejects
    /// No such input: exit 66.
    case missing
    /// The input cannot be read for lack of rights: exit 77.
    case permission
    /// Reading failed although the input is there: exit 74.
    case readFailed
    /// The temporary copy of a stream could not be made: exit 73.
    case cannotCreate
  }

  /// The class of the error.
  public var kind: Kind
  /// One line: what, where, why, what to do.
  public var message: String

  /// Creates an error.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
