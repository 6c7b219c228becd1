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
      that cannot be stored are kept in a reject file and counted.

      EXAMPLES:
        evt ingest Samples/shop.ndjson Samples/shop-2.ndjson.gz
        evt ingest --store web.evt Samples/tracker.ndjson --verbose
        evt gen --rows 100000 | evt ingest -
        evt ingest --map 'user_id=userId|email,timestamp=created_at' dumps/
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions
  @OptionGroup(title: "Output options") var outputOptions: OutputOptions
  @OptionGroup(title: "Field options") var fields: FieldOptions
  @OptionGroup(title: "Options for growing files") var following: FollowOptions

  @Argument(
    help: ArgumentHelp(
      "Files, directories, glob patterns, or - for standard input.", valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "The shape of the events (default: told by the first ones): "
        + Presets.all.map(\.name).joined(separator: ", ") + ".", valueName: "name"))
  var preset: String?

  @Option(
    help: ArgumentHelp(
      "Keys of the canonical fields: 'user_id=clientId|client_id,timestamp=ts'.",
      valueName: "fields"))
  var map: String?

  @Option(
    help: ArgumentHelp(
      "Bad lines that end the run (default: the larger of 1 % and 1,000).", valueName: "n|p%"))
  var maxRejects: String?

  @Flag(help: "Take events more than 48 hours ahead of the clock.")
  var allowFuture = false

  @Flag(help: "Leave out damaged inputs instead of ending.")
  var keepGoing = false

  @Flag(help: "Load inputs again that were loaded before.")
  var force = false

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
    if paths == ["-"], isatty(STDIN_FILENO) == 1 {
      throw UsageError(
        "standard input is a terminal", help: "pipe events into evt ingest -, or name a file")
    }
    let options = try ingestOptions()
    if let policy = try following.policy() { return try follow(options, policy, clock) }
    try IngestRun.check(inputs: paths, options: options)
    let outcome = dryRun ? try tryOut(options) : try load(options)
    try report(outcome, options, clock)
  }

  /// Says what was done.
  func report(
    _ outcome: IngestOutcome, _ options: IngestOptions, _ clock: Stopwatch
  ) throws {
    IngestMessages(outcome: outcome, global: global).write()
    if outputOptions.format != nil || outputOptions.output != nil {
      // With a clock that stands still nothing takes time: the same input gives the same bytes.
      let elapsed = global.hasFixedClock ? 0 : clock.milliseconds
      try outputOptions.writer(global).write(
        outcome.report(now: options.now, elapsedMillis: elapsed))
    }
  }

  private func load(_ options: IngestOptions) throws -> IngestOutcome {
    let location = global.location()
    let store = try Store.create(at: location.path)
    let pool = try global.pool()
    let transaction = try store.beginIngest(
      pool: pool, memoryBytes: options.memoryBytes, repeats: force ? .load : .refuse)
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
      progress.erase()
      return IngestOutcome(
        store: store.path, report: report, commit: commit, expired: commit.expired,
        retainWatermark: commit.retainWatermark, generation: commit.generation,
        rejectPath: rejectFile?.writtenPath ?? transaction.rejects.path,
        newestEvent: try store.snapshot().newestEvent)
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

  /// Reads everything into nothing, knowing what a store that may be there knows.
  private func tryOut(_ options: IngestOptions) throws -> IngestOutcome {
    let location = global.location()
    let snapshot: Snapshot?
    do {
      snapshot = try Store.open(at: location.path).snapshot()
    } catch let error as StoreError where error.category == .missing {
      snapshot = nil
    }
    let progress = ProgressLine(global)
    defer { progress.erase() }
    let rejectFile = try rejectOutput()
    let sink = DiscardingSink(snapshot)
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
    var options = IngestOptions(now: try global.now())
    if let map {
      options.mapping = .custom(try FieldMap(map), preset: preset)
    } else if let preset {
      options.mapping = .preset(preset)
    }
    if let maxRejects {
      guard let limit = RejectLimit(maxRejects) else {
        throw UsageError(
          "cannot read --max-rejects \"\(maxRejects)\"",
          help: "write a number or a percentage: 100, 2%")
      }
      options.maxRejects = limit
    }
    options.transforms = try fields.transforms()
    options.allowFuture = allowFuture
    options.keepGoing = keepGoing
    options.force = force
    options.isReplay = replay
    if let memory { options.memoryBytes = try MemorySize.parse(memory, option: "--memory") }
    return options
  }
}
