// What an ingest did, as the report of a command.

import EvtCore
import Ingest
import Query
import Store

/// The result of a committed ingest, or of a dry run.
struct IngestOutcome {
  var store: String
  var report: IngestReport
  /// Nil in a dry run.
  var commit: CommitSummary?
  /// Rows left out because their day has expired, and the first day that has not.
  var expired: UInt64
  var retainWatermark: UTCDay?
  var generation: UInt64?
  /// The reject file, if a line was rejected.
  var rejectPath: String?
  var newestEvent: Int64?

  /// The rows that were stored, as far as is known.
  var storedRows: Int {
    report.rows - Int(clamping: expired) - Int(clamping: commit?.duplicates ?? 0)
  }

  /// The one summary object. A dry run compares no events, so it knows of no duplicates.
  func report(now: Int64, elapsedMillis: Int) -> Report {
    let values: [(String, ResultValue)] = [
      ("files", .int(Int64(report.files))),
      ("skipped_files", .int(Int64(report.skippedFiles))),
      ("rows", .int(Int64(storedRows))),
      ("rejected", .int(Int64(report.rejected))),
      ("duplicates", commit.map { .int(Int64(clamping: $0.duplicates)) } ?? .null),
      ("expired", .int(Int64(clamping: expired))),
      ("input_bytes", .int(Int64(clamping: report.inputBytes))),
      ("stored_bytes", .int(Int64(clamping: commit?.storedBytes ?? 0))),
      ("segments", .int(Int64(commit?.segments ?? 0))),
      ("elapsed_ms", .int(Int64(elapsedMillis))),
      ("generation", generation.map { .int(Int64(clamping: $0)) } ?? .null),
      ("failed_files", .int(Int64(report.failedFiles))),
      ("duplicate_keys", .int(Int64(report.duplicateKeys))),
      ("rejects_file", rejectPath.map { .text($0) } ?? .null),
      ("run", commit?.run.map { .int(Int64(clamping: $0)) } ?? .null),
      ("replaced_rows", .int(Int64(clamping: commit?.replacedRows ?? 0))),
    ]
    let meta = ReportMeta(
      command: "ingest", store: store, generation: generation, newestEvent: newestEvent,
      now: now)
    return Report(
      meta: meta, columns: values.map { ReportColumn($0.0, .quantity) }, rows: [values.map(\.1)])
  }
}
