// What came of the rules of a file as a report.

import Analytics
import EvtCore
import Query

/// Shapes the results of a run.
struct AlertReport {
  var results: [AlertResult]
  var meta: ReportMeta

  /// The report in all forms.
  var report: Report {
    var report = Report(meta: meta, columns: Self.columns, rows: results.map(Self.row))
    report.elements = results.map { result in
      let row = Self.row(result)
      let members = zip(Self.columns, row).map { column, value in
        let isList = column.name == "delivered"
        return (
          key: column.name,
          value: isList ? JSONNode.array(result.delivered.map { .text($0) }) : .value(value)
        )
      }
      return .object(members)
    }
    let newest = meta.newestEvent.map { "newest event \(TimeText.format($0))" } ?? "no events"
    report.lead = ["at \(TimeText.format(meta.now)); \(newest)"]
    let counts = AlertState.allCases.compactMap { state -> String? in
      let count = results.count { $0.message.outcome.state == state }
      return count == 0 ? nil : "\(count) \(state.rawValue)"
    }
    report.tail = ["alert: \(counts.isEmpty ? "no rules" : counts.joined(separator: ", "))"]
    return report
  }

  private static let columns: [ReportColumn] = [
    ReportColumn("rule", .note), ReportColumn("state", .note), ReportColumn("value", .quantity),
    ReportColumn("threshold", .quantity), ReportColumn("since", .note),
    ReportColumn("delivered", .note), ReportColumn("detail", .note, isForMachines: true),
  ]

  private static func row(_ result: AlertResult) -> [ResultValue] {
    let message = result.message
    let resolved = result.notices.first { $0.kind == .resolved }
    return [
      .text(message.rule.id), .text(message.outcome.state.rawValue), message.value,
      message.threshold, result.since.map { .time($0) } ?? .null,
      .text(result.delivered.joined(separator: ",")),
      .text(resolved.map(message.detail(of:)) ?? message.detail),
    ]
  }
}
