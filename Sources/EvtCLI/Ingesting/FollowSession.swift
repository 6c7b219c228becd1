// The store's side of evt ingest --follow.

import Columnar
import EvtCore
import Ingest
import Store

/// Commits what files bring, transaction by transaction, as one run.
final class FollowSession: FollowSink {
  let pool: WorkerPool
  private let store: Store
  private let options: IngestOptions
  private let rejects: RejectOutput?
  private let dedupe: DedupePolicy?
  /// Called behind every commit.
  private let noteCommit: (CommitSummary) -> Void
  private let start: Snapshot
  private let run: ContinuedRun
  private var transaction: IngestTransaction?
  /// The sum of all commits.
  private var total: CommitSummary

  init(
    store: Store, pool: WorkerPool, options: IngestOptions, dedupe: DedupePolicy?,
    rejects: RejectOutput?, noteCommit: @escaping (CommitSummary) -> Void
  ) throws {
    self.store = store
    self.pool = pool
    self.options = options
    self.rejects = rejects
    self.dedupe = dedupe
    self.noteCommit = noteCommit
    start = try store.snapshot()
    run = ContinuedRun(store, knowing: start)
    total = CommitSummary(nothingAt: start.generation)
  }

  func knownSources() -> [SourceRecord] { start.ledger.map(\.source) }

  func accept(_ batch: EventBatch) throws { try open().accept(batch) }

  func finish(_ record: SourceRecord, replacing previous: SourceRecord?) throws {
    try open().finishSource(record, replacing: previous)
  }

  func commit() throws {
    try rejects?.finish()
    let commit = try open().commit()
    transaction = nil
    total.generation = commit.generation
    total.run = commit.run
    total.segments += commit.segments
    total.storedBytes += commit.storedBytes
    total.rows += commit.rows
    total.duplicates += commit.duplicates
    total.hasKeys = total.hasKeys || commit.hasKeys
    total.expired += commit.expired
    total.retainWatermark = commit.retainWatermark
    noteCommit(commit)
  }

  /// Keeps one line of the reject file.
  func reject(_ line: [UInt8]) throws {
    if let rejects { try rejects.append(line) } else { try run.rejects.append(line[...]) }
  }

  /// Gives up what was not committed; only the rejected lines are kept.
  func abandon() {
    transaction?.abandon()
    do { try rejects?.finish() } catch {}
  }

  /// Where rejected lines are, nil if there are none.
  var rejectPath: String? { rejects?.writtenPath ?? run.rejects.path }

  /// All that was done.
  func outcome(_ report: IngestReport) -> IngestOutcome {
    IngestOutcome(
      store: store.path, report: report, commit: total, expired: total.expired,
      retainWatermark: total.retainWatermark, generation: total.generation,
      rejectPath: rejectPath, newestEvent: (try? store.snapshot())?.newestEvent)
  }

  private func open() throws -> IngestTransaction {
    if let transaction { return transaction }
    let begun = try store.beginIngest(
      pool: pool, memoryBytes: options.memoryBytes, repeats: options.force ? .load : .refuse,
      dedupe: dedupe, continuing: run)
    transaction = begun
    return begun
  }
}
