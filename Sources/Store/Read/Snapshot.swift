// One generation of a store, for reading.

import Columnar
import EvtCore
import Synchronization

/// One consistent generation of a store. It never changes, whatever writers do meanwhile, and its
/// segments stay on disk as long as the snapshot or one of its readers lives. Safe for several
/// threads.
public final class Snapshot: Sendable {
  private struct Cache {
    var readers: [Int: SegmentReader] = [:]
    /// The keys of `readers`, the one made first in front.
    var order: [Int] = []
  }

  /// Opened segments that are kept; each holds its footer and its dictionaries.
  private static let readersMax = 512

  private let files: any StoreFiles
  private let leased: LeasedCatalogue
  private let openFiles: OpenFileCache
  private let readMeter = ReadMeter()
  private let keepsProperty: (@Sendable (String) -> Bool)?
  /// Where the time zones that questions name come from.
  public let zones: ZoneLoader
  private let cache = Mutex(Cache())

  init(
    files: any StoreFiles, leased: LeasedCatalogue,
    keepsProperty: (@Sendable (String) -> Bool)? = nil, zones: ZoneLoader = .utc
  ) {
    self.files = files
    self.zones = zones
    self.keepsProperty = keepsProperty
    self.leased = leased
    openFiles = OpenFileCache(files: files)
  }

  /// The number of the generation, 0 in a store into which nothing was ever committed.
  public var generation: UInt64 { leased.catalogue.generation }
  /// The segments by (day, id).
  public var segments: [StoredSegment] { leased.catalogue.segments }
  /// The rollups of days whose rows are gone, by day.
  public var rollups: [StoredRollup] { leased.catalogue.rollups }
  /// The inputs that were committed, in that order.
  public var ledger: [LedgerEntry] { leased.catalogue.ledger }
  var catalogue: Catalogue { leased.catalogue }

  /// The inputs that remain when everything that was loaded as `name` is taken back.
  /// - Throws: `StoreError` when nothing was, or when an input that stays goes on behind it.
  public func ledger(replacing name: String?) throws -> [LedgerEntry] {
    guard let target = name.map({ RemovalTarget.name($0) }) else { return ledger }
    _ = try target.entries(in: catalogue, path: storePath)
    return ledger.filter { !target.contains($0) }
  }

  /// The generation of the last retain, 0 without one.
  var retainGeneration: UInt64 { leased.catalogue.retention?.generation ?? 0 }
  /// The hash of the generation's predecessor.
  var previousHash: Hash128 { leased.catalogue.previousHash }
  /// The store directory as it was named.
  public var storePath: String { files.root }

  /// The first day that has not expired, nil as long as nothing was ever to expire.
  public var retainWatermark: UTCDay? { leased.catalogue.retention?.watermark }

  /// Rows by event name, 0 for events whose rows are gone. Names that differ only in their Unicode
  /// normal form are one here.
  public var knownEvents: [String: UInt64] {
    Dictionary(leased.catalogue.names.events.map { ($0.name, $0.count) }) { $0 &+ $1 }
  }

  /// Rows by event name as above, names told apart by their bytes and ascending by them.
  public var eventCounts: [SegmentSummary.Event] { leased.catalogue.names.events }

  /// Whether `knownEvents` has every name; it is bounded.
  public var knowsAllEvents: Bool { leased.catalogue.names.hasAllEvents }

  /// Every field ever seen with all its kinds, by path and role.
  public var knownFields: [SegmentSummary.Field] { leased.catalogue.names.fields }

  /// Whether `knownFields` has every field; it is bounded.
  public var knowsAllFields: Bool { leased.catalogue.names.hasAllFields }

  /// The latest time of any row in nanoseconds, nil without rows.
  public var newestEvent: Int64? { segments.lazy.map(\.summary.maxTime).max() }

  /// The earliest time of any row in nanoseconds, nil without rows.
  public var oldestEvent: Int64? { segments.lazy.map(\.summary.minTime).min() }

  /// Counts what is read of the segments.
  public var meter: ReadMeter? { readMeter }

  /// What was read of the segments so far.
  public var counts: ReadMeter.Counts { readMeter.counts }

  /// Opens segment `index` of `segments`.
  /// - Throws: `StoreError`, `.damaged` also for what is wrong within the segment.
  public func reader(_ index: Int) throws -> SegmentReader {
    if let known = cache.withLock({ $0.readers[index] }) { return known }
    let segment = segments[index]
    let file = SegmentFile(
      path: segment.path, fileBytes: segment.summary.fileBytes, files: files, cache: openFiles,
      lease: leased)
    try file.check()
    let reader: SegmentReader
    do {
      reader = try SegmentReader(
        source: file, fileBytes: segment.summary.fileBytes,
        footerHash: segment.summary.footerHash, keepsProperty: keepsProperty,
        meter: (readMeter, index))
    } catch let damage as SegmentDamage {
      throw damaged(damage, segment: index)
    }
    guard UInt64(reader.footer.rowCount) == segment.summary.rowCount,
      reader.footer.day == segment.summary.day
    else {
      throw damaged(SegmentDamage("it is not the segment the catalogue means"), segment: index)
    }
    return cache.withLock { cache in
      // Another thread may have been faster; all must share one, for its caches.
      if let known = cache.readers[index] { return known }
      if cache.order.count >= Self.readersMax { cache.readers[cache.order.removeFirst()] = nil }
      cache.readers[index] = reader
      cache.order.append(index)
      return reader
    }
  }

  /// Reads rollup `index` of `rollups`.
  /// - Throws: `StoreError`.
  public func rollup(_ index: Int) throws -> DayRollup {
    try RollupFile.read(rollups[index], files: files)
  }

  /// The error that names the file for damage found while reading segment `index`.
  public func damaged(_ damage: SegmentDamage, segment index: Int) -> StoreError {
    .damaged(path: files.shown(segments[index].path), what: damage.description)
  }
}
