// What an ingest run did.

/// A line that was not stored.
public struct RejectedLine: Hashable, Sendable, CustomStringConvertible {
  public var source: String
  /// From 1.
  public var line: Int
  /// From 1; nil when the line as a whole is at fault.
  public var column: Int?
  public var byteOffset: UInt64
  public var reason: RejectReason

  /// "events.ndjson:1042:17: expected ',' or '}'".
  public var description: String {
    let place = column.map { ":\($0)" } ?? ""
    return "\(source):\(line)\(place): \(reason.text)"
  }
}

/// What an ingest run read, and what became of it.
public struct IngestReport: Sendable {
  /// Inputs that were loaded.
  public var files = 0
  /// Inputs whose content was in the ledger already.
  public var skippedFiles = 0
  /// Inputs left out by `keepGoing`.
  public var failedFiles = 0
  public var rows = 0
  public var rejected = 0
  /// Keys that stood several times in one object; the last value was taken.
  public var duplicateKeys = 0
  /// Bytes read of the inputs that were loaded, after decompression.
  public var inputBytes: UInt64 = 0
  /// What the user should know: mappings chosen, inputs skipped, continued or left out.
  public var notes: [String] = []
  /// What the user must know of the transforms that were asked for.
  public var warnings: [String] = []
  /// The first rejected lines.
  public var firstRejects: [RejectedLine] = []
  /// How many lines were rejected for each reason.
  public var rejectsByReason: [String: Int] = [:]

  static let firstRejectsMax = 3
}

/// How far an ingest run has come.
public struct IngestProgress: Hashable, Sendable {
  /// Bytes of the inputs as stored, those skipped included.
  public var bytesRead: UInt64
  /// Bytes of all inputs, unless one is a stream.
  public var totalBytes: UInt64?
  public var rows: Int
}
