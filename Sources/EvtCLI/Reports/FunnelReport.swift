// A funnel's answer as a report: steps with bars, groups, or users.

import Analytics
import Query

/// Shapes the result of a funnel.
struct FunnelReport {
  var result: FunnelResult
  /// The key of the breakdown as typed.
  var breakdown: String?
  var meta: ReportMeta

  /// The report in all forms.
  var report: Report {
    var meta = meta
    meta.extra = [
      ("window_ms", .double(nil)), ("events_without_user", .int(result.eventsWithoutUser)),
      ("remaining_groups", .int(result.remainingGroups)),
      ("remaining_entrants", .int(result.remainingEntrants)),
    ]
    let (wholeMillis, rest) = result.window.quotientAndRemainder(dividingBy: 1_000_000)
    meta.extra[0].value = rest == 0 ? .int(wholeMillis) : .double(Double(result.window) / 1e6)
    var report =
      if let users = result.users {
        userReport(users, meta)
      } else {
        breakdown == nil ? stepReport(meta) : groupReport(meta)
      }
    report.lead = ["window \(HumanNumber.span(nanoseconds: result.window)); \(meta.summary)"]
    if result.eventsWithoutUser > 0 {
      report.tail.append(
        "\(HumanNumber.count(result.eventsWithoutUser)) matching events without a user are left out"
      )
    }
    return report
  }

  private static let stepColumns: [ReportColumn] = [
    ReportColumn("step"), ReportColumn("name"), ReportColumn("count", heading: "users", .quantity),
    ReportColumn("rate", heading: "of first", .percent),
    ReportColumn("from_previous", heading: "of previous", .percent),
    ReportColumn("drop_off", .percent, isForMachines: true),
    ReportColumn("in_progress", .quantity, isForMachines: true),
    ReportColumn("median_ms", heading: "median", .duration),
    ReportColumn("avg_ms", .duration, isForMachines: true),
    ReportColumn("p90_ms", heading: "p90", .duration),
    ReportColumn("median_from_first_ms", .duration, isForMachines: true),
    ReportColumn("avg_from_first_ms", .duration, isForMachines: true),
    ReportColumn("p90_from_first_ms", .duration, isForMachines: true),
  ]

  private static func row(_ step: FunnelStepResult) -> [ResultValue] {
    func value(_ number: Double?) -> ResultValue { number.map { .double($0) } ?? .null }
    return [
      .int(Int64(step.step)), .text(step.name), .int(Int64(step.count)), value(step.rate),
      value(step.fromPrevious), value(step.dropOff), .int(Int64(step.inProgress)),
      value(step.fromPreviousTimes?.median), value(step.fromPreviousTimes?.average),
      value(step.fromPreviousTimes?.p90), value(step.fromFirstTimes?.median),
      value(step.fromFirstTimes?.average), value(step.fromFirstTimes?.p90),
    ]
  }

  private func stepReport(_ meta: ReportMeta) -> Report {
    var report = Report(
      meta: meta, columns: Self.stepColumns, rows: result.steps.map(Self.row))
    report.bars = result.steps.map { $0.rate.map { $0 / 100 } }
    let open = result.steps.reduce(0) { $0 + $1.inProgress }
    if open > 0 {
      report.tail.append(
        "\(HumanNumber.count(open)) users may still go further: their window is open")
    }
    return report
  }

  private func groupReport(_ meta: ReportMeta) -> Report {
    var report = Report(
      meta: meta, columns: [ReportColumn("group", heading: breakdown)] + Self.stepColumns, rows: [])
    report.bars = []
    var elements: [JSONNode] = []
    for group in result.groups {
      report.rows += group.steps.map { [group.value] + Self.row($0) }
      report.bars? += group.steps.map { $0.rate.map { $0 / 100 } }
      report.breaks.insert(report.rows.count - 1)
      let steps = group.steps.map {
        Report.element(Self.row($0), Self.stepColumns, rowsAreEvents: false)
      }
      elements.append(.object([("group", .value(group.value)), ("steps", .array(steps))]))
    }
    report.breaks.remove(report.rows.count - 1)
    report.elements = elements
    if result.remainingGroups > 0 {
      report.tail.append(
        "\(HumanNumber.count(result.remainingGroups)) more groups with"
          + " \(HumanNumber.count(result.remainingEntrants)) users at step 1 are not shown (--top)")
    }
    return report
  }

  private func userReport(_ users: [FunnelUser], _ meta: ReportMeta) -> Report {
    let columns = [
      ReportColumn("user"), ReportColumn("level"), ReportColumn("entered_at"),
      ReportColumn("converted_at"), ReportColumn("step_ms"),
    ]
    var report = Report(meta: meta, columns: columns, rows: [])
    var elements: [JSONNode] = []
    for user in users {
      let steps = user.stepMillis.map(Self.number)
      let head: [ResultValue] = [
        .text(user.user), .int(Int64(user.level)), .time(user.enteredAt),
        user.convertedAt.map { .time($0) } ?? .null,
      ]
      // Flat formats have the list as JSON text.
      let list = steps.map { PlainText.of($0) }.joined(separator: ",")
      report.rows.append(head + [.json("[\(list)]")])
      let members = zip(columns, head).map { (key: $0.name, value: JSONNode.value($1)) }
      elements.append(.object(members + [("step_ms", .array(steps.map { .value($0) }))]))
    }
    report.elements = elements
    return report
  }

  /// Milliseconds, as an integer where they are whole.
  private static func number(_ milliseconds: Double) -> ResultValue {
    let whole = Int64(exactly: milliseconds)
    return whole.map { .int($0) } ?? .double(milliseconds)
  }
}
