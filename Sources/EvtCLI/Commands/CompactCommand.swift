// evt compact: few large segments out of many small ones.

import ArgumentParser
import Store

/// Merges the segments of a day.
struct CompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Merge small segments of the store into large ones.",
    discussion: """
      Every ingest adds a segment to each day it has events of, and merges some of them, as far as \
      that costs little; so there is rarely a need for this command. It goes on until no day has \
      four segments of about the same size, or with --all one segment where there may be so many \
      events in one. No answer changes; queries run on meanwhile.

      EXAMPLES:
        evt compact --dry-run
        evt compact
        evt compact --all --store web.evt
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions

  @Flag(help: "Make one segment of each day, as far as possible.")
  var all = false

  @Flag(help: "Show what would be merged first, but merge nothing.")
  var dryRun = false

  mutating func run() throws {
    let now = try global.now()
    let store = try global.openStore()
    let scope: CompactionScope = all ? .all : .tiers
    let outcome =
      dryRun
      ? try store.planCompaction(scope) : try store.compact(scope, pool: try global.pool())
    let report = CompactionReport(
      store: store.path, outcome: outcome, isDryRun: dryRun, now: now)
    // A dry run is a question, and this its answer; a real one is silent like every writer.
    if !outputOptions.isDefault || (dryRun && !global.quiet) {
      let writer = outputOptions.writer(global)
      try writer.write(writer.format == .table ? report.headline : report.summary)
    }
    if global.isTalkative, !dryRun { StandardError.write([SafeText.escaped(report.note)]) }
  }
}
