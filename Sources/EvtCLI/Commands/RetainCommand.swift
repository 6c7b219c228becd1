// evt retain: old days out of the store, all of them or nothing.

import ArgumentParser
import EvtCore
import Store

/// Removes the days that are older than asked for.
struct RetainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retain",
    abstract: "Remove old days from the store.",
    discussion: """
      Removes whole UTC days that ended more than so many times 24 hours ago, in one commit, while \
      queries run on. Later ingests leave events of those days out. A run that would remove more \
      than a fifth of the events, or all of them, asks for --force and ends with status 1; the \
      first one of a store only warns about a fifth. It works on a full disk.

      With --rollup-days, counts by hour and by property stay of the removed days, with sketches \
      of users and sessions; evt trend answers from them. Making them needs room on the disk.

      EXAMPLES:
        evt retain --days 90 --dry-run
        evt retain --days 90
        evt retain --days 90 --rollup-days 730
        evt retain --days 7 --force --store web.evt
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions

  @Option(help: ArgumentHelp("Keep the events of the last n times 24 hours.", valueName: "n"))
  var days: Int

  @Option(
    help: ArgumentHelp(
      "Keep rollups of removed days until they are n times 24 hours old.", valueName: "n"))
  var rollupDays: Int?

  @Option(
    help: ArgumentHelp(
      """
      With --rollup-days: the properties to count by (default: \
      \(RollupPolicy.defaultProperties.joined(separator: ","))).
      """, valueName: "names"))
  var rollupBy: [String] = []

  @Flag(help: "Show what would be removed, but remove nothing.")
  var dryRun = false

  @Flag(help: "Remove as much as it takes; let expired days in again that n now covers.")
  var force = false

  mutating func run() throws {
    guard days >= 1 else {
      throw UsageError("--days \(days) would keep nothing", help: "write a number from 1 on")
    }
    let request = RetainRequest(
      days: days, now: try global.now(), isForced: force, rollups: try rollups())
    let store = try global.openStore()
    let outcome = dryRun ? try store.planRetain(request) : try store.retain(request)
    let report = RetainReport(
      store: store.path, request: request, outcome: outcome, isDryRun: dryRun)
    // A dry run is a question, and this its answer; a real one is silent like every writer.
    if !outputOptions.isDefault || (dryRun && !global.quiet) {
      let writer = outputOptions.writer(global)
      let isForPeople = writer.format == .table || writer.format == .markdown
      try writer.write(isForPeople ? report.days : report.summary)
    }
    if report.isRefused { throw RefusedRetain(report: report) }
    global.warn(report.warnings)
    if global.isTalkative, !dryRun { StandardError.write(report.notes.map(SafeText.escaped)) }
  }
}

extension RetainCommand {
  private func rollups() throws -> RollupPolicy? {
    guard let rollupDays else {
      if rollupBy.isEmpty { return nil }
      throw UsageError("--rollup-by is for --rollup-days", help: "add --rollup-days N")
    }
    guard rollupDays >= days else {
      throw UsageError(
        "--rollup-days \(rollupDays) is less than --days \(days): rollups would expire before the"
          + " events", help: "write \(days) or more")
    }
    var policy = RollupPolicy(days: rollupDays)
    if !rollupBy.isEmpty { policy.properties = NameList.split(rollupBy) }
    return policy
  }
}

/// Removing so much needs `--force`.
struct RefusedRetain: Error {
  var report: RetainReport

  var message: String { report.refusal }

  static let help = "evt retain --dry-run lists the days; --force removes them all the same"
}
