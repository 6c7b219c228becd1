// A cohort answer as a report: a triangle of shares for people, a row for each cell for machines.

import Analytics
import EvtCore
import Query

/// Shapes the result of a cohort question.
struct CohortReport {
  var query: CohortQuery
  var result: CohortResult
  var meta: ReportMeta

  /// The report in all forms.
  var report: Report {
    var meta = meta
    meta.extra = metaMembers
    let tables: [(group: ResultValue?, table: CohortTable)] =
      query.breakdown == nil
      ? [(nil, result.all)] : result.groups.map { ($0.value, $0.table) }
    var report = Report(
      meta: meta,
      columns: groupColumn + [
        ReportColumn("cohort"), ReportColumn("size"), ReportColumn("period"),
        ReportColumn("retained"), ReportColumn("rate"), ReportColumn("state"),
      ], rows: tables.flatMap { rows($0.table, $0.group) })
    report.elements =
      query.breakdown == nil
      ? elements(result.all)
      : result.groups.map { group in
        .object([
          ("group", .value(group.value)), ("cohorts", .array(elements(group.table))),
          ("mean_rate", means(group.table)),
        ])
      }
    report.table = table(tables, &report.breaks)
    report.chart = chart(tables)
    report.lead = [lead(meta)]
    report.tail = tail(tables.map(\.table))
    return report
  }

  // MARK: - Words

  private var metaMembers: [(key: String, value: JSONNode)] {
    var members: [(key: String, value: JSONNode)] = [
      ("start", .text(query.start.step.name)), ("return", .text(query.comeback.step.name)),
      ("every", .text(query.interval.rawValue)),
    ]
    if query.windows.isEmpty {
      members += [
        ("mode", .text(query.mode.rawValue)), ("clock", .text(query.clock.rawValue)),
      ]
    } else {
      members.append(("within", .array(query.windows.map { .text($0.name) })))
    }
    members += [
      ("ref", .text(query.reference.rawValue)), ("mean", .text(query.mean.rawValue)),
      ("mean_rate", means(result.all)), ("events_without_user", .int(result.eventsWithoutUser)),
    ]
    if query.breakdown != nil {
      members += [
        ("remaining_groups", .int(result.remainingGroups)),
        ("remaining_users", .int(result.remainingUsers)),
      ]
    }
    return members
  }

  private func lead(_ meta: ReportMeta) -> String {
    var parts = [
      "start \(query.start.step.name), return \(query.comeback.step.name)",
      "by \(query.interval.rawValue)",
    ]
    if query.windows.isEmpty {
      if query.clock == .rolling { parts.append("rolling") }
      if query.mode == .after { parts.append("in the period or after") }
    }
    if query.reference == .prev { parts.append("of the period before") }
    if query.zone != .utc { parts.append(query.zone.name) }
    return (parts + [meta.summary]).joined(separator: "; ")
  }

  private func tail(_ tables: [CohortTable]) -> [String] {
    var lines: [String] = []
    if result.remainingGroups > 0 {
      lines.append(
        "\(HumanNumber.count(result.remainingGroups)) more groups with"
          + " \(HumanNumber.count(result.remainingUsers)) users are not shown (--top)")
    }
    if result.eventsWithoutUser > 0 {
      lines.append(
        "\(HumanNumber.count(result.eventsWithoutUser)) matching events without a user are left out"
      )
    }
    return lines
  }

  /// The bucket of a cohort: a day, or the first one of several, or an hour with its offset.
  private func label(_ row: CohortRow) -> String {
    query.interval == .hour ? query.zone.format(row.start) : query.zone.date(row.start)
  }

  private static func value(_ number: Double?) -> ResultValue {
    number.map { .double($0) } ?? .null
  }

  private static func value(_ number: Int?) -> ResultValue {
    number.map { .int(Int64($0)) } ?? .null
  }

  // MARK: - For machines

  private var groupColumn: [ReportColumn] {
    query.breakdown.map { [ReportColumn("group", heading: $0)] } ?? []
  }

  private func rows(_ table: CohortTable, _ group: ResultValue?) -> [[ResultValue]] {
    table.rows.flatMap { row in
      zip(result.periods, row.cells).map { period, cell in
        (group.map { [$0] } ?? []) + [
          .text(label(row)), .int(Int64(row.size)), period, Self.value(cell.retained),
          Self.value(cell.rate), .text(cell.state.rawValue),
        ]
      }
    }
  }

  private func elements(_ table: CohortTable) -> [JSONNode] {
    table.rows.map { row in
      .object([
        ("cohort", .text(label(row))), ("size", .int(row.size)),
        ("retained", .array(row.cells.map { .value(Self.value($0.retained)) })),
        ("rate", .array(row.cells.map { .value(Self.value($0.rate)) })),
      ])
    }
  }

  private func means(_ table: CohortTable) -> JSONNode {
    .array(table.means.map { .value(Self.value($0)) })
  }

  // MARK: - For people

  private func table(
    _ tables: [(group: ResultValue?, table: CohortTable)], _ breaks: inout Set<Int>
  ) -> (columns: [ReportColumn], rows: [[ResultValue]]) {
    let columns =
      groupColumn + [
        ReportColumn("cohort", heading: cohortHeading, .note),
        ReportColumn("size", heading: "users", .quantity),
      ] + result.periods.map { ReportColumn(PlainText.of($0), .share) }
    var rows: [[ResultValue]] = []
    for (group, table) in tables where !table.rows.isEmpty {
      if !rows.isEmpty { breaks.insert(rows.count - 1) }
      let head = group.map { [$0] } ?? []
      for row in table.rows {
        rows.append(head + [.text(label(row)), .int(Int64(row.size))] + row.cells.map(Self.share))
      }
      rows.append(
        head + [.text("mean"), .int(Int64(table.size))] + table.means.map { Self.value($0) })
    }
    return (columns, rows)
  }

  private var cohortHeading: String {
    switch query.interval {
    case .hour: "hour"
    case .day: "day"
    case .week: "week of"
    case .month: "month of"
    }
  }

  /// The share of a cell, or why it has none.
  private static func share(_ cell: CohortCell) -> ResultValue {
    cell.state == .complete ? value(cell.rate) : .text(cell.state.rawValue)
  }

  /// The means, as a curve for each group.
  private func chart(_ tables: [(group: ResultValue?, table: CohortTable)]) -> LineChart {
    LineChart(
      title: "\(query.mean.rawValue) mean, %",
      series: tables.map { group, table in
        LineChart.Series(
          name: group.map { TextTable.cell($0, .plain) } ?? "", values: table.means)
      },
      labels: result.periods.map { PlainText.of($0) },
      isDashed: result.periods.map { _ in false })
  }
}
