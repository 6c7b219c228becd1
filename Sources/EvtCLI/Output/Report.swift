// An answer on its way out: what was asked, a table, and the same as JSON elements.

import EvtCore
import Query

/// What an answer says about itself, in the order of its keys.
struct ReportMeta {
  var command: String
  /// The store as it was named, nil where dumps were asked.
  var store: String?
  var generation: UInt64?
  var range = TimeRange.all
  /// The time of the newest event of the store in nanoseconds since 1970.
  var newestEvent: Int64?
  var now: Int64
  /// Whose days the answer has, and the times above a table.
  var zone = ZoneRules.utc
  /// How old the newest event may be, nil when nobody asks.
  var maxStaleNanos: Int64?
  /// The dumps that were asked.
  var inputs: AnswerSource.Inputs?
  /// What the answer cost, if that was asked.
  var stats: JSONNode?
  /// What only this command says, behind the rest.
  var extra: [(key: String, value: JSONNode)] = []

  /// The meta object of the JSON envelope.
  var json: JSONNode {
    let freshness = newestEvent.map { now.subtractingReportingOverflow($0) }
    let milliseconds = freshness.flatMap { $0.overflow ? nil : $0.partialValue / 1_000_000 }
    return .object(
      [
        ("command", .text(command)),
        ("store", store.map { .text($0) } ?? .null),
        ("generation", generation.map { .int(Int64(clamping: $0)) } ?? .null),
        ("since", .time(range.since)),
        ("until", .time(range.until)),
        ("tz", .text(zone.name)),
        ("newest_event", .time(newestEvent)),
        ("freshness_ms", milliseconds.map { .int($0) } ?? .null),
        ("is_stale", isStale.map { .value(.bool($0)) } ?? .null),
      ] + inputMembers + extra + (stats.map { [("stats", $0)] } ?? []))
  }

  /// Whether the newest event is too old, or there is none; nil when nobody asks.
  var isStale: Bool? {
    maxStaleNanos.map { limit in
      guard let newestEvent else { return true }
      let (age, overflow) = now.subtractingReportingOverflow(newestEvent)
      return overflow ? now > newestEvent : age > limit
    }
  }

  private var inputMembers: [(key: String, value: JSONNode)] {
    guard let inputs else { return [] }
    return [
      ("inputs", .array(inputs.names.map { .text($0) })), ("rejected", .int(inputs.rejected)),
      ("duplicates", .count(inputs.duplicates)),
    ]
  }

  /// The range and the freshness in words, for the line above a table.
  var summary: String {
    let since = range.since.map(zone.format)
    let until = range.until.map(zone.format)
    let span =
      switch (since, until) {
      case (nil, nil): "all time"
      case (let since?, nil): "since \(since)"
      case (nil, let until?): "until \(until)"
      case (let since?, let until?): "\(since) to \(until)"
      }
    let newest = newestEvent.map { "newest event \(zone.format($0))" } ?? "no events"
    return "\(span); \(newest)"
  }
}

/// How a column's values are shown in tables for people; machine formats show all alike.
enum ColumnStyle {
  /// As it is.
  case plain
  /// A number with thousands separators.
  case quantity
  /// A percentage with one decimal.
  case percent
  /// Milliseconds as a length of time.
  case duration
  /// Bytes with a unit.
  case bytes
  /// Words of our own, where nothing to say is nothing.
  case note
  /// Whether a check was passed: `pass` or `fail` as a mark.
  case mark
  /// A percentage, or as a mark that its period is `in_progress` or `not_observable`.
  case share
}

/// A column of an answer.
struct ReportColumn {
  /// The key in machine formats.
  var name: String
  /// The heading in tables for people; nil for the name.
  var heading: String?
  var style = ColumnStyle.plain
  /// Whether tables for people leave the column out.
  var isForMachines = false

  init(
    _ name: String, heading: String? = nil, _ style: ColumnStyle = .plain,
    isForMachines: Bool = false
  ) {
    self.name = name
    self.heading = heading
    self.style = style
    self.isForMachines = isForMachines
  }
}

/// An answer in all its forms.
struct Report {
  var meta: ReportMeta
  var columns: [ReportColumn]
  var rows: [[ResultValue]]
  /// The figures of all rows together.
  var totals: [ResultValue]?
  /// The elements of `data`, when they are not just the rows by column name.
  var elements: [JSONNode]?
  /// The table for people, where it is another than that for machines.
  var table: (columns: [ReportColumn], rows: [[ResultValue]])?
  /// Lines drawn above a table for people.
  var chart: LineChart?
  /// Bars behind the rows of a table for people: a share in 0...1 for each row.
  var bars: [Double?]?
  /// Lines above and below a table for people.
  var lead: [String] = []
  var tail: [String] = []
  /// Rows of a table for people after which a line is left empty.
  var breaks: Set<Int> = []

  init(meta: ReportMeta, columns: [ReportColumn], rows: [[ResultValue]]) {
    self.meta = meta
    self.columns = columns
    self.rows = rows
  }

  /// The elements of `data`.
  var data: [JSONNode] {
    elements ?? rows.map { Self.element($0, columns, rowsAreEvents: false) }
  }

  /// The same with what people want to see of it.
  var forPeople: Report {
    if let totals {
      var report = self
      report.totals = nil
      if !rows.isEmpty { report.breaks.insert(rows.count - 1) }
      report.rows.append(totals)
      return report.forPeople
    }
    if let table {
      var report = self
      report.table = nil
      report.columns = table.columns
      report.rows = table.rows
      return report
    }
    let shown = columns.indices.filter { !columns[$0].isForMachines }
    guard shown.count < columns.count else { return self }
    var report = self
    report.columns = shown.map { columns[$0] }
    report.rows = rows.map { row in shown.map { row[$0] } }
    return report
  }

  /// One row as an element of `data`; a row that is a whole event is the event itself.
  static func element(
    _ row: [ResultValue], _ columns: [ReportColumn], rowsAreEvents: Bool
  ) -> JSONNode {
    if rowsAreEvents, let event = row.first { return .value(event) }
    return .object(zip(columns, row).map { ($0.name, .value($1)) })
  }
}
