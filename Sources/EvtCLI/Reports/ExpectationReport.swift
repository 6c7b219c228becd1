// What came of expectations as a report: a mark, the numbers, and when the events were seen.

import Analytics
import Query

/// Shapes the results of expectations.
struct ExpectationReport {
  var results: [ExpectationResult]
  var meta: ReportMeta

  /// The number of expectations that are not met.
  var failures: Int { results.count { !$0.isMet } }

  /// The results as checks.
  var outcomes: [CheckOutcome] {
    results.map { result in
      CheckOutcome(
        name: result.expectation.step.name + ":" + result.expectation.condition,
        status: result.isMet ? .pass : .fail, observed: HumanNumber.count(result.observed),
        expected: result.expectation.condition, detail: result.detail ?? "")
    }
  }

  /// The report in all forms.
  var report: Report {
    var report = Report(meta: meta, columns: Self.columns, rows: results.map(Self.row))
    report.elements = results.map { result in
      let row = Self.row(result)
      // The check comes first for machines.
      let order = [1, 0] + Array(2..<row.count)
      return .object(order.map { (Self.columns[$0].name, .value(row[$0])) })
    }
    report.lead = [meta.summary]
    report.tail = ["verify: \(results.count - failures) passed, \(failures) failed"]
    return report
  }

  private static let columns: [ReportColumn] = [
    ReportColumn("status", heading: "", .mark), ReportColumn("check", .note),
    ReportColumn("observed", .quantity), ReportColumn("expected", .note),
    ReportColumn("first_seen", heading: "first seen", .note),
    ReportColumn("last_seen", heading: "last seen", .note), ReportColumn("detail", .note),
  ]

  private static func row(_ result: ExpectationResult) -> [ResultValue] {
    func time(_ instant: Int64?) -> ResultValue { instant.map { .time($0) } ?? .null }
    return [
      .text(result.isMet ? "pass" : "fail"), .text(result.expectation.step.name),
      .int(Int64(result.observed)), .text(result.expectation.condition), time(result.firstSeen),
      time(result.lastSeen), result.detail.map { .text($0) } ?? .null,
    ]
  }
}
