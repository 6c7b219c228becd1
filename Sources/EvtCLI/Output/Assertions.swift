// What must hold of an answer, and what is said when it does not.

import EvtCore
import Query

/// Conditions that an answer must not meet, and how fresh its events must be.
struct Assertions {
  struct Condition {
    var condition: ResultCondition
    /// Whether the command fails where it holds; else it only warns.
    var isFailure: Bool

    var option: String { isFailure ? "--fail-if" : "--warn-if" }
  }

  var conditions: [Condition] = []
  var maxStaleNanos: Int64?

  /// Something that does not hold.
  struct Message {
    var isFailure: Bool
    var text: String
  }

  /// Rows that are shown of those for which a condition holds, and values of each.
  private static let shownMax = 3
  private static let cellsMax = 5

  /// What is wrong with `report`; to be found out before it is written, for a condition may name
  /// columns that there are not.
  /// - Throws: `QueryError`.
  func check(_ report: Report, pool: WorkerPool) throws -> [Message] {
    let columns = report.columns.map(\.name)
    let found = try conditions.compactMap { condition -> Message? in
      let finding = try condition.condition.look(
        at: report.rows, columns: columns, now: report.meta.now, pool: pool)
      guard finding.holds else { return nil }
      let place = finding.rows.isEmpty ? "" : " for \(Self.shown(finding.rows, report))"
      return Message(
        isFailure: condition.isFailure,
        text: "\(condition.option) '\(condition.condition.text)' holds\(place)")
    }
    return found + checkFreshness(report.meta)
  }

  /// What is wrong with the freshness of events.
  func checkFreshness(_ meta: ReportMeta) -> [Message] {
    guard let maxStaleNanos, meta.isStale == true else { return [] }
    let limit = "--max-stale \(HumanNumber.span(nanoseconds: maxStaleNanos))"
    guard let newest = meta.newestEvent else {
      return [Message(isFailure: true, text: "\(limit): there are no events")]
    }
    let age = HumanNumber.duration(
      milliseconds: Double(meta.now.subtractingReportingOverflow(newest).partialValue) / 1e6)
    return [
      Message(
        isFailure: true,
        text: "\(limit): the newest event, of \(meta.zone.format(newest)), is \(age) old")
    ]
  }

  private static func shown(_ rows: [Int], _ report: Report) -> String {
    let shown = rows.prefix(shownMax).map { row in
      let cells = zip(report.columns, report.rows[row]).filter { $0.1 != .null }
        .prefix(cellsMax).map { "\($0.name) \(PlainText.of($1))" }
      return "row \(row + 1) (\(cells.joined(separator: ", ")))"
    }
    let rest = rows.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// Says what is wrong, also where GitHub's runner looks for it.
  /// - Throws: `Verdict` when something fails.
  static func conclude(_ messages: [Message], _ command: String, _ global: GlobalOptions) throws {
    let isWorkflow = Environment.text("GITHUB_ACTIONS") == "true"
    for message in messages {
      if message.isFailure {
        StandardError.write(["evt: failed: " + SafeText.escaped(message.text)])
      } else {
        global.warn([message.text])
      }
      if isWorkflow {
        StandardError.write([
          GitHubAnnotations.line(
            message.isFailure ? "error" : "warning", title: "evt \(command)", message.text)
        ])
      }
    }
    if messages.contains(where: \.isFailure) { throw Verdict(.checkFailed) }
  }
}
