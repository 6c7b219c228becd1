// evt alert: judges rules once, and tells whoever is to know; cron repeats it.

import ArgumentParser
import EvtCore
import Glibc
import Store

/// Runs a file of rules.
struct AlertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert",
    abstract: "Judge the rules of a file once, and notify its channels: cron's job to repeat.",
    discussion: """
      A rule fires when the events of its window are too few, too many, too seldom of others, or \
      missing, for as long as the rule says; a run that was missed changes nothing. A channel is \
      told again when the cooldown has passed since it took the last notice, and once that the \
      rule is ok again. What could not be delivered is tried again by the next run.

      Exit status 0 means that no rule fires, 1 that one does, 69 that a notice could not be \
      delivered. Nothing is printed unless there is news (see --verbose).

      EXAMPLES:
        evt alert --rules Samples/alerts.yaml
        evt alert --rules Samples/alerts.yaml --verbose
        evt alert --rules Samples/alerts.yaml --dry-run --format json
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions

  @Option(
    help: ArgumentHelp("The rules and channels, in YAML: see evt help rules.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String

  @Flag(help: "Print what would be sent; send and remember nothing.")
  var dryRun = false

  mutating func run() throws {
    let file = try AlertFile(try ConfigSource(reading: rules))
    let store = try global.openStore()
    if dryRun { try tryOut(file, store) } else { try tell(file, store) }
  }

  /// Whether a table or nothing goes to standard output, so that lines can be printed there.
  private var canPrintLines: Bool {
    let writer = outputOptions.writer(global)
    return writer.format == .table || writer.target.path != nil
  }

  private func tell(_ file: AlertFile, _ store: Store) throws {
    let state = store.alertState
    var delivery = AlertDelivery(file.channels, printsNotices: canPrintLines)
    let run = try state.withLock(waitMilliseconds: store.lockWaitMilliseconds) { content, save in
      var run = try start(file, store, content)
      let failure = Result { try run.deliver(by: &delivery) }
      if run.remembered != content ?? AlertRun.nothingRemembered { try save(run.remembered) }
      try failure.get()
      return run
    }
    let isShown =
      !outputOptions.isDefault || global.verbose || isatty(STDOUT_FILENO) == 1
      || run.results.contains(where: \.isNews)
    if delivery.hasPrinted, outputOptions.isDefault, !global.quiet {
      try StandardOutput.write("\n")
    }
    if isShown { try write(run) }
    StandardError.write(delivery.complaints)
    if !delivery.failures.isEmpty { throw Verdict(.undeliverable) }
    if run.results.contains(where: \.isAlerting) { throw Verdict(.checkFailed) }
  }

  private func tryOut(_ file: AlertFile, _ store: Store) throws {
    let run = try start(file, store, try store.alertState.read())
    if canPrintLines {
      let lines = run.payloads.map { $0 + "\n" }
      try StandardOutput.write(lines.joined() + (lines.isEmpty ? "" : "\n"))
    } else {
      StandardError.write(run.payloads)
    }
    try write(run)
    if run.results.contains(where: \.isAlerting) { throw Verdict(.checkFailed) }
  }

  /// Judges the rules. The clock is read here: whoever waited for another run comes after it.
  private func start(_ file: AlertFile, _ store: Store, _ content: [UInt8]?) throws -> AlertRun {
    do {
      let run = try AlertRun(
        file, try store.snapshot(zones: ZoneDatabase.system.loader), remembered: content,
        now: try global.now(),
        pool: try global.pool())
      global.warn(run.remarks)
      return run
    } catch let malformed as MalformedBytes {
      throw store.alertState.damaged(malformed.what)
    }
  }

  private func write(_ run: AlertRun) throws {
    if global.quiet, outputOptions.isDefault { return }
    let meta = ReportMeta(
      command: "alert", store: run.snapshot.storePath, generation: run.snapshot.generation,
      newestEvent: run.snapshot.newestEvent, now: run.now)
    try outputOptions.writer(global).write(AlertReport(results: run.results, meta: meta).report)
  }
}
