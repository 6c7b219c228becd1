// Writes the rows of several days as segment files into a writer's directory.

import Columnar
import EvtCore

/// A segment file that is written but not committed.
struct FlushedSegment: Sendable {
  /// Its path in the writer's directory.
  var path: String
  var summary: SegmentSummary
  /// Rows by event name, also where the summary has none.
  var events: [SegmentSummary.Event]
  /// Paths that the summary leaves out.
  var overflowFields: [SegmentSummary.Field]
  /// The input of the rows if it was still being read, else nil.
  var openSource: Int?
}

/// Builds and writes segments, on as many threads as the pool has.
struct SegmentFlush: Sendable {
  let files: any StoreFiles
  let directory: String
  let pool: WorkerPool
  let syncer: SegmentSyncer
  let build: SegmentBuilding

  /// Writes one segment for each element of `days`; the files are named from `number` on.
  ///
  /// With days enough for every thread each is built by one thread, which leaves no part of the
  /// work to one thread alone; otherwise days come one after another, their columns in parallel.
  /// Either way memory is needed for few days at a time.
  func run(_ days: [DayRows], from number: Int) throws -> [FlushedSegment] {
    guard pool.threads > 1, days.count >= 2 * pool.threads else {
      let inner = pool.threads > 1 ? pool : nil
      return try days.enumerated().map { try write($1, number: number + $0, pool: inner) }
    }
    return try pool.map(count: days.count) { try write(days[$0], number: number + $0, pool: nil) }
  }

  private func write(_ day: DayRows, number: Int, pool: WorkerPool?) throws -> FlushedSegment {
    let (batches, rows) = day.compacted()
    let built = try build(day.bucket.day, batches, rows, pool)
    let path = "\(directory)/\(number)\(StoreLayout.segmentSuffix)"
    let file = try files.create(path, access: .readOnly)
    try built.bytes.withUnsafeBytes { try file.append($0) }
    try syncer.sync(file)
    return FlushedSegment(
      path: path, summary: built.summary,
      events: built.summary.events ?? countEvents(batches: batches, rows: rows),
      overflowFields: built.overflowFields,
      openSource: day.openSource)
  }
}
