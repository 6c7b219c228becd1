// What a compaction merged, or would merge: one object, one line.

import Query
import Store

/// Shapes the outcome of a compaction.
struct CompactionReport {
  var store: String
  var outcome: CompactionOutcome
  var isDryRun: Bool
  var now: Int64

  private var meta: ReportMeta {
    ReportMeta(
      command: "compact", store: store, generation: outcome.generation,
      newestEvent: outcome.newestEvent, now: now)
  }

  /// The one summary object.
  var summary: Report {
    let values: [(String, ResultValue)] = [
      ("segments_before", .int(Int64(outcome.segmentsBefore))),
      ("segments_after", .int(Int64(outcome.segmentsAfter))),
      ("bytes_before", .int(Int64(clamping: outcome.bytesBefore))),
      ("bytes_after", outcome.bytesAfter.map { .int(Int64(clamping: $0)) } ?? .null),
      ("days", .int(Int64(outcome.days.count))),
      ("merged_segments", .int(Int64(outcome.mergedSegments))),
      ("too_large", .int(Int64(outcome.segmentsTooLarge))),
      ("dry_run", .bool(isDryRun)),
      ("generation", .int(Int64(clamping: outcome.generation))),
    ]
    return Report(
      meta: meta, columns: values.map { ReportColumn($0.0, .quantity) }, rows: [values.map(\.1)])
  }

  /// The line for people as a report.
  var headline: Report {
    var report = Report(meta: meta, columns: [], rows: [])
    report.lead = [note]
    return report
  }

  /// What was done, in one line.
  var note: String {
    let prefix = isDryRun ? "dry run: " : ""
    let place = "\(store) is at generation \(outcome.generation)"
    guard outcome.mergedSegments > 0 else {
      let segments = HumanNumber.plural(outcome.segmentsAfter, "segment")
      return "\(prefix)nothing to compact in \(segments)\(tooLarge); \(place)"
    }
    let after = HumanNumber.count(outcome.segmentsAfter)
    let days = HumanNumber.plural(outcome.days.count, "day")
    return "\(prefix)\(isDryRun ? "would merge" : "merged") segments of \(days):"
      + " \(HumanNumber.plural(outcome.segmentsBefore, "segment")) -> \(after)\(bytes)\(tooLarge);"
      + " \(place)"
  }

  private var bytes: String {
    guard let bytesAfter = outcome.bytesAfter else { return "" }
    return ", \(HumanNumber.bytes(Int64(clamping: outcome.bytesBefore))) ->"
      + " \(HumanNumber.bytes(Int64(clamping: bytesAfter)))"
  }

  private var tooLarge: String {
    guard outcome.segmentsTooLarge > 0 else { return "" }
    return ", \(HumanNumber.count(outcome.segmentsTooLarge)) left as they are for want of memory"
  }
}
