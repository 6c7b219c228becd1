// What a retain removed, or would remove: one object, a table of days, messages.

import Columnar
import EvtCore
import Query
import Store

/// Shapes the outcome of a retain.
struct RetainReport {
  var store: String
  var request: RetainRequest
  var outcome: RetainOutcome
  var isDryRun: Bool

  private var plan: RetainPlan { outcome.plan }
  private var totalRows: UInt64 { plan.rows + plan.remainingRows }

  /// Whether the run removes nothing because it would remove too much.
  var isRefused: Bool { plan.verdict.isRefusal }

  private var meta: ReportMeta {
    ReportMeta(
      command: "retain", store: store, generation: outcome.generation,
      newestEvent: outcome.newestEvent, now: request.now)
  }

  /// The one summary object. What was not removed, because the run was dry or refused, is what
  /// would be.
  var summary: Report {
    func count(_ value: UInt64) -> ResultValue { .int(Int64(clamping: value)) }
    let values: [(String, ResultValue)] = [
      ("days", .int(Int64(request.days))),
      ("cutoff", .text(plan.cutoff.description)),
      ("removed_rows", count(plan.rows)),
      ("removed_days", .int(Int64(plan.days.count))),
      ("removed_segments", .int(Int64(plan.segments))),
      ("removed_bytes", count(plan.bytes)),
      ("removed_rejects", .int(Int64(outcome.rejects))),
      ("removed_rollups", .int(Int64(plan.removedRollups.count))),
      ("rollup_days", request.rollups.map { .int(Int64($0.days)) } ?? .null),
      ("rolled_up_days", .int(Int64(outcome.rollups.count))),
      ("rolled_up_bytes", count(rolledUpBytes)),
      ("remaining_rows", count(plan.remainingRows)),
      ("oldest_day", plan.oldestDay.map { .text($0.description) } ?? .null),
      ("refused", .bool(isRefused)),
      ("dry_run", .bool(isDryRun)),
      ("generation", count(outcome.generation)),
      ("leased_segments", .int(Int64(outcome.leasedSegments))),
      ("leased_bytes", count(outcome.leasedBytes)),
    ]
    return Report(
      meta: meta, columns: values.map { ReportColumn($0.0, .quantity) }, rows: [values.map(\.1)])
  }

  private var rolledUpBytes: UInt64 {
    outcome.rollups.reduce(0) { $0 &+ $1.summary.fileBytes }
  }

  /// The days as a table for people.
  var days: Report {
    var report = Report(meta: meta, columns: [], rows: [])
    if !plan.days.isEmpty {
      report.columns = [
        ReportColumn("day"), ReportColumn("rows", .quantity), ReportColumn("segments", .quantity),
        ReportColumn("bytes", .bytes),
      ]
      if request.rollups != nil { report.columns.append(ReportColumn("rollup", .bytes)) }
      let rollups = Dictionary(
        outcome.rollups.map { ($0.summary.day, $0.summary.fileBytes) }
      ) { $1 }
      report.rows = plan.days.map { day in
        let cells: [ResultValue] = [
          .text(day.day.description), .int(Int64(clamping: day.rows)), .int(Int64(day.segments)),
          .int(Int64(clamping: day.bytes)),
        ]
        if request.rollups == nil { return cells }
        return cells + [rollups[day.day].map { .int(Int64(clamping: $0)) } ?? .null]
      }
    }
    report.lead = notes
    return report
  }

  /// What was done, in one line, and what one should know about it.
  var notes: [String] {
    var notes = [headline] + rollupNotes
    if outcome.leasedSegments > 0 {
      notes.append(
        "\(HumanNumber.plural(outcome.leasedSegments, "segment")) (\(bytes(outcome.leasedBytes)))"
          + " stay on the disk until the queries that read them end; the next evt that writes"
          + " removes them")
    }
    if plan.watermark > plan.cutoff {
      notes.append(
        "events before \(plan.watermark.description) are still left out by ingest, because an"
          + " earlier retain kept less; --force lets those from \(plan.cutoff.description) on in")
    }
    return notes
  }

  /// What comes and goes of rollups.
  private var rollupNotes: [String] {
    var notes: [String] = []
    let (kept, removed) =
      isDryRun || isRefused ? ("would keep", "would remove") : ("kept", "removed")
    func rollups(_ count: Int) -> String {
      count == 1 ? "the rollup of 1 day" : "the rollups of \(HumanNumber.count(count)) days"
    }
    if let policy = request.rollups, !outcome.rollups.isEmpty {
      notes.append(
        "\(kept) \(rollups(outcome.rollups.count)) (\(bytes(rolledUpBytes))) for"
          + " \(HumanNumber.plural(policy.days, "day"))")
    }
    let expired = plan.removedRollups.filter { $0.summary.day < plan.watermark }.count
    if expired > 0 { notes.append("\(removed) \(rollups(expired)), which expired") }
    let again = plan.removedRollups.count - expired
    if again > 0 {
      notes.append("\(removed) \(rollups(again)), of which events are let in again")
    }
    return notes
  }

  private var headline: String {
    let state =
      "\(events(plan.remainingRows)) \(isDryRun || isRefused ? "would " : "")remain; \(store) is at"
      + " generation \(outcome.generation)"
    let prefix = isDryRun ? "dry run: " : ""
    var removed: [String] = []
    if !plan.days.isEmpty {
      removed = [
        HumanNumber.plural(plan.days.count, "day"), events(plan.rows),
        HumanNumber.plural(plan.segments, "segment"), bytes(plan.bytes),
      ]
    }
    if outcome.rejects > 0 { removed.append(HumanNumber.plural(outcome.rejects, "reject file")) }
    let cutoff = plan.cutoff.description
    if removed.isEmpty { return "\(prefix)nothing to remove from before \(cutoff); \(state)" }
    return "\(prefix)\(verb) what is from before \(cutoff): \(removed.joined(separator: ", ")); "
      + state
  }

  private var verb: String {
    switch (isDryRun, isRefused) {
    case (false, false): "removed"
    case (true, false): "would remove"
    case (false, true): "refused to remove"
    case (true, true): "would refuse to remove"
    }
  }

  /// What a person should hear of even when nobody is watching.
  var warnings: [String] {
    guard plan.verdict == .muchAtFirst else { return [] }
    let verb = isDryRun ? "would remove" : "removes"
    return [
      "the first retain of this store \(verb) \(share); a later one that takes more than a fifth is"
        + " refused without --force"
    ]
  }

  /// Why nothing was removed, for a run that was refused.
  var refusal: String {
    let end = isDryRun ? "which evt retain would refuse" : "so nothing was removed"
    if plan.verdict == .everything {
      return "\(store): keeping what is from \(plan.cutoff.description) on would remove all"
        + " \(events(plan.rows)), \(end); is the clock right?"
    }
    return
      "\(store): keeping what is from \(plan.cutoff.description) on would remove \(share),"
      + " more than a fifth, \(end)"
  }

  private var share: String {
    let percent = HumanNumber.percent(Double(plan.rows) / Double(max(totalRows, 1)) * 100)
    return "\(HumanNumber.count(plan.rows)) of \(events(totalRows)) (\(percent))"
  }

  private func events(_ count: UInt64) -> String {
    HumanNumber.plural(Int(clamping: count), "event")
  }

  private func bytes(_ count: UInt64) -> String { HumanNumber.bytes(Int64(clamping: count)) }
}
