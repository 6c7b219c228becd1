// Writes the rows of several days as segment files into a writer's directory.

import Columnar
import EvtCore

/// A segment file that is written but not committed.
struct FlushedSegment: Sendable {
  /// Its path in the writer's directory.
  var path: String
  var summary: SegmentSummary
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

  /// Writes one segment for each element of `days` that has rows left; the files are named from
  /// `number` on.
  ///
  /// With days enough for every thread each is built by one thread. Otherwise two days are under
  /// way at a time, their columns in parallel, so that what one thread alone can do for the one
  /// goes on beside the other. Either way memory is needed for few days at a time.
  func run(
    _ days: [DayRows], without dropped: DroppedRows?, from number: Int
  ) throws -> [FlushedSegment] {
    let dropped = dropped?.isEmpty == false ? dropped : nil
    let isParallel = pool.threads > 1
    let inner = isParallel && days.count < 2 * pool.threads ? pool : nil
    let writeDay: @Sendable (Int) throws -> FlushedSegment? = { index in
      try write(days[index], without: dropped, number: number + index, pool: inner)
    }
    let written: [FlushedSegment?]
    if isParallel, inner == nil {
      written = try pool.map(count: days.count, writeDay)
    } else if isParallel, days.count > 1 {
      let odd = WorkerPool(threads: 1).submit {
        try stride(from: 1, to: days.count, by: 2).map { try writeDay($0) }
      }
      let even = Result { try stride(from: 0, to: days.count, by: 2).map { try writeDay($0) } }
      let oddSegments = odd.wait()
      let (first, second) = (try even.get(), try oddSegments.get())
      written = days.indices.map { $0 % 2 == 0 ? first[$0 / 2] : second[$0 / 2] }
    } else {
      written = try days.indices.map { try writeDay($0) }
    }
    return written.compactMap { $0 }
  }

  private func write(
    _ day: DayRows, without dropped: DroppedRows?, number: Int, pool: WorkerPool?
  ) throws -> FlushedSegment? {
    let (batches, rows) = day.compacted(without: dropped)
    if rows.isEmpty { return nil }
    let built = try build(day.bucket.day, batches, rows, pool)
    let path = "\(directory)/\(number)\(StoreLayout.segmentSuffix)"
    let file = try files.create(path, access: .readOnly)
    try built.bytes.withUnsafeBytes { try file.append($0) }
    try syncer.sync(file)
    return FlushedSegment(
      path: path, summary: built.summary, overflowFields: built.overflowFields,
      openSource: day.openSource)
  }
}
