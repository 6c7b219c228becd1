// Makes few large segments of many small ones; no answer changes by it.

import Columnar
import EvtCore

extension Store {
  /// How often a compaction that others got in the way of is tried again.
  private static let compactionTries = 5

  /// Works out what `compact` would merge first, and changes nothing.
  /// - Throws: `StoreError`.
  public func planCompaction(_ scope: CompactionScope) throws -> CompactionOutcome {
    let catalogue = try snapshot().catalogue
    let plan = CompactionPlan(catalogue.segments, scope)
    var outcome = CompactionOutcome(catalogue)
    for group in plan.groups { outcome.note(group) }
    outcome.segmentsAfter -= outcome.mergedSegments - plan.groups.count
    outcome.bytesAfter = nil
    return outcome
  }

  /// Merges segments until `scope` is reached, in one commit or a few.
  ///
  /// Files are written without the lock. What another writer replaced or removed meanwhile is
  /// merged anew, a few times at most.
  /// - Throws: `StoreError`: `.busy` when others kept getting in the way. What was committed before
  ///   stays.
  public func compact(_ scope: CompactionScope, pool: WorkerPool) throws -> CompactionOutcome {
    var outcome = CompactionOutcome(try snapshot().catalogue)
    var tooLarge: Set<UInt64> = []
    var failures = 0
    while failures < Self.compactionTries {
      let pass = try CompactionPass(
        self, scope, excluding: tooLarge, waitMilliseconds: lockWaitMilliseconds, pool)
      outcome.finish(pass)
      if pass.isIdle { return outcome }
      tooLarge.formUnion(pass.tooLarge.flatMap(\.ids))
      if pass.merged.isEmpty, pass.tooLarge.isEmpty { failures += 1 }
    }
    throw StoreError.busy(
      path: files.root, what: "others changed each day of it that was being compacted")
  }

  /// Compacts after a commit of `committedBytes`, as far as the cost is in proportion to it. When
  /// another writer gets in the way, it is left for the next time.
  /// - Throws: `StoreError`, `SegmentDamage`; the store is as good as before.
  public func compactAfterCommit(committedBytes: UInt64, pool: WorkerPool) throws {
    let (product, overflow) = committedBytes.multipliedReportingOverflow(
      by: Limits.compactionBytesPerCommitted)
    do {
      _ = try CompactionPass(
        self, .tiers, budgetBytes: max(Limits.compactionBytesMin, overflow ? .max : product),
        waitMilliseconds: 0, pool)
    } catch let error as StoreError where error.category == .busy {}
  }
}
