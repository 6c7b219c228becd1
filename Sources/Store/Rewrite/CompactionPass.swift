// One round of a compaction: plan, merge, commit.

import Columnar
import EvtCore

/// Merges what a plan says and commits what is still valid then.
struct CompactionPass {
  /// What is current after it.
  private(set) var catalogue: Catalogue
  private(set) var merged: [CompactionPlan.Group] = []
  /// Groups of which the merge would need too much memory.
  private(set) var tooLarge: [CompactionPlan.Group] = []
  /// Whether there was nothing to do.
  private(set) var isIdle = false

  /// - Parameter excluded: segments to leave alone.
  /// - Throws: `StoreError`; nothing was committed, except perhaps after `.outcomeUnknown`.
  init(
    _ store: Store, _ scope: CompactionScope, excluding excluded: Set<UInt64> = [],
    budgetBytes: UInt64 = .max, waitMilliseconds: Int, _ pool: WorkerPool
  ) throws {
    let files = store.files
    var snapshot: Snapshot? = try store.snapshot()
    catalogue = snapshot?.catalogue ?? Catalogue()
    var plan = CompactionPlan(catalogue.segments, scope, excluding: excluded)
    plan.limit(toBytes: budgetBytes)
    guard !plan.groups.isEmpty else {
      isIdle = true
      return
    }
    let writer = try WriterDirectory(files: files)
    defer { writer.remove() }
    let rewriter = SegmentRewriter(
      files: files, writer: writer, textBytesMax: store.mergedTextBytesMax)
    var rewrites: [Rewrite] = []
    if let snapshot { rewrites = try merge(plan, snapshot, rewriter, pool) }
    // Its lease would keep what is being replaced.
    snapshot = nil
    guard !rewrites.isEmpty else { return }
    try StoreLock(files: files).withLock(waitMilliseconds: waitMilliseconds) {
      try commit(rewrites, by: writer, files)
    }
  }

  private mutating func merge(
    _ plan: CompactionPlan, _ snapshot: Snapshot, _ rewriter: SegmentRewriter, _ pool: WorkerPool
  ) throws -> [Rewrite] {
    var indices: [UInt64: Int] = [:]
    for (index, segment) in snapshot.segments.enumerated() { indices[segment.id] = index }
    let places = indices
    let merge: @Sendable (CompactionPlan.Group) throws -> Rewrite? = { group in
      let inputs = try group.segments.compactMap { segment in
        try places[segment.id].map {
          MergeInput(reader: try snapshot.reader($0), runs: segment.runs)
        }
      }
      do {
        return Rewrite(segments: group.segments, results: [try rewriter.merge(inputs)])
      } catch is MergeTooLarge {
        return nil
      } catch let damage as SegmentDamage {
        throw snapshot.findDamage(in: group.segments.compactMap { places[$0.id] }) ?? damage
      }
    }
    // The smallest groups come first.
    let small = plan.groups.prefix { $0.bytes <= Limits.parallelMergeBytesMax }
    let results =
      try pool.map(count: small.count) { try merge(small[$0]) }
      + plan.groups[small.count...].map(merge)
    tooLarge = zip(plan.groups, results).filter { $1 == nil }.map(\.0)
    return results.compactMap { $0 }
  }

  private mutating func commit(
    _ rewrites: [Rewrite], by writer: WriterDirectory, _ files: any StoreFiles
  ) throws {
    let commit = try GenerationCommit(files: files)
    catalogue = commit.current.catalogue
    // Segments are immutable: what is still there is what was merged.
    let present = Set(catalogue.segments.map(\.id))
    let valid = rewrites.filter { $0.segments.allSatisfy { present.contains($0.id) } }
    if valid.isEmpty { return }
    var next = commit.next
    let prepared = next.apply(valid)
    try commit.publish(next, prepared, by: writer)
    catalogue = next
    merged = valid.map { CompactionPlan.Group(segments: $0.segments) }
  }
}

extension Snapshot {
  /// Reads segments of which one is known to be damaged, to name it; nil should it not be found.
  fileprivate func findDamage(in segments: [Int]) -> (any Error)? {
    for index in segments {
      do {
        let reader = try reader(index)
        var vector = ColumnVector()
        for column in reader.footer.columns.indices {
          for block in 0..<reader.footer.blockCount {
            try reader.decode(column: column, block: block, into: &vector)
          }
        }
      } catch let damage as SegmentDamage {
        return damaged(damage, segment: index)
      } catch {
        return error
      }
    }
    return nil
  }
}
