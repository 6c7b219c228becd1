// Makes what an ingest has flushed part of the store, beside what others have done meanwhile.

import Columnar
import EvtCore

extension IngestTransaction {
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
      var (prepared, summary) = try enter(into: &next)
      summary.replacedRows = replacedRows
      try commit.publish(next, rewritten + prepared, by: writer)
      if let run = summary.run { continued?.advance(run: run, generation: next.generation) }
      return summary
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
    return try rewriter.rewrite(reader, runs: runs, without: rows).map {
      FlushedSegment(path: $0.path, summary: $0.merged.summary, overflowFields: [])
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

  /// Rows by event name of a segment.
  private func events(of segment: FlushedSegment) throws -> [SegmentSummary.Event] {
    try segment.summary.events
      ?? KeptSegment(segment, files: files, cache: openFiles).reading { try countEvents(in: $0) }
  }

  /// Enters what was flushed into the next generation and numbers it.
  ///
  /// Days that have expired are left out here, where the watermark cannot move any more: a retain
  /// may have committed since this ingest began. Their rows are kept nowhere, nor as rejects.
  private func enter(into catalogue: inout Catalogue) throws -> ([PreparedFile], CommitSummary) {
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
    var remaining = kept[...]
    try catalogue.names.add { try remaining.popFirst().map(events) }
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
      duplicates: dropped.values.reduce(0, +), hasKeys: deduplicator?.hasSeenKeys ?? false,
      expired: flushed.reduce(0) { $0 + $1.summary.rowCount } - rows, retainWatermark: watermark)
    return (prepared, summary)
  }
}
