// Reads a segment: the footer once, then the blocks that are asked for.

import EvtCore

/// The bytes of one segment file.
public protocol BlockSource: Sendable {
  /// Returns `count` bytes from `offset`.
  /// - Throws: an error of the source, also when the file is shorter.
  func read(offset: UInt64, count: Int) throws -> [UInt8]
}

/// One segment opened for reading. May be used from several threads.
public final class SegmentReader: Sendable {
  public let footer: SegmentFooter

  /// Reads and checks the footer of a file of `fileBytes` bytes.
  /// - Parameter footerHash: what the catalogue says of the footer.
  /// - Throws: `SegmentDamage`, or the error of `source`.
  public init(source: any BlockSource, fileBytes: UInt64, footerHash: Hash128?) throws {
    preconditionFailure("contract")
  }

  /// Decodes `block` of column `column` into `vector`.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func decode(column: Int, block: Int, into vector: inout ColumnVector) throws {
    preconditionFailure("contract")
  }

  /// The segment-wide dictionary of `column`, read once; nil if it has none.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func dictionary(column: Int) throws -> TextList? {
    preconditionFailure("contract")
  }
}
