// Takes batches in and makes them part of the store, all at once or not at all.

import Columnar
import EvtCore

/// What a commit brought.
public struct CommitSummary: Hashable, Sendable {
  /// The generation that is current after the commit.
  public var generation: UInt64
  /// The number of the ingest run, nil when there was nothing to commit.
  public var run: UInt64?
  public var segments: Int
  /// Bytes of the new segment files.
  public var storedBytes: UInt64
  public var rows: UInt64
  /// Rows left out because an event that was kept is the same.
  public var duplicates: UInt64
  /// Whether an event had the key by which the same ones are told.
  public var hasKeys = false
  /// Rows left out because their day has expired: a retain has removed it, or would have.
  public var expired: UInt64
  /// The first day that has not expired, nil as long as nothing was ever to expire.
  public var retainWatermark: UTCDay?
  /// Rows that were taken back because their input was replaced.
  public var replacedRows: UInt64 = 0
}

extension CommitSummary {
  /// Nothing was committed, and `generation` is still the current one.
  public init(nothingAt generation: UInt64) {
    self.init(
      generation: generation, run: nil, segments: 0, storedBytes: 0, rows: 0, duplicates: 0,
      expired: 0)
  }
}

/// What to do with an input that another process committed while this one was reading it.
public enum RepeatedSourcePolicy: Sendable {
  /// Commit nothing and report that the store is busy: the next run finds the input known.
  case refuse
  /// Load it again, as `--force` asks for.
  case load
}

/// One ingest into a store: memory bounded, written as segments while it goes on, and visible only
/// with `commit()`. Used from one thread.
///
/// Segments are built on the pool while further batches come in. When that is done changes nothing:
/// which rows become which segment depends on the batches alone.
///
/// A segment never mixes rows of an input that is still being read with rows of others. So giving
/// up an input means dropping its rows in memory and deleting whole files.
public final class IngestTransaction: BatchSink {
  /// What a flush has made.
  private struct Flush: Sendable {
    var segments: [FlushedSegment]
    var dropped: DroppedRows?
  }

  /// Rejected lines of this ingest.
  public let rejects: RejectFile
  /// The inputs in the ledger, and those finished in this ingest.
  public private(set) var knownSources: [SourceRecord]

  let files: any StoreFiles
  /// What the store held when the ingest began, leased until the commit.
  var snapshot: Snapshot?
  let base: Catalogue
  let writer: WriterDirectory
  let pool: WorkerPool
  let repeats: RepeatedSourcePolicy
  /// What is taken back with the commit.
  let replaced: RemovalTarget?
  let rewriter: SegmentRewriter
  let lockWaitMilliseconds: Int
  private let memtableBytesMax: Int
  private let memtableRowsMax: Int
  private let build: SegmentBuilding
  let syncer: SegmentSyncer
  /// For reading its own segments again.
  let openFiles: OpenFileCache
  /// The thread that waits for segments to be built; nil when this one does.
  private let flusher: WorkerPool?

  private var memtable = Memtable()
  var deduplicator: Deduplicator?
  /// Waits for the flush that is going on.
  private var flushing: (() -> Result<Flush, any Error>)?
  /// The memory that waiting batches held when the flush began that is going on.
  private var bytesAtFlush = 0
  var flushed: [FlushedSegment] = []
  private var flushedCount = 0
  /// The paths without a column in segments, as far as the catalogue can keep them.
  var overflow = KnownNames()
  var finished: [FinishedSource] = []
  let continued: ContinuedRun?
  var openSource: Int?
  private var failure: (any Error)?
  private var isEnded = false

  /// The rows that wait in memory at most.
  static let memtableRowsMax = 4 << 20
  /// The waiting batches may take this share of the memory: building segments needs about as much
  /// again, and the rest is for reading.
  private static let memtableShare = (parts: 3, of: 8)
  private static let memtableBytesMin = 1 << 20
  /// Whatever the memory: all rows may fall into one block of one column, which has its own bound.
  private static let memtableBytesLimit = Limits.blockBytesMax / 2

  init(
    store: Store, base: Snapshot, pool: WorkerPool, memoryBytes: Int,
    repeats: RepeatedSourcePolicy, replaced: RemovalTarget?, continuing: ContinuedRun?,
    memtableRowsMax: Int, dedupe: DedupePolicy?, build: @escaping SegmentBuilding
  ) throws {
    continued = continuing
    files = store.files
    snapshot = base
    self.base = base.catalogue
    self.replaced = replaced
    deduplicator = dedupe.map { Deduplicator(policy: $0, pool: pool) }
    knownSources = base.ledger.filter { replaced?.contains($0) != true }.map(\.source)
    self.pool = pool
    self.repeats = repeats
    self.build = build
    openFiles = OpenFileCache(files: store.files)
    syncer = SegmentSyncer(isParallel: pool.threads > 1)
    flusher = pool.threads > 1 ? WorkerPool(threads: 1) : nil
    self.memtableRowsMax = memtableRowsMax
    lockWaitMilliseconds = store.lockWaitMilliseconds
    memtableBytesMax = min(
      max(Self.memtableBytesMin, memoryBytes / Self.memtableShare.of * Self.memtableShare.parts),
      Self.memtableBytesLimit)
    rejects = continuing?.rejects ?? RejectFile(files: store.files)
    writer = try WriterDirectory(files: store.files)
    rewriter = SegmentRewriter(files: store.files, writer: writer)
  }

  deinit { end() }

  public func accept(_ batch: EventBatch) throws {
    try guarded {
      precondition(
        openSource == nil || openSource == batch.source, "BUG: a batch of another input")
      openSource = batch.source
      overflow.add(fields: batch.leftOut)
      memtable.add(batch)
      // What is being built and what comes in meanwhile are held at once.
      if memtable.bytes - bytesAtFlush >= memtableBytesMax / 4 { try finishFlush() }
      if memtable.bytes >= memtableBytesMax || memtable.rowCount >= memtableRowsMax {
        try flush(keepsLastDay: true)
      }
    }
  }

  public func finishSource(_ record: SourceRecord) throws {
    try finishSource(record, replacing: nil)
  }

  /// Notes how far an input was read that goes on: the ledger will have `record` in the place of
  /// `previous`, which an earlier transaction of this run has left there.
  public func finishSource(_ record: SourceRecord, replacing previous: SourceRecord?) throws {
    try guarded {
      finished.append(
        FinishedSource(
          record: record, previous: previous, ordinal: openSource.map { UInt64($0) }))
      knownSources.append(record)
      for index in flushed.indices { flushed[index].openSource = nil }
      collectOverflowFields()
      openSource = nil
    }
  }

  public func abandonSource(_ ordinal: Int) throws {
    try guarded {
      guard openSource == ordinal else { return }
      try finishFlush()
      memtable.removeRows(ofLastSource: ordinal)
      for segment in flushed where segment.openSource == ordinal { try files.remove(segment.path) }
      flushed.removeAll { $0.openSource == ordinal }
      deduplicator?.forget(source: ordinal)
      openSource = nil
    }
  }

  /// Gives the ingest up; only the rejected lines are kept.
  public func abandon() {
    guard !isEnded else { return }
    // The lines are worth keeping, but an ingest that ends with an error has said so already.
    do { try rejects.sync() } catch {}
    end()
  }
}

extension IngestTransaction {
  /// Calls `body` and remembers its error: after one, rows may be missing and nothing may be
  /// committed.
  func guarded(_ body: () throws -> Void) throws {
    precondition(!isEnded, "BUG: the transaction has ended")
    if let failure { throw failure }
    do {
      try body()
    } catch {
      failure = error
      throw error
    }
  }

  func end() {
    guard !isEnded else { return }
    isEnded = true
    memtable = Memtable()
    snapshot = nil
    // Nothing may be written into the directory any more when it is removed.
    _ = flushing?()
    flushing = nil
    writer.remove()
  }

  /// Begins to write what is to become segments now, when the flush before it has ended.
  ///
  /// What it finds out is used only by `finishFlush`, which is called at places that depend on the
  /// batches alone.
  func flush(keepsLastDay: Bool) throws {
    try finishFlush()
    let search = duplicateSearch()
    let days = memtable.drain(openSource: openSource, keepsLastDay: keepsLastDay)
    bytesAtFlush = memtable.bytes
    let flush = SegmentFlush(
      files: files, directory: writer.path, pool: pool, syncer: syncer, build: build)
    let number = flushedCount
    flushedCount += days.count
    let job: @Sendable () throws -> Flush = {
      let dropped = try search?.run()
      return Flush(
        segments: try flush.run(days, without: dropped, from: number), dropped: dropped)
    }
    if let flusher {
      flushing = flusher.submit(job).wait
    } else {
      let result = Result { try job() }
      flushing = { result }
    }
  }

  /// Waits for the flush that is going on, if there is one.
  func finishFlush() throws {
    guard let result = flushing?() else { return }
    flushing = nil
    let flush = try result.get()
    if let dropped = flush.dropped {
      memtable.remove(dropped)
      deduplicator?.note(dropped)
    }
    flushed += flush.segments
    collectOverflowFields()
  }

  /// One segment may have as many as the catalogue keeps, and there may be many segments. Those of
  /// an input that may yet be given up have to wait.
  private func collectOverflowFields() {
    for index in flushed.indices.reversed() where !flushed[index].overflowFields.isEmpty {
      if flushed[index].openSource != nil { continue }
      overflow.add(fields: flushed[index].overflowFields)
      flushed[index].overflowFields = []
    }
  }

  private func duplicateSearch() -> DuplicateSearch? {
    guard let snapshot, let deduplicator else { return nil }
    let own = flushed.map { KeptSegment($0, files: files, cache: openFiles) }
    return memtable.search(
      deduplicator.policy, segments: keptSegments(of: snapshot) + own, pool: pool)
  }

  /// The segments of `snapshot`, without the rows that this ingest replaces.
  func keptSegments(of snapshot: Snapshot) -> [KeptSegment] {
    let entries = replaced.map { snapshot.ledger.filter($0.contains) } ?? []
    let origins = replaced?.origins(entries)
    return snapshot.segments.indices.map {
      KeptSegment(snapshot, segment: $0, takenBack: origins)
    }
  }
}
