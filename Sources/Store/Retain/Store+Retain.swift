// Removes days that have expired.

import Columnar
import EvtCore

extension Store {
  /// Works out what `retain` would do now, and changes nothing.
  /// - Throws: `StoreError`.
  public func planRetain(_ request: RetainRequest) throws -> RetainOutcome {
    let catalogue = try CatalogueFiles(files: files).leaseNewest().catalogue
    var outcome = RetainOutcome(RetainPlan(catalogue, request), catalogue)
    if !outcome.plan.verdict.isRefusal {
      outcome.rejects = ExpiredRejects(files: files, limit: request.limit).count()
    }
    return outcome
  }

  /// Removes all days that have expired in one commit, unless the plan's verdict is a refusal.
  ///
  /// Queries that are running go on undisturbed; what they read leaves the disk with the first
  /// writer after their end. A full disk is no obstacle: see `Reserve`.
  /// - Throws: `StoreError`; the store is unchanged except after `.outcomeUnknown`.
  public func retain(_ request: RetainRequest) throws -> RetainOutcome {
    let lock = StoreLock(files: files)
    var outcome = try lock.withLock(waitMilliseconds: lockWaitMilliseconds) {
      try removeExpiredDays(request)
    }
    if !outcome.plan.verdict.isRefusal {
      outcome.rejects = ExpiredRejects(files: files, limit: request.limit).remove()
    }
    return outcome
  }

  private func removeExpiredDays(_ request: RetainRequest) throws -> RetainOutcome {
    let commit = try GenerationCommit(files: files)
    let current = commit.current.catalogue
    let plan = RetainPlan(current, request)
    if plan.verdict.isRefusal { return RetainOutcome(plan, current) }
    var next = current
    if plan.isNeeded {
      next = commit.next
      plan.apply(to: &next, removing: try events(of: plan, in: current))
      try Reserve(files: files).lend {
        let writer = try WriterDirectory(files: files)
        defer { writer.remove() }
        try commit.publish(next, by: writer)
      }
    }
    var outcome = RetainOutcome(plan, next)
    let leased = Collector(files: files).leasedSegments(current: next)
    outcome.leasedSegments = leased.count
    outcome.leasedBytes = leased.reduce(0) { $0 &+ $1.summary.fileBytes }
    return outcome
  }

  /// Rows by event of the segments to be removed. Where the catalogue has no counts, because there
  /// are too many names, they are read; a segment too damaged for that goes all the same.
  private func events(
    of plan: RetainPlan, in catalogue: Catalogue
  ) throws -> [SegmentSummary.Event] {
    let expired = catalogue.segments.indices.filter {
      catalogue.segments[$0].summary.day < plan.cutoff
    }
    var events = expired.flatMap { catalogue.segments[$0].summary.events ?? [] }
    let uncounted = expired.filter { catalogue.segments[$0].summary.events == nil }
    if uncounted.isEmpty { return events }
    let snapshot = try snapshot()
    for index in uncounted {
      do { events += try countEvents(in: snapshot.reader(index)) } catch {}
    }
    return events
  }
}
