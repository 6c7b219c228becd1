// evt info: what is in the store.

import ArgumentParser
import Columnar
import EvtCore
import Query
import Store

/// Shows segments, days, rows, bytes by column, events and time range of the store.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show what is in the store: rows, days, events, and the bytes of each column.",
    discussion: """
      EXAMPLES:
        evt info
        evt info --verbose
        evt info --runs
        evt info --format json --store web.evt
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions

  @Flag(help: "List the ingests with their numbers, for evt ingest --undo.")
  var runs = false

  mutating func run() throws {
    let now = try global.now()
    let store = try global.openStore()
    let snapshot = try store.snapshot()
    if runs {
      return try outputOptions.writer(global).write(RunListing(snapshot).report(now: now))
    }
    let inventory = try StoreInventory(snapshot, pool: global.pool())
    let writer = outputOptions.writer(global)
    // Days are many; a person sees them when asked for.
    let showsDays = writer.format != .table || global.verbose
    try writer.write(inventory.report(now: now, showsDays: showsDays))
  }
}

/// The contents of a snapshot, added up over its segments.
struct StoreInventory {
  /// Rows, segments and bytes of something.
  struct Amount {
    var rows: UInt64 = 0
    var segments: UInt64 = 0
    var bytes: UInt64 = 0
  }

  private let snapshot: Snapshot
  private var total = Amount()
  private var days: [UTCDay: Amount] = [:]
  private var events: [String: UInt64] = [:]
  /// By shown name; canonical fields and properties.
  private var columns: [String: Amount] = [:]
  private var rowsWithoutUser: UInt64 = 0

  /// Reads the footers of all segments.
  /// - Throws: `StoreError`.
  init(_ snapshot: Snapshot, pool: WorkerPool) throws {
    self.snapshot = snapshot
    for segment in snapshot.segments {
      let summary = segment.summary
      add(rows: summary.rowCount, bytes: summary.fileBytes, to: &total)
      add(
        rows: summary.rowCount, bytes: summary.fileBytes, to: &days[summary.day, default: Amount()])
      rowsWithoutUser &+= summary.rowsWithoutUser
      for event in summary.events ?? [] { events[event.name, default: 0] &+= event.count }
    }
    // A segment with too many names does not count them; the catalogue does.
    if snapshot.segments.contains(where: { $0.summary.events == nil }) {
      events = snapshot.knownEvents.filter { $0.value > 0 }
    }
    let perSegment = try pool.map(count: snapshot.segments.count) { index in
      Self.amounts(try snapshot.reader(index).footer)
    }
    for found in perSegment {
      for (name, rows, bytes) in found {
        add(rows: rows, bytes: bytes, to: &columns[name, default: Amount()])
      }
    }
  }

  private func add(rows: UInt64, bytes: UInt64, to amount: inout Amount) {
    amount.rows &+= rows
    amount.segments &+= 1
    amount.bytes &+= bytes
  }

  /// The name, the rows with a value, and the stored bytes of a column.
  private typealias Column = (name: String, rows: UInt64, bytes: UInt64)

  private static func amounts(_ footer: SegmentFooter) -> [Column] {
    let filterBytes = footer.keyFilters.reduce(UInt64(0)) { $0 &+ UInt64($1.storedBytes) }
    let filters = ("(key filters)", UInt64(footer.rowCount), filterBytes)
    return footer.columns.map(amount) + (footer.keyFilters.isEmpty ? [] : [filters])
  }

  private static func amount(_ column: ColumnEntry) -> Column {
    let name =
      switch column.role {
      case .property: column.path
      case .source: "(input)"
      case .run: "(run)"
      case .overflow: "(overflow)"
      case .event, .user, .session, .eventID, .timestamp: column.role.canonicalName ?? column.path
      }
    let absent = Int(ValueKind.absent.rawValue)
    let present = column.kindCounts.enumerated().reduce(UInt64(0)) {
      $1.offset == absent ? $0 : $0 &+ $1.element
    }
    let blocks = column.blocks.reduce(UInt64(0)) { $0 &+ UInt64($1.storedBytes) }
    return (name, present, blocks &+ UInt64(column.dictionary?.storedBytes ?? 0))
  }

  private var sortedDays: [(key: UTCDay, value: Amount)] { days.sorted { $0.key < $1.key } }
  private var sortedEvents: [(key: String, value: UInt64)] {
    events.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }
  private var sortedColumns: [(key: String, value: Amount)] {
    columns.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
  }

  /// The contents as a report: one table with a section by row, and one JSON object.
  func report(now: Int64, showsDays: Bool) -> Report {
    let meta = ReportMeta(
      command: "info", store: snapshot.storePath, generation: snapshot.generation,
      newestEvent: snapshot.newestEvent, now: now)
    var report = Report(
      meta: meta,
      columns: [
        ReportColumn("section"), ReportColumn("name"), ReportColumn("rows", .quantity),
        ReportColumn("segments", .quantity), ReportColumn("bytes", .bytes),
      ], rows: [])
    report.lead = [headline]
    report.rows.append(row("store", snapshot.storePath, total))
    report.breaks.insert(0)
    if showsDays {
      for (day, amount) in sortedDays { report.rows.append(row("day", day.description, amount)) }
      report.breaks.insert(report.rows.count - 1)
    }
    for (name, count) in sortedEvents {
      report.rows.append([.text("event"), .text(name), .int(Int64(clamping: count)), .null, .null])
    }
    report.breaks.insert(report.rows.count - 1)
    if let rollups {
      report.rows.append(
        [
          .text("rollups"), .text(rollups.days), .int(Int64(clamping: rollups.rows)), .null,
          .int(Int64(clamping: rollups.bytes)),
        ])
      report.breaks.insert(report.rows.count - 1)
    }
    for (name, amount) in sortedColumns { report.rows.append(row("column", name, amount)) }
    report.elements = [json]
    return report
  }

  /// What is left of days whose rows are gone; nil for nothing.
  private var rollups: (days: String, rows: UInt64, bytes: UInt64)? {
    let summaries = snapshot.rollups.map(\.summary)
    guard let first = summaries.first?.day, let last = summaries.last?.day else { return nil }
    return (
      first == last ? first.description : "\(first.description) to \(last.description)",
      summaries.reduce(0) { $0 &+ $1.rowCount }, summaries.reduce(0) { $0 &+ $1.fileBytes }
    )
  }

  private var headline: String {
    let times = snapshot.oldestEvent.map(TimeText.format).map { oldest in
      "\(oldest) to \(snapshot.newestEvent.map(TimeText.format) ?? oldest)"
    }
    return "generation \(snapshot.generation); \(HumanNumber.plural(days.count, "day")); "
      + "\(HumanNumber.plural(snapshot.ledger.count, "input")); \(times ?? "no events")"
  }

  private func row(_ section: String, _ name: String, _ amount: Amount) -> [ResultValue] {
    [
      .text(section), .text(name), .int(Int64(clamping: amount.rows)),
      .int(Int64(clamping: amount.segments)), .int(Int64(clamping: amount.bytes)),
    ]
  }

  private var json: JSONNode {
    func list(_ key: String, _ items: [(key: String, value: Amount)]) -> JSONNode {
      .array(
        items.map { name, amount in
          .object([
            (key, .text(name)), ("rows", .count(amount.rows)),
            ("segments", .count(amount.segments)),
            ("bytes", .count(amount.bytes)),
          ])
        })
    }
    return .object([
      ("generation", .count(snapshot.generation)),
      ("segments", .count(total.segments)),
      ("days", .int(days.count)),
      ("inputs", .int(snapshot.ledger.count)),
      ("rows", .count(total.rows)),
      ("rows_without_user", .count(rowsWithoutUser)),
      ("bytes", .count(total.bytes)),
      ("oldest_event", .time(snapshot.oldestEvent)),
      ("newest_event", .time(snapshot.newestEvent)),
      (
        "events",
        .array(
          sortedEvents.map { .object([("event", .text($0.key)), ("rows", .count($0.value))]) })
      ),
      ("by_day", list("day", sortedDays.map { (key: $0.key.description, value: $0.value) })),
      ("columns", list("column", sortedColumns)),
      ("rollups", .int(snapshot.rollups.count)),
      ("rollup_rows", .count(rollups?.rows ?? 0)),
      ("rollup_bytes", .count(rollups?.bytes ?? 0)),
    ])
  }
}
