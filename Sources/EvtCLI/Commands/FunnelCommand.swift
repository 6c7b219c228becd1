// evt funnel: how many users take given steps in order.

import Analytics
import ArgumentParser
import EvtCore
import Query
import Store

/// Counts users step by step.
struct FunnelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "funnel",
    abstract: "Count how many users take given steps in order within a window of time.",
    discussion: """
      STEPS are separated by commas: NAME, NAME[expression], A|B for either, "a, quoted name", \
      * for any event. Any event of step 1 may begin, one event fills one step, events of the same \
      instant may stand in any order (evt help semantics).

      EXAMPLES:
        evt funnel page_view,product_view,add_to_cart,purchase
        evt funnel product_view,add_to_cart,purchase --window 1d --by device
        evt funnel 'page_view[page = "/"],search|product_view,purchase' --window 7d
        evt funnel add_to_cart,purchase --users dropped:2 --format csv
        evt funnel signup,purchase --window 7d --where "country = 'DE'" --format json
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions
  @OptionGroup(title: "Options for dumps") var inputOptions: InputOptions
  @OptionGroup(title: "Range options") var rangeOptions: RangeOptions
  @OptionGroup var sqlOption: SQLOption
  @OptionGroup var assertionOptions: AssertionOptions
  @OptionGroup var statsOption: StatsOption

  @Argument(help: ArgumentHelp("The steps, separated by commas.", valueName: "steps"))
  var steps: String

  @Option(
    help: ArgumentHelp(
      "The longest time from the first step to the last (default: 30m).", valueName: "span"))
  var window: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only events for which this holds.", valueName: "expression"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "Break down by this field's or expression's value at the entry.", valueName: "key"))
  var by: String?

  @Option(
    help: ArgumentHelp(
      "With --by: the groups to show, those with most entries (default: 10).", valueName: "n"))
  var top: Int?

  @Option(
    help: ArgumentHelp("List users: reached:N or dropped:N (before step N).", valueName: "which"))
  var users: String?

  @Flag(help: "Take unknown events and fields for nothing instead of ending.")
  var allowMissing = false

  mutating func run() throws {
    ProcessMemory.useLargePages()
    var cost = AnswerCost(global)
    let now = try global.now()
    let query = try self.query(now: now)
    try sqlOption.check(assertionOptions, outputOptions)
    let assertions = try assertionOptions.parsed()
    let pool = try global.pool()
    let source = try inputOptions.source(
      global, now: now, pool: pool, naming: [steps, condition, by].compactMap { $0 })
    let snapshot = source.snapshot
    cost.noteOpened()
    if sqlOption.isAsked {
      return try sqlOption.write(query.sql(on: snapshot), outputOptions, global)
    }
    let result = try query.run(on: snapshot, pool: pool)
    var meta = source.meta("funnel", range: query.range, now: now)
    meta.maxStaleNanos = assertions.maxStaleNanos
    global.warn(result.warnings)
    global.warnOfRollups(in: query.range, of: snapshot)
    var report = FunnelReport(result: result, breakdown: by, meta: meta).report
    cost.noteAnswered(snapshot, threads: pool.threads)
    statsOption.add(cost, to: &report)
    let failed = try assertions.check(report, pool: pool)
    try outputOptions.writer(global).write(report)
    statsOption.write(cost)
    try Assertions.conclude(failed, "funnel", global)
  }

  private func query(now: Int64) throws -> FunnelQuery {
    var query = try FunnelQuery(parsing: steps, now: now)
    query.range = try rangeOptions.range(now: now)
    if let window {
      guard let length = try TimeSpan(parsing: window).fixedNanoseconds else {
        throw UsageError(
          "--window \(window) has no fixed length", help: "write it in days, such as 30d")
      }
      query.window = length
    }
    query.filter = try condition.map { try Expression(parsing: $0) }
    query.breakdown = by
    if let top { query.top = top }
    if let users { query.users = try Self.selection(users) }
    query.allowsMissing = allowMissing
    // The lists of events are half of what a funnel takes.
    query.memoryBytes = try inputOptions.memoryBytes() / 2
    if users != nil, by != nil {
      throw UsageError("--users lists users and --by counts groups", help: "leave one out")
    }
    if top != nil, by == nil { throw UsageError("--top is for --by", help: "add --by KEY") }
    return query
  }

  private static func selection(_ text: String) throws(UsageError) -> FunnelUserSelection {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 2, let step = Int(parts[1]) {
      if parts[0] == "reached" { return .reached(step) }
      if parts[0] == "dropped" { return .dropped(step) }
    }
    throw UsageError(
      "cannot read --users \"\(text)\"",
      help:
        "write reached:2 for users who came to step 2, dropped:2 for those who came to step 1 only")
  }
}
