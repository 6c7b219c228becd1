// Removes days that have expired.

import Columnar
import EvtCore

extension Store {
  /// Works out what `retain` would do now, and changes nothing.
  /// - Throws: `StoreError`.
  public func planRetain(_ request: RetainRequest) throws -> RetainOutcome {
    let snapshot = try snapshot()
    var next = snapshot.catalogue
    var outcome = RetainOutcome(RetainPlan(next, request), next)
    if !outcome.plan.verdict.isRefusal {
      let drafts = RollupDrafts(for: request, files: files, isDryRun: true)
      try drafts.prepare(from: snapshot)
      outcome.rollups = drafts.place(outcome.plan, in: &next).rollups
      outcome.rejects = ExpiredRejects(files: files, limit: request.limit).count()
    }
    return outcome
  }

  /// Removes all days that have expired in one commit, unless the plan's verdict is a refusal.
  ///
  /// Queries that are running go on undisturbed; what they read leaves the disk with the first
  /// writer after their end. A full disk is no obstacle, unless rollups are asked for, which need
  /// room: see `Reserve`.
  /// - Throws: `StoreError`; the store is unchanged except after `.outcomeUnknown`.
  public func retain(_ request: RetainRequest) throws -> RetainOutcome {
    let drafts = RollupDrafts(for: request, files: files)
    defer { drafts.remove() }
    if request.rollups != nil { try drafts.prepare(from: snapshot()) }
    let lock = StoreLock(files: files)
    var outcome = try lock.withLock(waitMilliseconds: lockWaitMilliseconds) {
      try removeExpiredDays(request, drafts)
    }
    if !outcome.plan.verdict.isRefusal {
      outcome.rejects = ExpiredRejects(files: files, limit: request.limit).remove()
    }
    return outcome
  }

  private func removeExpiredDays(
    _ request: RetainRequest, _ drafts: RollupDrafts
  ) throws -> RetainOutcome {
    let commit = try GenerationCommit(files: files)
    let current = commit.current.catalogue
    let plan = RetainPlan(current, request)
    if plan.verdict.isRefusal { return RetainOutcome(plan, current) }
    var next = current
    var rollups: [StoredRollup] = []
    if plan.isNeeded {
      next = commit.next
      plan.apply(to: &next, removing: try events(of: plan, in: current))
      if request.rollups != nil { try drafts.prepare(from: snapshot()) }
      let placed = drafts.place(plan, in: &next)
      rollups = placed.rollups
      try publish(next, placed.files, by: commit)
    }
    var outcome = RetainOutcome(plan, next)
    outcome.rollups = rollups
    let leased = Collector(files: files).leasedSegments(current: next)
    outcome.leasedSegments = leased.count
    outcome.leasedBytes = leased.reduce(0) { $0 &+ $1.summary.fileBytes }
    return outcome
  }

  private func publish(
    _ next: Catalogue, _ prepared: [PreparedFile], by commit: GenerationCommit
  ) throws {
    func attempt() throws {
      let writer = try WriterDirectory(files: files)
      defer { writer.remove() }
      try commit.publish(next, prepared, by: writer)
    }
    // A failed attempt leaves no rollups for another one.
    if prepared.isEmpty { try Reserve(files: files).lend(to: attempt) } else { try attempt() }
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
