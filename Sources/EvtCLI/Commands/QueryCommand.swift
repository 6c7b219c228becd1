// evt query: SQL, or counts, users and sums by flags; whole events with --raw.

import ArgumentParser
import EvtCore
import Query
import Store

/// Answers how many, who and how much.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract:
      "Answer SQL, count events, users and sessions, or print the events themselves.",
    discussion: """
      Fields are named by their path (properties.total) or the end of it (total). SQL is the \
      ClickHouse dialect (evt help sql). With flags, rows come by the first aggregate, the largest \
      first.

      EXAMPLES:
        evt query "SELECT event, count() FROM events GROUP BY event"
        evt query --event purchase --by country --agg count,users,sum:total --top 5
        evt query --event purchase --where "total > 100" --format json
        evt query --event error --raw --top 3
        evt query -i Samples/tracker.ndjson --by page --agg count,users
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions
  @OptionGroup(title: "Options for dumps") var inputOptions: InputOptions
  @OptionGroup(title: "Range options") var rangeOptions: RangeOptions
  @OptionGroup var sqlOption: SQLOption
  @OptionGroup var assertionOptions: AssertionOptions
  @OptionGroup var statsOption: StatsOption

  @Argument(help: ArgumentHelp("A SELECT over the table events.", valueName: "sql"))
  var sql: String?

  @Option(help: ArgumentHelp("What {NAME:Type} stands for in the SQL.", valueName: "name=value"))
  var param: [String] = []

  @Flag(help: "Print what would be read and done, without doing it.")
  var explain = false

  @Option(help: ArgumentHelp("Only these events.", valueName: "names"))
  var event: [String] = []

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only events for which this holds.", valueName: "expression"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "Group by these fields or expressions; also by day and hour.", valueName: "keys"))
  var by: [String] = []

  @Option(
    help: ArgumentHelp(
      "count, users, sessions; uniq:K, sum:K, avg:K, min:K, max:K, median:K, p95:K (count).",
      valueName: "aggregates"))
  var agg: [String] = []

  @Option(help: ArgumentHelp("Only so many rows.", valueName: "n"))
  var top: Int?

  @Flag(
    help: "Print the events themselves, in order of time (ndjson unless --format says otherwise).")
  var raw = false

  @Option(help: ArgumentHelp("With --raw: only these fields.", valueName: "fields"))
  var columns: [String] = []

  @Flag(help: "With --raw: the latest events first.")
  var newest = false

  @Flag(help: "List the fields with their kinds, fill, bytes and examples.")
  var fields = false

  @Flag(help: "Take unknown events and fields for nothing instead of ending.")
  var allowMissing = false

  /// Refuses combinations that would silently ignore one of the options.
  private func check() throws(UsageError) {
    if sql != nil {
      let hasFlags =
        raw || fields || sqlOption.isAsked || newest || top != nil || condition != nil
        || !(event.isEmpty && by.isEmpty && agg.isEmpty && columns.isEmpty)
      if hasFlags {
        throw UsageError(
          "SQL says it all, so --event, --where, --by, --agg, --top and the like say nothing",
          help: "leave the SQL or the flags out")
      }
    }
    if sql == nil, !param.isEmpty {
      throw UsageError("--param is for SQL", help: "write evt query \"SELECT …\" --param a=1")
    }
    if explain, raw || fields || sqlOption.isAsked {
      throw UsageError("--explain tells how figures are computed", help: "leave the others out")
    }
    if let top, top < 0 { throw UsageError("--top \(top) is less than 0") }
    if raw, !by.isEmpty || !agg.isEmpty {
      throw UsageError("--raw prints events, so --by and --agg say nothing", help: "leave one out")
    }
    if raw, !assertionOptions.failIf.isEmpty || !assertionOptions.warnIf.isEmpty {
      throw UsageError(
        "--raw prints events, and --fail-if and --warn-if judge figures",
        help: "write --where EXPRESSION --fail-if 'count > 0' without --raw")
    }
    if !raw, newest || !columns.isEmpty {
      throw UsageError("--newest and --columns are for --raw", help: "add --raw")
    }
    let asks = !by.isEmpty || !agg.isEmpty || !event.isEmpty || condition != nil
    if fields, raw || sqlOption.isAsked || asks {
      throw UsageError("--fields lists fields and takes no question", help: "leave the others out")
    }
  }

  mutating func run() throws {
    var cost = AnswerCost(global)
    try check()
    try sqlOption.check(assertionOptions, outputOptions)
    let now = try global.now()
    let range = try rangeOptions.range(now: now)
    let assertions = try assertionOptions.parsed()
    let pool = try global.pool()
    let source = try inputOptions.source(global, now: now, pool: pool, naming: texts)
    let snapshot = source.snapshot
    cost.noteOpened()
    var meta = source.meta("query", range: range, now: now)
    meta.maxStaleNanos = assertions.maxStaleNanos
    if sqlOption.isAsked {
      let text = try raw ? rawQuery(meta).sql(on: snapshot) : aggregateQuery(meta).sql(on: snapshot)
      return try sqlOption.write(text, outputOptions, global)
    }
    var failed: [Assertions.Message]
    // What times SQL asks for stands in it.
    if sql == nil { global.warnOfRollups(in: range, of: snapshot) }
    if let sql {
      failed = try write(answer(sql, snapshot, meta, pool), assertions, &cost, snapshot, pool)
    } else if fields {
      failed = try write(fieldList(snapshot, meta, pool), assertions, &cost, snapshot, pool)
    } else if raw {
      try writeEvents(snapshot, meta, pool)
      failed = assertions.checkFreshness(meta)
      // Rows are written while they are read.
      cost.noteAnswered(snapshot, threads: pool.threads)
    } else {
      failed = try write(aggregates(snapshot, meta, pool), assertions, &cost, snapshot, pool)
    }
    statsOption.write(cost)
    try Assertions.conclude(failed, "query", global)
  }

  /// Everything in which a field can be named; nil when all fields are meant.
  private var texts: [String]? {
    fields || raw && columnNames.isEmpty
      ? nil : [sql, condition].compactMap { $0 } + by + agg + columns + param
  }

  private var columnNames: [String] { NameList.split(columns) }

  /// Writes `report`, and returns what must not be of it.
  private func write(
    _ report: Report, _ assertions: Assertions, _ cost: inout AnswerCost, _ snapshot: Snapshot,
    _ pool: WorkerPool
  ) throws -> [Assertions.Message] {
    var report = report
    cost.noteAnswered(snapshot, threads: pool.threads)
    statsOption.add(cost, to: &report)
    let failed = try assertions.check(report, pool: pool)
    try outputOptions.writer(global).write(report)
    return failed
  }

  private func answer(
    _ sql: String, _ snapshot: Snapshot, _ meta: ReportMeta, _ pool: WorkerPool
  ) throws -> Report {
    var query = try SQLQuery(parsing: sql, parameters: try parameters(), now: meta.now)
    query.range = meta.range
    query.allowsMissing = allowMissing
    query.memoryBytes = try inputOptions.memoryBytes()
    let table =
      explain
      ? try query.explain(on: snapshot, pool: pool) : try query.run(on: snapshot, pool: pool)
    var report = Report(
      meta: meta, columns: table.columns.map { ReportColumn($0) }, rows: table.rows)
    report.totals = table.totals
    report.lead = [meta.summary]
    global.warn(table.warnings)
    return report
  }

  /// The values of `--param`, by name.
  private func parameters() throws(UsageError) -> [String: String] {
    var values: [String: String] = [:]
    for given in param {
      guard let sign = given.firstIndex(of: "="), sign != given.startIndex else {
        throw UsageError("--param \(given) gives no name a value", help: "write --param name=value")
      }
      let name = String(given[..<sign])
      guard values[name] == nil else { throw UsageError("--param \(name) is given twice") }
      values[name] = String(given[given.index(after: sign)...])
    }
    return values
  }

  private func aggregateQuery(_ meta: ReportMeta) throws -> AggregateQuery {
    let aggregates = try NameList.split(agg).map { try Aggregate(parsing: $0) }
    var query = AggregateQuery(
      events: NameList.split(event), condition: try condition.map { try Expression(parsing: $0) },
      keys: NameList.split(by), aggregates: aggregates.isEmpty ? [.count] : aggregates, top: top,
      range: meta.range, now: meta.now, allowsMissing: allowMissing)
    query.memoryBytes = try inputOptions.memoryBytes()
    return query
  }

  private func aggregates(
    _ snapshot: Snapshot, _ meta: ReportMeta, _ pool: WorkerPool
  ) throws -> Report {
    let query = try aggregateQuery(meta)
    let table = try explain ? query.explain(on: snapshot) : query.run(on: snapshot, pool: pool)
    var report = Report(
      meta: meta,
      columns: table.columns.enumerated().map { index, name in
        ReportColumn(name, explain || index < query.keys.count ? .plain : .quantity)
      }, rows: table.rows)
    report.lead = [meta.summary]
    global.warn(table.warnings)
    return report
  }

  private func fieldList(
    _ snapshot: Snapshot, _ meta: ReportMeta, _ pool: WorkerPool
  ) throws -> Report {
    let table = try FieldListing(range: meta.range).run(on: snapshot, pool: pool)
    let styles: [String: ColumnStyle] = [
      "rows": .quantity, "fill": .percent, "stored_bytes": .bytes, "distinct": .quantity,
    ]
    var report = Report(
      meta: meta, columns: table.columns.map { ReportColumn($0, styles[$0] ?? .plain) },
      rows: table.rows)
    report.lead = [meta.summary]
    return report
  }

  private func rawQuery(_ meta: ReportMeta) throws -> RawQuery {
    RawQuery(
      events: NameList.split(event), condition: try condition.map { try Expression(parsing: $0) },
      fields: columnNames.isEmpty ? nil : columnNames, limit: top, newestFirst: newest,
      range: meta.range, now: meta.now, allowsMissing: allowMissing)
  }

  private func writeEvents(_ snapshot: Snapshot, _ meta: ReportMeta, _ pool: WorkerPool) throws {
    let query = try rawQuery(meta)
    var warnings: [String] = []
    try outputOptions.writer(global, standard: .ndjson).stream(
      meta: meta, columns: query.columns.map { ReportColumn($0) },
      rowsAreEvents: columnNames.isEmpty
    ) { take in
      warnings = try query.forEach(on: snapshot, pool: pool, take)
    }
    global.warn(warnings)
  }
}
