// Makes the rollups of days that are about to be removed.

import Columnar
import EvtCore

/// The rollups that a retain prepares. Reading all rows of many days takes its time, so it is done
/// before the store is locked; a day that got other segments meanwhile is done again.
final class RollupDrafts {
  private struct Draft {
    var summary: RollupSummary
    /// The segments whose rows it has.
    var segments: [UInt64]
    var file: String?
  }

  private let files: any StoreFiles
  private let request: RetainRequest
  /// Whether only their size is of interest.
  private let isDryRun: Bool
  private var drafts: [UTCDay: Draft] = [:]
  private var writer: WriterDirectory?
  private var filesWritten = 0

  init(for request: RetainRequest, files: any StoreFiles, isDryRun: Bool = false) {
    self.request = request
    self.files = files
    self.isDryRun = isDryRun
  }

  /// Makes the rollups of all days that the plan for `snapshot` has, unless they are there already.
  /// - Throws: `StoreError`.
  func prepare(from snapshot: Snapshot) throws {
    guard let policy = request.rollups else { return }
    let plan = RetainPlan(snapshot.catalogue, request)
    if plan.verdict.isRefusal { return }
    for day in plan.rolledUpDays {
      let segments = snapshot.segments.indices.filter {
        snapshot.segments[$0].summary.day == day
      }
      let numbers = segments.map { snapshot.segments[$0].id }
      if drafts[day]?.segments == numbers { continue }
      let builder = RollupBuilder(day: day, segmentCount: segments.count) { index, body in
        do {
          try body(snapshot.reader(segments[index]))
        } catch let damage as SegmentDamage {
          throw snapshot.damaged(damage, segment: segments[index])
        }
      }
      let (paths, areAll) = try paths(of: segments, in: snapshot, policy)
      // Without knowing all paths nobody can say that no row had one.
      let rollup = try builder.build(names: areAll ? policy.properties : [], paths: paths)
      let (bytes, hash) = try RollupFile.bytes(of: rollup, files: files)
      let summaries = segments.map { snapshot.segments[$0].summary }
      drafts[day] = Draft(
        summary: RollupSummary(
          day: day, rowCount: summaries.reduce(0) { $0 + $1.rowCount },
          minTime: summaries.map(\.minTime).min() ?? day.start,
          maxTime: summaries.map(\.maxTime).max() ?? day.start,
          fileBytes: UInt64(bytes.count), hash: hash),
        segments: numbers, file: isDryRun ? nil : try write(bytes))
    }
  }

  /// The paths by which the rows of `segments` are rolled up, and whether they are all there are.
  private func paths(
    of segments: [Int], in snapshot: Snapshot, _ policy: RollupPolicy
  ) throws -> (paths: [String], areAll: Bool) {
    let fields = snapshot.knownFields + segments.flatMap { snapshot.segments[$0].summary.fields }
    let paths = Set(fields.filter { $0.role == .property }.map { ExactText($0.path) })
      .map(\.text).filter { path in
        policy.properties.contains { DayRollup.matches(path, name: $0) }
      }
    let areAll =
      try snapshot.knowsAllFields
      || segments.allSatisfy { try snapshot.reader($0).footer.column(role: .overflow) == nil }
    return (paths, areAll)
  }

  /// Puts the rollups of the plan's days into the generation to come.
  /// - Returns: the rollups, and the files that the generation then names.
  func place(
    _ plan: RetainPlan, in next: inout Catalogue
  ) -> (rollups: [StoredRollup], files: [PreparedFile]) {
    var placed: [StoredRollup] = []
    var prepared: [PreparedFile] = []
    for day in plan.rolledUpDays {
      guard let draft = drafts[day] else { continue }
      let rollup = StoredRollup(id: next.nextSegment, summary: draft.summary)
      next.nextSegment += 1
      placed.append(rollup)
      if let file = draft.file {
        prepared.append(PreparedFile(source: file, target: rollup.path))
      }
    }
    next.rollups = (next.rollups + placed).sorted { $0.summary.day < $1.summary.day }
    return (placed, prepared)
  }

  /// Removes what was not committed.
  func remove() {
    writer?.remove()
    writer = nil
  }

  private func write(_ bytes: [UInt8]) throws -> String {
    let writer = try writer ?? makeWriter()
    filesWritten += 1
    let path = writer.file("rollup-\(filesWritten)")
    let file = try files.create(path, access: .readOnly)
    try bytes.withUnsafeBytes { try file.append($0) }
    try file.sync()
    return path
  }

  private func makeWriter() throws -> WriterDirectory {
    // Stores that never had a rollup do not have the directory.
    do {
      try files.makeDirectory(StoreLayout.rollups)
    } catch let error as StoreError where error.isExistingFile {}
    try files.syncDirectory("")
    let made = try WriterDirectory(files: files)
    writer = made
    return made
  }
}
