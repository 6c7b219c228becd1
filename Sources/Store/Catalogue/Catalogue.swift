// What a store holds at one moment: one generation of the catalogue.

import Columnar
import EvtCore

/// A segment of a store.
public struct StoredSegment: Hashable, Sendable {
  /// Unique within the store, ascending in the order of commits.
  public var id: UInt64
  /// The ingest runs that brought its rows, from 1, ascending; several after a compaction.
  public var runs: [UInt64]
  public var summary: SegmentSummary

  /// Creates the entry of a segment.
  public init(id: UInt64, runs: [UInt64], summary: SegmentSummary) {
    self.id = id
    self.runs = runs
    self.summary = summary
  }

  /// The path of its file within the store directory.
  public var path: String { StoreLayout.segment(day: summary.day, id: id) }
}

/// What is left of a day whose rows a retain removed.
public struct StoredRollup: Hashable, Sendable {
  /// A number that no segment and no other rollup has.
  public var id: UInt64
  public var summary: RollupSummary

  /// The path of its file within the store directory.
  public var path: String { StoreLayout.rollup(day: summary.day, id: id) }
}

/// An input whose rows are in the store.
public struct LedgerEntry: Hashable, Sendable {
  public var source: SourceRecord
  public var run: UInt64
  /// The generation whose commit brought it.
  public var generation: UInt64
  /// The number by which the rows of `run` name this input; nil if it brought none.
  public var ordinal: UInt64?

  /// Creates an entry.
  public init(source: SourceRecord, run: UInt64, generation: UInt64, ordinal: UInt64?) {
    self.source = source
    self.run = run
    self.generation = generation
    self.ordinal = ordinal
  }
}

/// What `evt retain` has done to the store so far.
struct Retention: Hashable, Sendable {
  /// Events before this day are gone and may not come back.
  var watermark: UTCDay
  /// The last retain's generation. Those before it name what was removed, so they are not kept.
  var generation: UInt64
}

/// A part of the catalogue that this evt does not know but may carry along.
struct CatalogueExtension: Hashable, Sendable {
  var kind: UInt64
  var bytes: [UInt8]
}

/// One generation of the catalogue.
struct Catalogue: Hashable, Sendable {
  var generation: UInt64 = 0
  /// The hash of the file of the generation before; zero in generation 0.
  var previousHash = Hash128(high: 0, low: 0)
  var nextSegment: UInt64 = 1
  var nextRun: UInt64 = 1
  /// By (day, id).
  var segments: [StoredSegment] = []
  /// In the order of commits.
  var ledger: [LedgerEntry] = []
  var names = KnownNames()
  /// By day, all before the watermark: a day has either rows or a rollup, so that nothing is
  /// counted twice.
  var rollups: [StoredRollup] = []
  /// Nil as long as nothing was ever to expire.
  var retention: Retention?
  var extensions: [CatalogueExtension] = []
}

/// A generation and the hash of its file.
struct LoadedCatalogue: Sendable {
  var catalogue: Catalogue
  var hash: Hash128
}
