// evt ingest: event dumps into the store, all of them or nothing.

import ArgumentParser
import EvtCore
import Glibc
import Ingest
import Query
import Store

/// Loads inputs and commits them at once.
struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Load event dumps into the store, which the first ingest creates.",
    discussion: """
      Takes NDJSON, JSON arrays and single objects, plain or gzip, told apart by their content. \
      Inputs loaded before are skipped, under any name. Exit 0 means that everything is on disk; \
      after any other end the store is as it was, and the same command can be run again. Lines \
      that cannot be stored are kept in a reject file and counted. An event whose user and \
      event_id were kept within 24 hours of it is left out and counted. A mistake can be taken \
      back: --undo takes a whole ingest, --replace loads an input again that was corrected.

      EXAMPLES:
        evt ingest Samples/shop.ndjson Samples/shop-2.ndjson.gz
        evt ingest --dedupe-key event,timestamp Samples/tracker.ndjson
        evt ingest --map 'user_id=userId|email,timestamp=created_at' dumps/
        evt ingest --replace Samples/shop.ndjson
        evt ingest --undo 1
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions
  @OptionGroup(title: "Field options") var fields: FieldOptions
  @OptionGroup(title: "Options for growing files") var following: FollowOptions

  @Argument(
    help: ArgumentHelp(
      "Files, directories, glob patterns, or - for standard input.", valueName: "path"))
  var paths: [String] = []

  @OptionGroup var reading: ReadingOptions

  @Flag(help: "Take events more than 48 hours ahead of the clock.")
  var allowFuture = false

  @Flag(help: "Leave out damaged inputs instead of ending.")
  var keepGoing = false

  @Flag(help: "Load inputs again that were loaded before.")
  var force = false

  @OptionGroup var dedupe: DedupeOptions

  @Option(
    help: ArgumentHelp(
      "Take back what was loaded as this file, and load it, or the paths, in the same commit.",
      valueName: "file"))
  var replace: String?

  @Option(
    help: ArgumentHelp(
      "Take back all that an earlier ingest loaded; evt info --runs lists them.",
      valueName: "run"))
  var undo: UInt64?

  @Flag(help: "Take the paths for reject files, and load the lines kept in them.")
  var replay = false

  @Option(
    help: ArgumentHelp("Keep rejected lines in this file instead of the store.", valueName: "file"))
  var rejects: String?

  @Option(help: ArgumentHelp("Memory to use at most: 512M, 2G (default: 512M).", valueName: "size"))
  var memory: String?

  @Flag(help: "Read and check everything, but store nothing.")
  var dryRun = false

  mutating func run() throws {
    let clock = Stopwatch()
    try checkUsage()
    if let undo { return try takeBack(undo) }
    if paths.isEmpty, let replace { paths = [replace] }
    try ReadingOptions.check(paths, command: "evt ingest -")
    let options = try ingestOptions()
    let policy = try dedupe.policy()
    if let flush = try following.policy() { return try follow(options, flush, policy, clock) }
    try IngestRun.check(inputs: paths, options: options)
    let outcome = dryRun ? try tryOut(options) : try load(options, policy)
    try report(outcome, options, clock)
  }

  /// Says what was done.
  func report(
    _ outcome: IngestOutcome, _ options: IngestOptions, _ clock: Stopwatch
  ) throws {
    IngestMessages(outcome: outcome, dedupeKey: dedupe.dedupeKey, global: global).write()
    if outputOptions.format != nil || outputOptions.output != nil {
      // With a clock that stands still nothing takes time: the same input gives the same bytes.
      let elapsed = global.hasFixedClock ? 0 : clock.milliseconds
      try outputOptions.writer(global).write(
        outcome.report(now: options.now, elapsedMillis: elapsed))
    }
  }

  private func checkUsage() throws {
    guard undo != nil else {
      if paths.isEmpty, replace == nil {
        throw UsageError(
          "no input is named", help: "evt ingest FILE..., or evt ingest - for standard input")
      }
      if replace != nil, keepGoing {
        throw UsageError(
          "--replace with --keep-going could take back and load nothing",
          help: "leave --keep-going out")
      }
      return
    }
    let others = loadOptions
    if !paths.isEmpty || !others.isEmpty {
      throw UsageError(
        "--undo only takes a run back, and does not go with "
          + (others.isEmpty ? "paths" : others.joined(separator: ", ")),
        help: "evt info --runs lists the runs; evt ingest PATH loads again")
    }
  }

  /// The options given that say what to load and how, of which an undo does nothing.
  private var loadOptions: [String] {
    let given: [(String, Bool)] = [
      ("--allow-future", allowFuture), ("--keep-going", keepGoing), ("--force", force),
      ("--dedupe-key", dedupe.dedupeKey != nil), ("--dedupe-window", dedupe.dedupeWindow != nil),
      ("--no-dedupe", dedupe.noDedupe), ("--replace", replace != nil), ("--replay", replay),
      ("--rejects", rejects != nil), ("--memory", memory != nil), ("--dry-run", dryRun),
      ("--set", !fields.set.isEmpty), ("--hash", !fields.hash.isEmpty),
      ("--drop", !fields.drop.isEmpty), ("--truncate-ip", !fields.truncateIP.isEmpty),
      ("--follow", following.follow), ("--flush", following.flush != nil),
    ]
    return reading.given + given.filter(\.1).map(\.0)
  }

  private func takeBack(_ run: UInt64) throws {
    let now = try global.now()
    let store = try global.openStore()
    let report = UndoReport(
      store: store.path, outcome: try store.undo(run: run, pool: try global.pool()), now: now)
    if !outputOptions.isDefault { try outputOptions.writer(global).write(report.summary) }
    if global.isTalkative { StandardError.write([SafeText.escaped(report.note)]) }
  }

  private func load(_ options: IngestOptions, _ policy: DedupePolicy?) throws -> IngestOutcome {
    let store =
      replace == nil ? try Store.create(at: global.location().path) : try global.openStore()
    let pool = try global.pool()
    let transaction = try store.beginIngest(
      pool: pool, memoryBytes: options.memoryBytes, repeats: force ? .load : .refuse,
      dedupe: policy, replacing: replace)
    let rejectFile = try rejectOutput()
    let progress = ProgressLine(global)
    let run = IngestRun(
      inputs: paths, options: options, sink: transaction, pool: pool,
      rejects: { line in
        if let rejectFile {
          try rejectFile.append(line)
        } else {
          try transaction.rejects.append(line[...])
        }
      },
      progress: { progress.show($0) })
    do {
      let report = try run.run()
      try rejectFile?.finish()
      let commit = try transaction.commit()
      compact(store, behind: commit, pool)
      progress.erase()
      return IngestOutcome(
        store: store.path, report: report, commit: commit, expired: commit.expired,
        retainWatermark: commit.retainWatermark, generation: commit.generation,
        rejectPath: rejectFile?.writtenPath ?? transaction.rejects.path,
        // The rows are in the store; what cannot be read of it now is no reason to say otherwise.
        newestEvent: (try? store.snapshot())?.newestEvent)
    } catch {
      progress.erase()
      try rejectFile?.finish()
      transaction.abandon()
      if !global.quiet {
        IngestMessages.writeRejects(
          run.reportSoFar(), path: rejectFile?.writtenPath ?? transaction.rejects.path)
      }
      throw error
    }
  }

  /// What was committed stays committed, whatever becomes of this.
  func compact(_ store: Store, behind commit: CommitSummary, _ pool: WorkerPool) {
    do {
      try store.compactAfterCommit(committedBytes: commit.storedBytes, pool: pool)
    } catch {
      global.warn(["the events are stored, but segments could not be merged: \(error)"])
    }
  }

  /// Reads everything into nothing, knowing what a store that may be there knows.
  private func tryOut(_ options: IngestOptions) throws -> IngestOutcome {
    let location = global.location()
    let snapshot: Snapshot?
    do {
      snapshot = try Store.open(at: location.path).snapshot()
    } catch let error as StoreError where error.category == .missing {
      if replace != nil { throw MissingStore(location: location) }
      snapshot = nil
    }
    let progress = ProgressLine(global)
    defer { progress.erase() }
    let rejectFile = try rejectOutput()
    let sink = try DiscardingSink(snapshot, replacing: replace)
    let run = IngestRun(
      inputs: paths, options: options, sink: sink,
      pool: try global.pool(), rejects: { try rejectFile?.append($0) },
      progress: { progress.show($0) })
    var report = try run.run()
    report.notes += sink.fields.notes
    try rejectFile?.finish()
    return IngestOutcome(
      store: location.path, report: report,
      commit: nil, expired: sink.expired, retainWatermark: snapshot?.retainWatermark,
      generation: snapshot?.generation,
      rejectPath: rejectFile?.writtenPath, newestEvent: snapshot?.newestEvent)
  }

  /// The file of `--rejects`.
  func rejectOutput() throws -> RejectOutput? {
    guard let rejects else { return nil }
    if let input = paths.first(where: { RejectOutput.isSame(rejects, $0) }) {
      throw UsageError(
        "--rejects \(rejects) would overwrite the input \(input)", help: "name another file")
    }
    return try RejectOutput(path: rejects, isContinued: following.follow)
  }

  private func ingestOptions() throws -> IngestOptions {
    var options = try reading.options(now: global.now())
    options.transforms = try fields.transforms()
    options.allowFuture = allowFuture
    options.keepGoing = keepGoing
    options.force = force
    options.isReplay = replay
    if let memory { options.memoryBytes = try MemorySize.parse(memory, option: "--memory") }
    return options
  }
}
