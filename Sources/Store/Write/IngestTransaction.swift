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

extension CommitSummary {
  /// Nothing was committed, and `generation` is still the current one.
  public init(nothingAt generation: UInt64) {
    self.init(
      generation: generation, run: nil, segments: 0, storedBytes: 0, rows: 0, expired: 0)
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

  private var memtable = Memtable()
  private var flushed: [FlushedSegment] = []
  private var flushedCount = 0
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
    store: Store, base: Catalogue, pool: WorkerPool, memoryBytes: Int,
    repeats: RepeatedSourcePolicy, continuing: ContinuedRun?, memtableRowsMax: Int,
    build: @escaping SegmentBuilding
  ) throws {
    continued = continuing
    files = store.files
    self.base = base
    knownSources = base.ledger.map(\.source)
    self.pool = pool
    self.repeats = repeats
    self.build = build
    syncer = SegmentSyncer(isParallel: pool.threads > 1)
    self.memtableRowsMax = memtableRowsMax
    lockWaitMilliseconds = store.lockWaitMilliseconds
    memtableBytesMax = min(
      max(Self.memtableBytesMin, memoryBytes / Self.memtableShare.of * Self.memtableShare.parts),
      Self.memtableBytesLimit)
    rejects = continuing?.rejects ?? RejectFile(files: store.files)
    writer = try WriterDirectory(files: store.files)
  }

  deinit { if !isEnded { writer.remove() } }

  public func accept(_ batch: EventBatch) throws {
    try guarded {
      precondition(
        openSource == nil || openSource == batch.source, "BUG: a batch of another input")
      openSource = batch.source
      memtable.add(batch)
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
      try rejects.sync()
      try syncer.finish()
    }
    guard !finished.isEmpty else { return CommitSummary(nothingAt: base.generation) }
    return try StoreLock(files: files).withLock(waitMilliseconds: lockWaitMilliseconds) {
      let commit = try GenerationCommit(files: files)
      try refuseRepeats(in: commit.current.catalogue)
      try continued?.refuseOverlaps(
        of: finished.map(\.record), in: commit.current.catalogue, root: files.root)
      var next = commit.next
      let (prepared, summary) = enter(into: &next)
      try commit.publish(next, prepared, by: writer)
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
    writer.remove()
  }

  private func flush(keepsLastDay: Bool) throws {
    let days = memtable.drain(openSource: openSource, keepsLastDay: keepsLastDay)
    let flush = SegmentFlush(
      files: files, directory: writer.path, pool: pool, syncer: syncer, build: build)
    flushed += try flush.run(days, from: flushedCount)
    flushedCount += days.count
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
    let run = continued?.run ?? catalogue.nextRun
    if run == catalogue.nextRun { catalogue.nextRun += 1 }
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
    for source in finished { source.enter(into: &catalogue, run: run) }
    let rows = kept.reduce(0) { $0 + $1.summary.rowCount }
    let summary = CommitSummary(
      generation: catalogue.generation, run: run, segments: kept.count,
      storedBytes: kept.reduce(0) { $0 + $1.summary.fileBytes }, rows: rows,
      expired: flushed.reduce(0) { $0 + $1.summary.rowCount } - rows, retainWatermark: watermark)
    return (prepared, summary)
  }
}
