// evt ingest --follow: files that grow, until a signal says to stop.

import Ingest
import Store

extension IngestCommand {
  /// Follows the files until a signal says to stop, and then ends by that signal.
  func follow(
    _ options: IngestOptions, _ policy: FlushPolicy, _ dedupe: DedupePolicy?, _ clock: Stopwatch
  ) throws {
    for (isGiven, name) in [
      (dryRun, "--dry-run"), (replay, "--replay"), (keepGoing, "--keep-going"),
      (replace != nil, "--replace"), (force, "--force"),
    ]
    where isGiven { throw UsageError("--follow cannot be joined with \(name)") }
    if let path = paths.first(where: { $0 == "-" || RejectOutput.isDirectory($0) }) {
      throw UsageError(
        "--follow takes files that grow, and \(path == "-" ? "standard input" : path) is none",
        help: "name the files")
    }
    let signals = StopSignals()
    let store = try Store.create(at: global.location().path)
    let pool = try global.pool()
    let session = try FollowSession(
      store: store, pool: pool, options: options, dedupe: dedupe, rejects: rejectOutput(),
      noteCommit: { compact(store, behind: $0, pool) })
    let run = try FollowRun(
      names: paths, options: options, policy: policy, sink: session, pool: session.pool,
      clock: FollowRun.Clock(
        milliseconds: { clock.milliseconds }, now: { (try? global.now()) ?? options.now },
        wait: { signals.wait(milliseconds: $0) }),
      rejects: { try session.reject($0) },
      note: { if global.isTalkative { StandardError.write([SafeText.escaped($0)]) } },
      warn: { if !global.quiet { global.warn($0) } })
    do {
      try run.run()
    } catch {
      session.abandon()
      if !global.quiet {
        let report = run.reportSoFar()
        IngestMessages.writeRejects(report, path: session.rejectPath)
        global.warn(report.warnings)
      }
      throw error
    }
    try report(session.outcome(run.reportSoFar()), options, clock)
    signals.raise()
  }
}
