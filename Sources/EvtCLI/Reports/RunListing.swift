// The ingests of a store, to find the one that should not have been.

import Columnar
import EvtCore
import Query
import Store

/// What the ledger knows of each run.
struct RunListing {
  private struct Run {
    var generation: UInt64 = 0
    var inputs = 0
    var rows: UInt64 = 0
    var duplicates: UInt64 = 0
    var segments = 0
    var firstInput = ""
  }

  private let snapshot: Snapshot
  private var runs: [UInt64: Run] = [:]

  /// Lists the runs of `snapshot` that have inputs in the ledger.
  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    // An input that was taken up behind another one counts from the beginning.
    var byContent: [Hash128: SourceRecord] = [:]
    for entry in snapshot.ledger {
      let source = entry.source
      let before = source.continues.flatMap { byContent[$0] }
      byContent[source.content.hash] = source
      let duplicates = source.duplicates - min(before?.duplicates ?? 0, source.duplicates)
      let rows = source.rows - min(before?.rows ?? 0, source.rows)
      var run = runs[entry.run] ?? Run(firstInput: entry.source.name)
      run.generation = entry.generation
      run.inputs += 1
      run.rows &+= rows - min(duplicates, rows)
      run.duplicates &+= duplicates
      runs[entry.run] = run
    }
    for segment in snapshot.segments {
      for run in segment.runs { runs[run]?.segments += 1 }
    }
  }

  /// One row for each run, the latest last.
  func report(now: Int64) -> Report {
    let meta = ReportMeta(
      command: "info", store: snapshot.storePath, generation: snapshot.generation,
      newestEvent: snapshot.newestEvent, now: now)
    var report = Report(
      meta: meta,
      columns: [
        ReportColumn("run", .quantity), ReportColumn("generation", .quantity),
        ReportColumn("inputs", .quantity), ReportColumn("rows", .quantity),
        ReportColumn("duplicates", .quantity), ReportColumn("segments", .quantity),
        ReportColumn("first_input"),
      ], rows: [])
    report.rows = runs.sorted { $0.key < $1.key }.map { number, run in
      [
        .int(Int64(clamping: number)), .int(Int64(clamping: run.generation)),
        .int(Int64(run.inputs)), .int(Int64(clamping: run.rows)),
        .int(Int64(clamping: run.duplicates)), .int(Int64(run.segments)), .text(run.firstInput),
      ]
    }
    return report
  }
}
