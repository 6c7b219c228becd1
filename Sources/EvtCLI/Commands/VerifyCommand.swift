// evt verify: is the store as it was written?

import ArgumentParser
import Query
import Store

/// Checks every byte of the store.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every checksum, the order of rows, the counts and the catalogue of the store.",
    discussion: """
      Exit status 0 means that everything is as it was written (warnings, such as files left \
      behind by an interrupted ingest, change no answer), 65 that something is damaged.

      EXAMPLES:
        evt verify
        evt verify --store web.evt --format json
        evt verify --quiet || echo damaged
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions

  mutating func run() throws {
    let store = try global.openStore()
    let now = try global.now()
    let result = try checkStore(at: store.path, pool: global.pool())
    var meta = ReportMeta(
      command: "verify", store: store.path, generation: result.generation, now: now)
    if result.isSound { meta.newestEvent = try store.snapshot().newestEvent }
    var report = Report(
      meta: meta,
      columns: ["check", "status", "observed", "expected", "detail"].map {
        ReportColumn($0, .note)
      },
      rows: result.checks.map { check in
        [
          .text(check.check), .text(check.status.rawValue), .text(check.observed),
          .text(check.expected), .text(check.detail),
        ]
      })
    report.tail = [Self.summary(result)]
    if !(global.quiet && outputOptions.isDefault) {
      try outputOptions.writer(global).write(report)
    }
    guard result.isSound else {
      throw UnsoundStore(
        store: store.path, failures: result.checks.filter { $0.status == .fail }.count)
    }
  }

  private static func summary(_ result: StoreCheckReport) -> String {
    let failed = result.checks.filter { $0.status == .fail }.count
    let warned = result.checks.filter { $0.status == .warn }.count
    let passed = result.checks.count - failed - warned
    return "verify: \(passed) passed, \(failed) failed, \(warned) warned; "
      + "\(HumanNumber.plural(result.segments, "segment")), \(HumanNumber.count(result.rows)) rows, "
      + HumanNumber.bytes(Int64(clamping: result.bytes))
  }
}

/// The store is damaged, as verify has just shown.
struct UnsoundStore: Error {
  var store: String
  var failures: Int

  var message: String {
    "\(store): damaged: \(failures) check\(failures == 1 ? "" : "s") failed"
  }

  static let help =
    "answers from the damaged parts are refused; load the inputs into a new store with evt ingest"
}
