// Turns rows of batches into the bytes of one segment.

import EvtCore

/// One row of one of several batches.
public struct RowReference: Hashable, Sendable {
  public var batch: UInt32
  public var row: UInt32
  public init(batch: UInt32, row: UInt32) {
    self.batch = batch
    self.row = row
  }
}

/// One encoded column, to be assembled with the others.
public struct EncodedColumn: Sendable {
}

/// The bytes of a segment file and what the catalogue keeps of it.
public struct EncodedSegment: Sendable {
  public var bytes: [UInt8]
  public var summary: SegmentSummary
}

/// Encodes the rows of one UTC day as one segment.
public struct SegmentEncoder: Sendable {
  public let columnCount: Int

  /// Sorts `rows`, all of `day` and given in input order, into the order of the format.
  public init(day: UTCDay, batches: [EventBatch], rows: [RowReference]) {
    preconditionFailure("contract")
  }

  /// Encodes column `index`; columns may be encoded in parallel.
  public func encodeColumn(_ index: Int) -> EncodedColumn {
    preconditionFailure("contract")
  }

  /// Puts the encoded columns, in order, together.
  public func assemble(_ columns: [EncodedColumn]) -> EncodedSegment {
    preconditionFailure("contract")
  }
}
