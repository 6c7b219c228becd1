// A trend's answer as a report: a chart, a table by time, or a row for each bucket of each series.

import Analytics
import EvtCore
import Query

/// Shapes the result of a trend.
struct TrendReport {
  private let query: TrendQuery
  private let result: TrendResult
  private let meta: ReportMeta
  private let hasNotes: Bool

  /// Creates the report of what `query` found.
  init(query: TrendQuery, result: TrendResult, meta: ReportMeta) {
    self.query = query
    self.result = result
    self.meta = meta
    hasNotes =
      result.buckets.contains(where: \.isPartial)
      || result.series.contains { !$0.approximate.isEmpty }
  }

  /// Columns of figures beside each other in a table for people; more stand below each other.
  private static let columnsBesideMax = 8

  /// The report in all forms.
  var report: Report {
    var meta = meta
    meta.extra = [
      ("every", .text(result.interval.rawValue)), ("cumulative", .value(.bool(query.isCumulative))),
    ]
    if result.rolledUpBefore != nil { meta.extra.append(("source", .text("rollup"))) }
    let figures = query.aggregates.map { ReportColumn($0.name, .quantity) }
    let columns =
      [
        ReportColumn("time"), ReportColumn("time_utc"), ReportColumn("event"),
        ReportColumn("group"),
      ] + figures + [ReportColumn("partial"), ReportColumn("approximate")]
    var report = Report(meta: meta, columns: columns, rows: [])
    for series in result.series {
      let event = series.event.map { ResultValue.text($0) } ?? .null
      let group = value(of: series.group)
      for (index, (bucket, figures)) in zip(result.buckets, series.figures).enumerated() {
        let start = bucket.span.lowerBound
        report.rows.append(
          [.text(query.zone.format(start)), .time(start), event, group] + figures
            + [.bool(bucket.isPartial), .bool(series.approximate.contains(index))])
      }
    }
    let count = result.series.count * query.aggregates.count
    report.table = count <= Self.columnsBesideMax ? wideTable : longTable(&report.breaks)
    report.chart = chart
    report.lead = [lead(meta)] + rollupNotes
    return report
  }

  /// What is to be known of figures that are not of rows.
  private var rollupNotes: [String] {
    guard let day = result.rolledUpBefore?.description else { return [] }
    if result.series.allSatisfy(\.approximate.isEmpty) {
      return ["before \(day) from rollups"]
    }
    return [
      "before \(day) from rollups; more than \(HumanNumber.count(DistinctSketch.exactMax)) users or"
        + " sessions are estimates, \u{B1}\(DistinctSketch.errorText)"
    ]
  }

  private func lead(_ meta: ReportMeta) -> String {
    let event = query.events.count == 1 ? query.events[0] + " " : ""
    var parts = ["\(event)by \(result.interval.rawValue)"]
    if query.isCumulative { parts.append("cumulative") }
    if query.zone != .utc { parts.append(query.zone.name) }
    return (parts + [meta.summary]).joined(separator: "; ")
  }

  // MARK: - Names

  private func value(of group: TrendGroup) -> ResultValue {
    switch group {
    case .all: .null
    case .value(let value): value
    case .other: .text(otherName)
    }
  }

  /// "other", in as many brackets as it takes to be no value of the breakdown.
  private var otherName: String {
    var name = "other"
    while result.series.contains(where: { $0.group == .value(.text(name)) }) { name = "(\(name))" }
    return name
  }

  /// A series in words; empty for the only one of all events.
  private func name(of series: TrendSeries) -> String {
    var parts: [String] = []
    if let event = series.event, query.events.count > 1 || series.group == .all {
      parts.append(event)
    }
    if series.group != .all { parts.append(TextTable.cell(value(of: series.group), .plain)) }
    return parts.joined(separator: " ")
  }

  // MARK: - Tables for people

  /// A row for each bucket, a column for each figure of each series.
  private var wideTable: (columns: [ReportColumn], rows: [[ResultValue]]) {
    var columns = [timeColumn]
    for series in result.series {
      for aggregate in query.aggregates {
        let name = result.series.count > 1 ? name(of: series) : ""
        let words = query.aggregates.count > 1 || name.isEmpty ? [name, aggregate.name] : [name]
        columns.append(
          ReportColumn(words.filter { !$0.isEmpty }.joined(separator: " "), .quantity))
      }
    }
    let rows = result.buckets.enumerated().map { index, bucket in
      [time(bucket)] + result.series.flatMap { $0.figures[index] }
        + noteCell(index, result.series)
    }
    return (columns + noteColumn, rows)
  }

  /// A row for each bucket of each series.
  private func longTable(
    _ breaks: inout Set<Int>
  ) -> (columns: [ReportColumn], rows: [[ResultValue]]) {
    let hasEvents = query.events.count > 1
    let names =
      (hasEvents ? [ReportColumn("event")] : [])
      + (query.breakdown.map { [ReportColumn("group", heading: $0)] } ?? [])
    let figures = query.aggregates.map { ReportColumn($0.name, .quantity) }
    var rows: [[ResultValue]] = []
    for series in result.series {
      if !rows.isEmpty { breaks.insert(rows.count - 1) }
      var head: [ResultValue] = hasEvents ? [.text(series.event ?? "")] : []
      if query.breakdown != nil { head.append(value(of: series.group)) }
      rows += result.buckets.enumerated().map { index, bucket in
        head + [time(bucket)] + series.figures[index] + noteCell(index, [series])
      }
    }
    return (names + [timeColumn] + figures + noteColumn, rows)
  }

  private var noteColumn: [ReportColumn] {
    hasNotes ? [ReportColumn("note", heading: "", .note)] : []
  }

  /// Whether figures of a bucket are partial or estimates.
  private func noteCell(_ index: Int, _ series: [TrendSeries]) -> [ResultValue] {
    guard hasNotes else { return [] }
    let isEstimate = series.contains { $0.approximate.contains(index) }
    let words =
      (result.buckets[index].isPartial ? ["partial"] : []) + (isEstimate ? ["estimate"] : [])
    return [words.isEmpty ? .null : .text(words.joined(separator: ", "))]
  }

  private var timeColumn: ReportColumn {
    switch result.interval {
    case .minute, .quarterHour, .hour, .auto: ReportColumn("time", .note)
    case .day: ReportColumn("day", .note)
    case .week: ReportColumn("week of", .note)
    case .month: ReportColumn("month", .note)
    }
  }

  private func time(_ bucket: TrendBucket) -> ResultValue { .text(label(bucket)) }

  /// The start of a bucket on the clock of the zone, as short as it is clear.
  private func label(_ bucket: TrendBucket) -> String {
    let start = bucket.span.lowerBound
    switch result.interval {
    case .month: return String(query.zone.date(start).dropLast(3))
    case .day, .week, .auto: return query.zone.date(start)
    case .minute, .quarterHour, .hour:
      let offset = query.zone == .utc ? "" : query.zone.offsetText(start)
      return "\(query.zone.date(start)) \(query.zone.timeOfDay(start))\(offset)"
    }
  }

  // MARK: - Chart

  /// The first aggregate of each series.
  private var chart: LineChart {
    let names = result.series.count == 1 ? result.series.first.map(name) ?? "" : ""
    let figure = query.aggregates.first?.name ?? ""
    return LineChart(
      title: names.isEmpty ? figure : "\(names): \(figure)",
      series: result.series.map { series in
        LineChart.Series(
          name: name(of: series), values: series.figures.map { $0.first.flatMap(Self.number) })
      },
      labels: result.buckets.map(label), isDashed: result.buckets.map(\.isPartial))
  }

  private static func number(_ value: ResultValue) -> Double? {
    switch value {
    case .int(let value): Double(value)
    case .double(let value): value.isFinite ? value : nil
    case .decimal(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    case .null, .bool, .text, .json, .time: nil
    }
  }
}
