// evt cohort: how many of those who began come back.

import Analytics
import ArgumentParser
import EvtCore
import Query
import Store

/// Shows which users come back, by when they began.
struct CohortCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort",
    abstract: "Show how many of the users who began in one week, say, come back in later ones.",
    discussion: """
      A user begins with the first event of --start in the whole store, and is retained in a \
      period by an event of --return in it, not before the start. Period 0 is the bucket of the \
      start itself. Steps are written as for evt funnel. Periods that are not over have no figure: \
      ~ is in progress, · has not begun (evt help semantics).

      EXAMPLES:
        evt cohort
        evt cohort --start page_view --return purchase --every day --periods 8
        evt cohort --every day --clock rolling --mode after --tz Europe/Berlin
        evt cohort --start 'page_view[page = "/"]' --within 1d..7d --by country
        evt cohort --return purchase --every month --mean simple --format json
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions
  @OptionGroup(title: "Options for dumps") var inputOptions: InputOptions
  @OptionGroup(title: "Range options") var rangeOptions: RangeOptions
  @OptionGroup var zoneOption: ZoneOption
  @OptionGroup var sqlOption: SQLOption
  @OptionGroup var assertionOptions: AssertionOptions
  @OptionGroup var statsOption: StatsOption

  @Option(
    help: ArgumentHelp("With what a user begins: NAME, NAME[expr], A|B, any.", valueName: "step"))
  var start = "any"

  @Option(
    name: .customLong("return"),
    help: ArgumentHelp(
      "With what a user is retained: NAME, NAME[expr], A|B, any.", valueName: "step"))
  var comeback = "any"

  @Option(
    help: ArgumentHelp("The length of a bucket and of a period.", valueName: "length"))
  var every = CohortInterval.week

  @Option(
    help: ArgumentHelp("The periods to show, from period 0 on (default: 12).", valueName: "n"))
  var periods: Int?

  @Option(
    help: ArgumentHelp(
      "Retained by an event in the period, or in it or later (default: on).", valueName: "mode"))
  var mode: CohortMode?

  @Option(
    help: ArgumentHelp(
      "Periods are those of the calendar, or count from each user's start (default: calendar).",
      valueName: "clock"))
  var clock: CohortClock?

  @Option(
    help: ArgumentHelp(
      "Instead of periods, windows of time since the start: 1d..7d, or 0d..1d,1d..7d.",
      valueName: "windows"))
  var within: String?

  @Option(
    help: ArgumentHelp("The mean over all users, or over the cohorts.", valueName: "mean"))
  var mean = CohortMean.weighted

  @Option(
    help: ArgumentHelp(
      "Of what the shares are: the cohort, or the period before.", valueName: "base"))
  var ref = CohortReference.first

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only events for which this holds.", valueName: "expression"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "Break down by this field's or expression's value at the start.", valueName: "key"))
  var by: String?

  @Option(
    help: ArgumentHelp(
      "With --by: the groups to show, those with most users (default: 10).", valueName: "n"))
  var top: Int?

  @Option(
    help: ArgumentHelp("The first day of a week: monday, sunday.", valueName: "day"))
  var weekStart = CalendarBuckets.WeekStart.monday

  @Flag(help: "Take unknown events and fields for nothing instead of ending.")
  var allowMissing = false

  mutating func run() throws {
    ProcessMemory.useLargePages()
    var cost = AnswerCost(global)
    let query = try self.query()
    try sqlOption.check(assertionOptions, outputOptions)
    let assertions = try assertionOptions.parsed()
    let pool = try global.pool()
    let source = try inputOptions.source(
      global, now: query.now, pool: pool,
      naming: [start, comeback, condition, by].compactMap { $0 })
    let snapshot = source.snapshot
    cost.noteOpened()
    if sqlOption.isAsked {
      return try sqlOption.write(query.sql(on: snapshot), outputOptions, global)
    }
    let result = try query.run(on: snapshot, pool: pool)
    var meta = source.meta("cohort", range: query.range, now: query.now, zone: query.zone)
    meta.maxStaleNanos = assertions.maxStaleNanos
    global.warn(result.warnings)
    // Who began in those days is not known, and would be in none or in another cohort.
    global.warnOfRollups(in: TimeRange(until: query.range.until), of: snapshot)
    var report = CohortReport(query: query, result: result, meta: meta).report
    cost.noteAnswered(snapshot, threads: pool.threads)
    statsOption.add(cost, to: &report)
    let failed = try assertions.check(report, pool: pool)
    try outputOptions.writer(global).write(report)
    statsOption.write(cost)
    try Assertions.conclude(failed, "cohort", global)
  }

  private func query() throws -> CohortQuery {
    try check()
    var query = CohortQuery(now: try global.now())
    query.start = try CohortQuery.Step(parsing: start)
    query.comeback = try CohortQuery.Step(parsing: comeback)
    query.zone = try zoneOption.rules()
    query.range = try rangeOptions.range(now: query.now, zone: query.zone)
    query.interval = every
    query.weekStart = weekStart
    if let periods { query.periods = periods }
    if let mode { query.mode = mode }
    if let clock { query.clock = clock }
    if let within { query.windows = try CohortWindow.parse(within) }
    query.mean = mean
    query.reference = ref
    query.filter = try condition.map { try Expression(parsing: $0) }
    query.breakdown = by
    if let top { query.top = top }
    query.allowsMissing = allowMissing
    // The lists of events are half of what the answer takes.
    query.memoryBytes = try inputOptions.memoryBytes() / 2
    return query
  }

  private func check() throws(UsageError) {
    if top != nil, by == nil { throw UsageError("--top is for --by", help: "add --by KEY") }
    guard within != nil else { return }
    for (option, isGiven) in [
      ("--periods", periods != nil), ("--mode", mode != nil), ("--clock", clock != nil),
    ] where isGiven {
      throw UsageError("--within takes the place of \(option)", help: "leave one out")
    }
  }
}

extension CohortInterval: ExpressibleByArgument {}
extension CohortMode: ExpressibleByArgument {}
extension CohortClock: ExpressibleByArgument {}
extension CohortMean: ExpressibleByArgument {}
extension CohortReference: ExpressibleByArgument {}
