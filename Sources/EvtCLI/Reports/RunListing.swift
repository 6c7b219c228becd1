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
    var segments = 0
    var firstInput = ""
  }

  private let snapshot: Snapshot
  private var runs: [UInt64: Run] = [:]

  /// Lists the runs of `snapshot` that have inputs in the ledger.
  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    // The rows of an input that was taken up behind another one count from the beginning.
    var rowsByContent: [Hash128: UInt64] = [:]
    for entry in snapshot.ledger {
      let before = entry.source.continues.flatMap { rowsByContent[$0] } ?? 0
      rowsByContent[entry.source.content.hash] = entry.source.rows
      var run = runs[entry.run] ?? Run(firstInput: entry.source.name)
      run.generation = entry.generation
      run.inputs += 1
      run.rows &+= entry.source.rows - min(before, entry.source.rows)
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
        ReportColumn("segments", .quantity), ReportColumn("first_input"),
      ], rows: [])
    report.rows = runs.sorted { $0.key < $1.key }.map { number, run in
      [
        .int(Int64(clamping: number)), .int(Int64(clamping: run.generation)),
        .int(Int64(run.inputs)), .int(Int64(clamping: run.rows)), .int(Int64(run.segments)),
        .text(run.firstInput),
      ]
    }
    return report
  }
}
