// evt verify: is the store as it was written, and are the events in it that should be?

import Analytics
import ArgumentParser
import EvtCore
import Query
import Store

/// Checks every byte of the store, or which events are in it.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every byte of the store, or that expected events are in it.",
    discussion: """
      Without --expect every checksum, the order of rows, the counts and the catalogue are \
      checked: exit status 0 means that everything is as it was written (warnings, such as files \
      left behind by an interrupted ingest, change no answer), 65 that something is damaged.

      --expect takes events as the steps of a funnel are written, each with a comparison behind a \
      colon (:>=N, :>N, :<=N, :<N, :=N) or else at least one: exit status 0 means that all are as \
      expected, 1 that one is not.

      EXAMPLES:
        evt verify
        evt verify --store web.evt --format json
        evt verify --expect 'page_view,purchase:>=10,error:<100' --last 14d
        evt verify --expect 'purchase[total > 100]' --format junit -o evt.xml
        evt verify --quiet || echo damaged
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: CheckOutputOptions
  @OptionGroup(title: "Range options") var rangeOptions: RangeOptions

  @Option(
    name: .customLong("expect"),
    help: ArgumentHelp(
      "Check only that these events are there: 'page_view,purchase:>=10' (repeatable).",
      valueName: "events"))
  var expectations: [String] = []

  mutating func run() throws {
    if expectations.isEmpty { try checkBytes() } else { try checkExpectations() }
  }

  private func checkExpectations() throws {
    let now = try global.now()
    var query = try ExpectationQuery(parsing: expectations, now: now)
    query.range = try rangeOptions.range(now: now)
    let snapshot = try global.openStore().snapshot()
    let (results, warnings) = try query.run(on: snapshot, pool: global.pool())
    global.warn(warnings)
    let report = ExpectationReport(
      results: results,
      meta: ReportMeta(
        command: "verify", store: snapshot.storePath, generation: snapshot.generation,
        range: query.range, newestEvent: snapshot.newestEvent, now: now))
    try write(report.report, report.outcomes)
    if report.failures > 0 { throw Verdict(.checkFailed) }
  }

  private func checkBytes() throws {
    guard rangeOptions.last == nil, rangeOptions.since == nil, rangeOptions.until == nil else {
      throw UsageError(
        "--last, --since and --until are for --expect", help: "add --expect, or leave them out")
    }
    let store = try global.openStore()
    let now = try global.now()
    let result = try checkStore(at: store.path, pool: global.pool())
    var meta = ReportMeta(
      command: "verify", store: store.path, generation: result.generation, now: now)
    if result.isSound { meta.newestEvent = try store.snapshot().newestEvent }
    let outcomes = result.checks.map { check in
      CheckOutcome(
        name: check.check, status: check.status.outcome, observed: check.observed,
        expected: check.expected, detail: check.detail)
    }
    var report = Report(
      meta: meta,
      columns: ["check", "status", "observed", "expected", "detail"].map {
        ReportColumn($0, .note)
      },
      rows: outcomes.map { outcome in
        [
          .text(outcome.name), .text(outcome.status.rawValue), .text(outcome.observed),
          .text(outcome.expected), .text(outcome.detail),
        ]
      })
    report.tail = [Self.summary(result)]
    try write(report, outcomes)
    guard result.isSound else {
      throw UnsoundStore(
        store: store.path, failures: result.checks.filter { $0.status == .fail }.count)
    }
  }

  private func write(_ report: Report, _ outcomes: [CheckOutcome]) throws {
    if global.quiet && outputOptions.isDefault { return }
    try outputOptions.write(report, outcomes, global)
  }

  private static func summary(_ result: StoreCheckReport) -> String {
    let failed = result.checks.filter { $0.status == .fail }.count
    let warned = result.checks.filter { $0.status == .warn }.count
    let passed = result.checks.count - failed - warned
    return "verify: \(passed) passed, \(failed) failed, \(warned) warned; "
      + "\(HumanNumber.plural(result.segments, "segment")), "
      + "\(HumanNumber.count(result.rows)) rows, "
      + HumanNumber.bytes(Int64(clamping: result.bytes))
  }
}

extension StoreCheck.Status {
  fileprivate var outcome: CheckOutcome.Status {
    switch self {
    case .pass: .pass
    case .warn: .warn
    case .fail: .fail
    }
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
