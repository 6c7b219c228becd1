// evt trend: counts, users and other figures over time.

import Analytics
import ArgumentParser
import EvtCore
import Query
import Store

/// Shows how figures develop.
struct TrendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trend",
    abstract: "Show counts, users or other figures over time, in the days of a time zone.",
    discussion: """
      Each of EVENTS is a series; without any, all events are one. Every bucket has a row, also \
      when nothing happened; one that is not over, or that the range cuts, is marked as partial. \
      Days of which evt retain left rollups are answered from these.

      EXAMPLES:
        evt trend
        evt trend purchase --every day --tz Europe/Berlin --chart always
        evt trend page_view,purchase --every week --agg users
        evt trend purchase --by country --top 3 --agg sum:total --format json
        evt trend signup,purchase --every day --agg users --cumulative --allow-missing
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions
  @OptionGroup(title: "Options for dumps") var inputOptions: InputOptions
  @OptionGroup(title: "Range options") var rangeOptions: RangeOptions
  @OptionGroup var zoneOption: ZoneOption
  @OptionGroup var sqlOption: SQLOption
  @OptionGroup var assertionOptions: AssertionOptions
  @OptionGroup var statsOption: StatsOption

  @Argument(
    help: ArgumentHelp("The events, separated by commas (default: all).", valueName: "events"))
  var events: [String] = []

  @Option(
    help: ArgumentHelp(
      "The length of a bucket: minute, 15m, hour, day, week, month, or auto for about 100 buckets.",
      valueName: "length"))
  var every = TrendInterval.auto

  @Option(
    help: ArgumentHelp(
      """
      count, users, sessions, uniq:K, sum:K, avg:K, min:K, max:K, median:K, pNN:K \
      (default: count,users).
      """, valueName: "aggregates"))
  var agg: [String] = []

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only events for which this holds.", valueName: "expression"))
  var condition: String?

  @Option(
    help: ArgumentHelp("Break down by this field's or expression's value.", valueName: "key"))
  var by: String?

  @Option(
    help: ArgumentHelp(
      "With --by: the groups to show, the rest is one more (default: 5).", valueName: "n"))
  var top: Int?

  @Flag(help: "Show totals since the first bucket; users count once.")
  var cumulative = false

  @Option(
    help: ArgumentHelp("The first day of a week: monday, sunday.", valueName: "day"))
  var weekStart = CalendarBuckets.WeekStart.monday

  @Flag(help: "Take unknown events and fields for nothing instead of ending.")
  var allowMissing = false

  mutating func run() throws {
    var cost = AnswerCost(global)
    let query = try self.query()
    try sqlOption.check(assertionOptions, outputOptions)
    let assertions = try assertionOptions.parsed()
    let pool = try global.pool()
    let source = try inputOptions.source(
      global, now: query.now, pool: pool, naming: agg + [condition, by].compactMap { $0 })
    let snapshot = source.snapshot
    cost.noteOpened()
    if sqlOption.isAsked {
      return try sqlOption.write(query.sql(on: snapshot), outputOptions, global)
    }
    let result = try query.run(on: snapshot, pool: pool)
    var meta = source.meta("trend", range: query.range, now: query.now, zone: query.zone)
    meta.maxStaleNanos = assertions.maxStaleNanos
    global.warn(result.warnings)
    var report = TrendReport(query: query, result: result, meta: meta).report
    cost.noteAnswered(snapshot, threads: pool.threads)
    statsOption.add(cost, to: &report)
    let failed = try assertions.check(report, pool: pool)
    try outputOptions.writer(global).write(report)
    statsOption.write(cost)
    try Assertions.conclude(failed, "trend", global)
  }

  private func query() throws -> TrendQuery {
    if top != nil, by == nil { throw UsageError("--top is for --by", help: "add --by KEY") }
    if top != nil, sqlOption.isAsked {
      throw UsageError(
        "--top cannot be said in one SELECT, which has every group", help: "leave it out for --sql")
    }
    let now = try global.now()
    var query = TrendQuery(of: NameList.split(events), now: now)
    query.zone = try zoneOption.rules()
    query.range = try rangeOptions.range(now: now, zone: query.zone)
    let aggregates = try NameList.split(agg).map { try Aggregate(parsing: $0) }
    if !aggregates.isEmpty { query.aggregates = aggregates }
    query.interval = every
    query.weekStart = weekStart
    query.filter = try condition.map { try Expression(parsing: $0) }
    query.breakdown = by
    if let top { query.top = top }
    query.isCumulative = cumulative
    query.allowsMissing = allowMissing
    query.memoryBytes = try inputOptions.memoryBytes()
    return query
  }
}

extension TrendInterval: ExpressibleByArgument {}
extension CalendarBuckets.WeekStart: ExpressibleByArgument {}
