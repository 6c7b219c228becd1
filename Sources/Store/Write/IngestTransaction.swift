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
  /// Rejected lines of this ingest.
  public let rejects: RejectFile
  /// The inputs in the ledger, and those finished in this ingest.
  public private(set) var knownSources: [SourceRecord]

  private let files: any StoreFiles
  /// What the store held when the ingest began, leased until the commit.
  private var snapshot: Snapshot?
  private let base: Catalogue
  private let writer: WriterDirectory
  private let pool: WorkerPool
  private let repeats: RepeatedSourcePolicy
  /// What is taken back with the commit.
  private let replaced: RemovalTarget?
  private let rewriter: SegmentRewriter
  private let lockWaitMilliseconds: Int
  private let memtableBytesMax: Int
  private let memtableRowsMax: Int
  private let build: SegmentBuilding
  private let syncer: SegmentSyncer
  /// For reading its own segments again.
  private let openFiles: OpenFileCache
  /// The thread that waits for segments to be built; nil when this one does.
  private let flusher: WorkerPool?

  private var memtable = Memtable()
  private var deduplicator: Deduplicator?
  private var flushing: PendingResult<[FlushedSegment]>?
  /// The memory that waiting batches held when the flush began that is going on.
  private var bytesAtFlush = 0
  private var flushed: [FlushedSegment] = []
  private var flushedCount = 0
  /// The paths without a column in what was flushed, as far as the catalogue can keep them.
  private var overflow = KnownNames()
  private var finished: [FinishedSource] = []
  private let continued: ContinuedRun?
  private var openSource: Int?
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
      memtable.add(batch)
      // What is being built and what comes in meanwhile are held at once.
      if memtable.bytes - bytesAtFlush >= memtableBytesMax / 8 { try finishFlush() }
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

  /// Makes all finished inputs part of the store. When this returns they survive a power loss.
  ///
  /// If there is nothing new, nothing is changed.
  /// - Throws: `StoreError`; nothing was committed, except perhaps after `.outcomeUnknown`. Running
  ///   the ingest again is safe in any case.
  public func commit() throws -> CommitSummary {
    defer { end() }
    try guarded {
      precondition(openSource == nil, "BUG: commit with an unfinished input")
      try flush(keepsLastDay: false)
      try finishFlush()
      try rejects.sync()
      try syncer.finish()
    }
    guard !finished.isEmpty || replaced != nil else {
      return CommitSummary(nothingAt: base.generation)
    }
    let removal = try replaced.map { try prepareRemoval($0) }
    return try StoreLock(files: files).withLock(waitMilliseconds: lockWaitMilliseconds) {
      let commit = try GenerationCommit(files: files)
      var next = commit.next
      let (rewritten, replacedRows) = try remove(removal, from: &next)
      try refuseRepeats(in: next)
      try continued?.refuseOverlaps(of: finished.map(\.record), in: next, root: files.root)
      try dropEventsCommittedMeanwhile()
      try refuseOrphans(in: next)
      var (prepared, summary) = enter(into: &next)
      summary.replacedRows = replacedRows
      try commit.publish(next, rewritten + prepared, by: writer)
      if let run = summary.run { continued?.advance(run: run, generation: next.generation) }
      return summary
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
  private func guarded(_ body: () throws -> Void) throws {
    precondition(!isEnded, "BUG: the transaction has ended")
    if let failure { throw failure }
    do {
      try body()
    } catch {
      failure = error
      throw error
    }
  }

  private func end() {
    guard !isEnded else { return }
    isEnded = true
    memtable = Memtable()
    snapshot = nil
    // Nothing may be written into the directory any more when it is removed.
    _ = flushing?.wait()
    flushing = nil
    writer.remove()
  }

  /// Begins to write what is to become segments now, when the flush before it has ended.
  private func flush(keepsLastDay: Bool) throws {
    try finishFlush()
    try dropRepeatedEvents()
    let days = memtable.drain(openSource: openSource, keepsLastDay: keepsLastDay)
    bytesAtFlush = memtable.bytes
    let flush = SegmentFlush(
      files: files, directory: writer.path, pool: pool, syncer: syncer, build: build)
    let number = flushedCount
    flushedCount += days.count
    if let flusher {
      flushing = flusher.submit { try flush.run(days, from: number) }
    } else {
      add(try flush.run(days, from: number))
    }
  }

  private func add(_ segments: [FlushedSegment]) {
    for var segment in segments {
      // One segment may have as many as the catalogue keeps, and there may be many segments.
      if !segment.overflowFields.isEmpty { overflow.add(fields: segment.overflowFields) }
      segment.overflowFields = []
      flushed.append(segment)
    }
  }

  /// Waits for the flush that is going on, if there is one.
  private func finishFlush() throws {
    guard let result = flushing?.wait() else { return }
    flushing = nil
    add(try result.get())
  }

  private func dropRepeatedEvents() throws {
    guard let snapshot else { return }
    let committed = keptSegments(of: snapshot)
    let own = flushed.map { KeptSegment($0, files: files, cache: openFiles) }
    try deduplicator?.clean(&memtable, segments: committed + own)
  }

  /// The segments of `snapshot`, without the rows that this ingest replaces.
  private func keptSegments(of snapshot: Snapshot) -> [KeptSegment] {
    let entries = replaced.map { snapshot.ledger.filter($0.contains) } ?? []
    let origins = replaced?.origins(entries)
    return snapshot.segments.indices.map {
      KeptSegment(snapshot, segment: $0, takenBack: origins)
    }
  }

  /// Another process may have committed events like those of this ingest since it began: they were
  /// there first, so that segments with such events are written anew without them. The lock must be
  /// held.
  private func dropEventsCommittedMeanwhile() throws {
    guard let known = snapshot?.segments.map(\.id) else { return }
    // Under the lock nobody removes what this was a lease on.
    snapshot = nil
    guard deduplicator != nil else { return }
    let current = Snapshot(files: files, leased: try CatalogueFiles(files: files).leaseNewest())
    guard current.generation > base.generation else { return }
    let foreign = zip(current.segments, keptSegments(of: current))
      .filter { segment, _ in !known.contains(segment.id) }.map(\.1)
    flushed = try flushed.flatMap { segment in
      let own = KeptSegment(segment, files: files, cache: openFiles)
      do {
        guard let rows = try deduplicator?.rowsCommittedMeanwhile(of: own, in: foreign),
          !rows.isEmpty
        else { return [segment] }
        return try own.reading { try rewrite($0, without: rows) }
      } catch is RepeatedMeanwhile {
        throw StoreError.busy(
          path: files.root, what: "another evt has just ingested some of the same events")
      }
    }
  }

  private func rewrite(
    _ reader: SegmentReader, without rows: RowSet
  ) throws -> [FlushedSegment] {
    // The number of the run is not known yet, and stands nowhere in the segment.
    let runs: [UInt64] = [0]
    for block in 0..<reader.footer.blockCount {
      let base = block * Limits.blockRowsMax
      try reader.forEachOrigin(inBlock: block, runs: runs) { origin, stretch in
        let count = stretch.count { rows.contains(base + $0) }
        deduplicator?.count(UInt64(count), ofSource: Int(clamping: origin.ordinal))
      }
    }
    if rows.count == reader.footer.rowCount { return [] }
    return try rewriter.rewrite(reader, runs: runs, without: rows).map { result in
      let summary = result.merged.summary
      var rewritten = FlushedSegment(
        path: result.path, summary: summary, events: summary.events ?? [], overflowFields: [])
      if summary.events == nil {
        let own = KeptSegment(rewritten, files: files, cache: openFiles)
        rewritten.events = try countEvents(in: own.open())
      }
      return rewritten
    }
  }

  /// Two processes may have read the same new input at the same time; its rows must count once.
  /// Segments cannot be taken apart here, so the later process starts over and finds it known.
  private func refuseRepeats(in catalogue: Catalogue) throws {
    guard repeats == .refuse, catalogue.generation > base.generation else { return }
    let own = Set(finished.map(\.record.content))
    for entry in catalogue.ledger
    where entry.generation > base.generation && own.contains(entry.source.content) {
      throw StoreError.busy(
        path: files.root, what: "another evt has just ingested \(entry.source.name)")
    }
  }

  private func prepareRemoval(_ target: RemovalTarget) throws -> Removal {
    try Removal(target, from: Store(files: files).snapshot(), rewriter, pool)
  }

  /// Takes out what is replaced; what others have changed meanwhile is prepared once more, now
  /// under the lock.
  private func remove(
    _ removal: Removal?, from next: inout Catalogue
  ) throws -> (prepared: [PreparedFile], rows: UInt64) {
    guard let removal, let replaced else { return ([], 0) }
    if removal.isCurrent(in: next) { return removal.apply(to: &next) }
    return try prepareRemoval(replaced).apply(to: &next)
  }

  /// An input that was taken up behind another one is half a truth without that.
  private func refuseOrphans(in catalogue: Catalogue) throws {
    let going = finished.filter { $0.record.continues != nil || $0.previous != nil }
    if going.isEmpty { return }
    var known = Set(catalogue.ledger.map(\.source.content.hash))
    let present = known
    known.formUnion(finished.map(\.record.content.hash))
    for source in going {
      let isWhole =
        source.record.continues.map(known.contains) ?? true
        && source.previous.map { present.contains($0.content.hash) } ?? true
      if isWhole { continue }
      throw StoreError.busy(
        path: files.root,
        what: "another evt has just taken back what \(source.record.name) goes on behind")
    }
  }

  /// Enters what was flushed into the next generation and numbers it.
  ///
  /// Days that have expired are left out here, where the watermark cannot move any more: a retain
  /// may have committed since this ingest began. Their rows are kept nowhere, nor as rejects.
  private func enter(into catalogue: inout Catalogue) -> ([PreparedFile], CommitSummary) {
    let run = continued?.run ?? catalogue.nextRun
    if run == catalogue.nextRun { catalogue.nextRun += 1 }
    var prepared: [PreparedFile] = []
    let watermark = catalogue.retention?.watermark
    let kept = flushed.filter { segment in watermark.map { segment.summary.day >= $0 } ?? true }
    for segment in kept {
      let stored = StoredSegment(id: catalogue.nextSegment, runs: [run], summary: segment.summary)
      catalogue.nextSegment += 1
      catalogue.segments.append(stored)
      prepared.append(PreparedFile(source: segment.path, target: stored.path))
    }
    catalogue.segments.sort(by: precedes)
    catalogue.names.add(events: kept.flatMap(\.events))
    catalogue.names.add(fields: kept.flatMap(\.summary.fields))
    catalogue.names.add(fields: overflow.fields)
    if !overflow.hasAllFields { catalogue.names.hasAllFields = false }
    let dropped = deduplicator?.droppedBySource ?? [:]
    for source in finished {
      let duplicates = source.ordinal.flatMap { dropped[Int(clamping: $0)] } ?? 0
      source.enter(into: &catalogue, run: run, duplicates: duplicates)
    }
    let rows = kept.reduce(0) { $0 + $1.summary.rowCount }
    let summary = CommitSummary(
      generation: catalogue.generation, run: finished.isEmpty ? nil : run, segments: kept.count,
      storedBytes: kept.reduce(0) { $0 + $1.summary.fileBytes }, rows: rows,
      duplicates: dropped.values.reduce(0, +),
      expired: flushed.reduce(0) { $0 + $1.summary.rowCount } - rows, retainWatermark: watermark)
    return (prepared, summary)
  }
}
