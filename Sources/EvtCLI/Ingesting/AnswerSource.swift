// What a question is asked of: a store, or dumps that are read for it alone.

import EvtCore
import Ingest
import Store

/// A generation of a store, or the events of dumps as an ingest would store them.
struct AnswerSource {
  /// The dumps, and what became of their lines.
  struct Inputs {
    var names: [String]
    var rejected: Int
    var duplicates: UInt64
  }

  let snapshot: Snapshot
  /// Nil for a store.
  private(set) var inputs: Inputs?

  /// The part of the memory in which segments are kept; more of them go into a nameless file.
  private static let scratchShare = 8

  init(snapshot: Snapshot) { self.snapshot = snapshot }

  /// Reads `names` into a store that nobody else sees and that ends with the process. Of properties
  /// which `options` do not keep, nothing but their names is there.
  /// - Throws: `IngestError` or `StoreError`.
  init(
    reading names: [String], _ options: IngestOptions, _ global: GlobalOptions, _ pool: WorkerPool
  ) throws {
    var options = options
    let scratchBytes = options.memoryBytes / Self.scratchShare
    options.memoryBytes -= scratchBytes
    try IngestRun.check(inputs: names, options: options)
    let directory = Environment.text("TMPDIR")
    let store = try Store.create(
      files: ScratchFiles(
        memoryBytes: scratchBytes, directory: directory.isEmpty ? "/tmp" : directory))
    let transaction = try store.beginIngest(
      pool: pool, memoryBytes: options.memoryBytes, dedupe: .standard)
    let progress = ProgressLine(global)
    let run = IngestRun(
      inputs: names, options: options, sink: transaction, pool: pool, rejects: { _ in },
      progress: { progress.show($0) })
    let report: IngestReport
    let commit: CommitSummary
    do {
      defer { progress.erase() }
      report = try run.run()
      commit = try transaction.commit()
    } catch {
      if !global.quiet { IngestMessages.writeRejects(run.reportSoFar(), path: nil) }
      throw error
    }
    snapshot = try store.snapshot(
      keepsProperty: options.keepsProperty, zones: ZoneDatabase.system.loader)
    inputs = Inputs(names: names, rejected: report.rejected, duplicates: commit.duplicates)
    IngestMessages.write(report, commit, global)
  }

  /// What the answer of `command` says about itself.
  func meta(
    _ command: String, range: TimeRange, now: Int64, zone: ZoneRules = .utc
  ) -> ReportMeta {
    ReportMeta(
      command: command, store: inputs == nil ? snapshot.storePath : nil,
      generation: inputs == nil ? snapshot.generation : nil, range: range,
      newestEvent: snapshot.newestEvent, now: now, zone: zone, inputs: inputs)
  }
}
