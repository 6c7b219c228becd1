// Where Ingest and Store meet: finished batches and the progress of their sources.

import EvtCore

/// What identifies an input in the ledger, whatever its name.
public struct SourceContent: Hashable, Sendable {
  /// Length and hash of the bytes after decompression.
  public var bytes: UInt64
  public var hash: Hash128
  /// The hash of the first `prefixLength` bytes (or of all, if fewer).
  public var prefixHash: Hash128
  public static let prefixLength = 64 << 10

  public init(bytes: UInt64, hash: Hash128, prefixHash: Hash128) {
    self.bytes = bytes
    self.hash = hash
    self.prefixHash = prefixHash
  }
}

/// One input that was read to its end, as the ledger keeps it.
public struct SourceRecord: Hashable, Sendable {
  /// The name it was given on the command line.
  public var name: String
  public var content: SourceContent
  /// Length and hash of the file as stored; the hash only for compressed files.
  public var storedBytes: UInt64
  public var storedHash: Hash128?
  /// Device and inode, 0 for streams.
  public var device: UInt64
  public var inode: UInt64
  public var rows: UInt64
  /// How many of the rows were left out because the same event had been kept.
  public var duplicates: UInt64
  public var rejected: UInt64
  /// Lines read, so that a continued file goes on counting.
  public var lines: UInt64
  /// The hash of the content, loaded before, behind which this one was taken up; rows, rejected
  /// lines and lines count from its beginning. Nil if all was loaded.
  public var continues: Hash128?

  public init(
    name: String, content: SourceContent, storedBytes: UInt64, storedHash: Hash128?,
    device: UInt64, inode: UInt64, rows: UInt64, duplicates: UInt64 = 0, rejected: UInt64,
    lines: UInt64, continues: Hash128? = nil
  ) {
    self.name = name
    self.content = content
    self.storedBytes = storedBytes
    self.storedHash = storedHash
    self.device = device
    self.inode = inode
    self.rows = rows
    self.duplicates = duplicates
    self.rejected = rejected
    self.lines = lines
    self.continues = continues
  }
}

/// Takes batches in input order, and what is known of their inputs.
///
/// Inputs are numbered from 0 in the order in which they are begun; all batches of an input come
/// before the next one begins. Called from one thread at a time.
public protocol BatchSink: AnyObject {
  /// The inputs already in the ledger.
  var knownSources: [SourceRecord] { get }
  /// Takes the next batch.
  func accept(_ batch: EventBatch) throws
  /// Notes that the current input was read to its end.
  func finishSource(_ record: SourceRecord) throws
  /// Forgets the rows of the current input (`--keep-going` after damage in it).
  func abandonSource(_ ordinal: Int) throws
}
