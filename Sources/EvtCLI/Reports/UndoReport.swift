// What an undo took back.

import Query
import Store

/// Shapes the outcome of `evt ingest --undo`.
struct UndoReport {
  var store: String
  var outcome: UndoOutcome
  var now: Int64

  /// The one summary object.
  var summary: Report {
    let values: [(String, ResultValue)] = [
      ("run", .int(Int64(clamping: outcome.run))),
      ("inputs", .int(Int64(outcome.inputs))),
      ("removed_rows", .int(Int64(clamping: outcome.rows))),
      ("generation", .int(Int64(clamping: outcome.generation))),
    ]
    let meta = ReportMeta(
      command: "ingest", store: store, generation: outcome.generation,
      newestEvent: outcome.newestEvent, now: now)
    return Report(
      meta: meta, columns: values.map { ReportColumn($0.0, .quantity) }, rows: [values.map(\.1)])
  }

  /// What was done, in one line.
  var note: String {
    "took run \(outcome.run) back: \(HumanNumber.plural(Int(clamping: outcome.rows), "event")) of"
      + " \(HumanNumber.plural(outcome.inputs, "input")); \(store) is at generation"
      + " \(outcome.generation)"
  }
}
