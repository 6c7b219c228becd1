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
  /// Rows left out because their day has expired: a retain has removed it, or would have.
  public var expired: UInt64
  /// The first day that has not expired, nil as long as nothing was ever to expire.
  public var retainWatermark: UTCDay?
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
  private let base: Catalogue
  private let writer: WriterDirectory
  private let pool: WorkerPool
  private let repeats: RepeatedSourcePolicy
  private let lockWaitMilliseconds: Int
  private let memtableBytesMax: Int
  private let memtableRowsMax: Int
  private let build: SegmentBuilding
  private let syncer: SegmentSyncer
  /// The thread that waits for segments to be built; nil when this one does.
  private let flusher: WorkerPool?

  private var memtable = Memtable()
  private var flushing: PendingResult<[FlushedSegment]>?
  /// The memory that waiting batches held when the flush began that is going on.
  private var bytesAtFlush = 0
  private var flushed: [FlushedSegment] = []
  private var flushedCount = 0
  private var finished: [(record: SourceRecord, ordinal: UInt64?)] = []
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
    store: Store, base: Catalogue, pool: WorkerPool, memoryBytes: Int,
    repeats: RepeatedSourcePolicy, memtableRowsMax: Int, build: @escaping SegmentBuilding
  ) throws {
    files = store.files
    self.base = base
    knownSources = base.ledger.map(\.source)
    self.pool = pool
    self.repeats = repeats
    self.build = build
    syncer = SegmentSyncer(isParallel: pool.threads > 1)
    flusher = pool.threads > 1 ? WorkerPool(threads: 1) : nil
    self.memtableRowsMax = memtableRowsMax
    lockWaitMilliseconds = store.lockWaitMilliseconds
    memtableBytesMax = min(
      max(Self.memtableBytesMin, memoryBytes / Self.memtableShare.of * Self.memtableShare.parts),
      Self.memtableBytesLimit)
    rejects = RejectFile(files: store.files)
    writer = try WriterDirectory(files: store.files)
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
    try guarded {
      finished.append((record, openSource.map { UInt64($0) }))
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
    guard !finished.isEmpty else {
      return CommitSummary(
        generation: base.generation, run: nil, segments: 0, storedBytes: 0, rows: 0, expired: 0)
    }
    return try StoreLock(files: files).withLock(waitMilliseconds: lockWaitMilliseconds) {
      let commit = try GenerationCommit(files: files)
      try refuseRepeats(in: commit.current.catalogue)
      var next = commit.next
      let (prepared, summary) = enter(into: &next)
      try commit.publish(next, prepared, by: writer)
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
    // Nothing may be written into the directory any more when it is removed.
    _ = flushing?.wait()
    flushing = nil
    writer.remove()
  }

  /// Begins to write what is to become segments now, when the flush before it has ended.
  private func flush(keepsLastDay: Bool) throws {
    try finishFlush()
    let days = memtable.drain(openSource: openSource, keepsLastDay: keepsLastDay)
    bytesAtFlush = memtable.bytes
    let flush = SegmentFlush(
      files: files, directory: writer.path, pool: pool, syncer: syncer, build: build)
    let number = flushedCount
    flushedCount += days.count
    if let flusher {
      flushing = flusher.submit { try flush.run(days, from: number) }
    } else {
      flushed += try flush.run(days, from: number)
    }
  }

  /// Waits for the flush that is going on, if there is one.
  private func finishFlush() throws {
    guard let result = flushing?.wait() else { return }
    flushing = nil
    flushed += try result.get()
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

  /// Enters what was flushed into the next generation and numbers it.
  ///
  /// Days that have expired are left out here, where the watermark cannot move any more: a retain
  /// may have committed since this ingest began. Their rows are kept nowhere, nor as rejects.
  private func enter(into catalogue: inout Catalogue) -> ([PreparedFile], CommitSummary) {
    let run = catalogue.nextRun
    catalogue.nextRun += 1
    var prepared: [PreparedFile] = []
    let watermark = catalogue.retention?.watermark
    let kept = flushed.filter { segment in watermark.map { segment.summary.day >= $0 } ?? true }
    for segment in kept {
      let stored = StoredSegment(id: catalogue.nextSegment, run: run, summary: segment.summary)
      catalogue.nextSegment += 1
      catalogue.segments.append(stored)
      prepared.append(PreparedFile(source: segment.path, target: stored.path))
    }
    catalogue.segments.sort(by: precedes)
    catalogue.names.add(events: kept.flatMap(\.events))
    catalogue.names.add(fields: kept.flatMap(\.summary.fields))
    catalogue.ledger += finished.map {
      LedgerEntry(
        source: $0.record, run: run, generation: catalogue.generation, ordinal: $0.ordinal)
    }
    let rows = kept.reduce(0) { $0 + $1.summary.rowCount }
    let summary = CommitSummary(
      generation: catalogue.generation, run: run, segments: kept.count,
      storedBytes: kept.reduce(0) { $0 + $1.summary.fileBytes }, rows: rows,
      expired: flushed.reduce(0) { $0 + $1.summary.rowCount } - rows, retainWatermark: watermark)
    return (prepared, summary)
  }
}
