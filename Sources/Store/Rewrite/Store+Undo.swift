// Takes an ingest back.

import Columnar
import EvtCore

/// What an undo did.
public struct UndoOutcome: Hashable, Sendable {
  /// The generation that is current now.
  public var generation: UInt64
  /// The latest time of any row, in nanoseconds since 1970.
  public var newestEvent: Int64?
  /// The run that is gone, its inputs and its rows as far as they were still there.
  public var run: UInt64
  public var inputs: Int
  public var rows: UInt64
}

extension Store {
  /// How often a removal is prepared without the lock before it is done under it.
  private static let removalTries = 3

  /// Takes all rows of `run` and its inputs out of the store in one commit, so that the inputs can
  /// be loaded again.
  /// - Throws: `StoreError`; the store is unchanged except after `.outcomeUnknown`.
  public func undo(run: UInt64, pool: WorkerPool) throws -> UndoOutcome {
    let lock = StoreLock(files: files)
    for _ in 0..<Self.removalTries {
      let writer = try WriterDirectory(files: files)
      defer { writer.remove() }
      let removal = try Removal(
        .run(run), from: snapshot(), SegmentRewriter(files: files, writer: writer), pool)
      let outcome = try lock.withLock(waitMilliseconds: lockWaitMilliseconds) {
        () -> UndoOutcome? in
        let commit = try GenerationCommit(files: files)
        guard removal.isCurrent(in: commit.current.catalogue) else { return nil }
        return try publish(removal, of: run, commit, by: writer)
      }
      if let outcome { return outcome }
    }
    return try lock.withLock(waitMilliseconds: lockWaitMilliseconds) {
      let writer = try WriterDirectory(files: files)
      defer { writer.remove() }
      let commit = try GenerationCommit(files: files)
      let removal = try Removal(
        .run(run), from: snapshot(), SegmentRewriter(files: files, writer: writer), pool)
      return try publish(removal, of: run, commit, by: writer)
    }
  }

  private func publish(
    _ removal: Removal, of run: UInt64, _ commit: GenerationCommit, by writer: WriterDirectory
  ) throws -> UndoOutcome {
    var next = commit.next
    let (prepared, rows) = removal.apply(to: &next)
    try commit.publish(next, prepared, by: writer)
    return UndoOutcome(
      generation: next.generation,
      newestEvent: next.segments.lazy.map(\.summary.maxTime).max(), run: run,
      inputs: commit.current.catalogue.ledger.count - next.ledger.count, rows: rows)
  }
}
