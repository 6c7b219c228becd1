// Batches that wait to become segments, with their rows sorted by day.

import Columnar
import EvtCore

/// Rows of one day that are to become one segment.
struct DayRows: Sendable {
  let bucket: DayBucket
  /// The rows of `bucket` that are meant.
  let range: Range<Int>
  /// All batches to which the rows refer, and others.
  let batches: [EventBatch]
  /// The input of the rows if it is still being read, else nil.
  let openSource: Int?

  /// The batches that have any of the rows but those dropped, and the rows referring to those.
  func compacted(without dropped: DroppedRows?) -> (batches: [EventBatch], rows: [RowReference]) {
    var newNumbers = [UInt32](repeating: .max, count: batches.count)
    var used: [EventBatch] = []
    var rows: [RowReference] = []
    rows.reserveCapacity(range.count)
    for index in range {
      var reference = bucket.rows[index]
      if let dropped, dropped.contains(reference) { continue }
      let batch = Int(reference.batch)
      if newNumbers[batch] == .max {
        newNumbers[batch] = UInt32(used.count)
        used.append(batches[batch])
      }
      reference.batch = newNumbers[batch]
      rows.append(reference)
    }
    return (used, rows)
  }
}

/// Retains batches and knows which of their rows belong to which day.
struct Memtable {
  private var batches: [EventBatch] = []
  private var buckets: [DayBucket] = []
  private var bucketByDay: [UTCDay: Int] = [:]
  /// The last bucket that a day with these low bits was in: a lookup without hashing.
  private var recent = [Int32](repeating: -1, count: 256)
  private var lastDay: UTCDay?
  /// Batches from this number on have not been searched for repeated events.
  private var firstNewBatch = 0
  /// The numbers that the first batches had before the last drain.
  private var drainedNumbers: [Int] = []
  private(set) var rowCount = 0
  private var batchBytes = 0
  private var building = BuildEstimate()

  /// The memory that batches and references hold, and what the search for repeated events and
  /// making segments will need on top.
  var bytes: Int {
    let rowBytes =
      2 * MemoryLayout<RowReference>.stride + 3 * MemoryLayout<UInt64>.stride
    return batchBytes + rowCount * rowBytes + building.bytes
  }

  /// Adds all rows of `batch`.
  mutating func add(_ batch: EventBatch) {
    let number = batches.count
    let rows = batch.rowCount
    guard let range = batch.timeRange else { return }
    batches.append(batch)
    batchBytes += batch.allocatedBytes
    building.add(batch)
    rowCount += rows
    let times = batch.times.elements
    let day = UTCDay(containing: range.lowerBound)
    if day == UTCDay(containing: range.upperBound) {
      buckets[bucket(of: day)].append(batch: number, count: rows)
    } else {
      for row in 0..<rows {
        buckets[bucket(of: UTCDay(containing: times[row]))].append(batch: number, row: row)
      }
    }
    lastDay = UTCDay(containing: times[rows - 1])
  }

  /// The search for repeated events among all rows that are here now, of which those that came
  /// since the last drain are new.
  func search(
    _ policy: DedupePolicy, segments: [KeptSegment], pool: WorkerPool
  ) -> DuplicateSearch {
    var kept: [RowReference] = []
    for bucket in buckets {
      kept += bucket.rows.elements.prefix { Int($0.batch) < firstNewBatch }
    }
    return DuplicateSearch(
      policy: policy, pool: pool, batches: batches, kept: kept, firstNew: firstNewBatch,
      segments: segments)
  }

  /// Removes rows of the batches that were here before the last drain.
  mutating func remove(_ dropped: DroppedRows) {
    if dropped.isEmpty || drainedNumbers.isEmpty { return }
    for bucket in buckets {
      bucket.remove { row in
        guard Int(row.batch) < drainedNumbers.count else { return false }
        let number = UInt32(drainedNumbers[Int(row.batch)])
        return dropped.contains(RowReference(batch: number, row: row.row))
      }
    }
    forgetEmptyBuckets()
  }

  /// Removes the rows of input `source`, which are the last ones.
  mutating func removeRows(ofLastSource source: Int) {
    for bucket in buckets { bucket.truncate(to: firstRow(of: source, in: bucket)) }
    while let last = batches.last, last.source == source {
      batchBytes -= last.allocatedBytes
      rowCount -= last.rowCount
      batches.removeLast()
    }
    firstNewBatch = min(firstNewBatch, batches.count)
    estimateBuilding()
    forgetEmptyBuckets()
  }

  /// Takes the rows out that are to become segments now, by day.
  ///
  /// Rows of `openSource`, which is still being read, are kept apart from the others, so that its
  /// segments can be thrown away whole should it turn out to be damaged.
  ///
  /// In a log that is in the order of time the day of its last row goes on: that day stays, unless
  /// its rows hold on to more than half of the memory (`keepsLastDay` false takes it in any case).
  /// All of this depends on the input and the bounds alone, so that segments do as well.
  mutating func drain(openSource: Int?, keepsLastDay: Bool) -> [DayRows] {
    let kept = keepsLastDay ? keptBatches() : nil
    var drained: [DayRows] = []
    for bucket in buckets.sorted(by: { $0.day < $1.day }) {
      if kept != nil, bucket.day == lastDay { continue }
      let end = bucket.rows.count
      let split = openSource.map { firstRow(of: $0, in: bucket) } ?? end
      for (range, source) in [(0..<split, nil), (split..<end, openSource)] where !range.isEmpty {
        drained.append(
          DayRows(bucket: bucket, range: range, batches: batches, openSource: source))
      }
    }
    keepOnly(kept ?? [], day: lastDay)
    return drained
  }

  /// The batches that the last day needs, or nil when keeping it would free too little.
  private func keptBatches() -> [Int]? {
    guard let lastDay, buckets.count > 1, let index = bucketByDay[lastDay] else { return nil }
    var isKept = [Bool](repeating: false, count: batches.count)
    for reference in buckets[index].rows.elements { isKept[Int(reference.batch)] = true }
    let kept = batches.indices.filter { isKept[$0] }
    let keptBytes = kept.reduce(0) { $0 + batches[$1].allocatedBytes }
    return keptBytes <= batchBytes / 2 ? kept : nil
  }

  private mutating func keepOnly(_ kept: [Int], day: UTCDay?) {
    // Only one bucket can be kept, and it is not among those that were drained.
    let bucket = kept.isEmpty ? nil : day.flatMap { bucketByDay[$0] }.map { buckets[$0] }
    var newNumbers = [UInt32](repeating: .max, count: batches.count)
    for (number, old) in kept.enumerated() { newNumbers[old] = UInt32(number) }
    batches = kept.map { batches[$0] }
    drainedNumbers = kept
    firstNewBatch = batches.count
    batchBytes = batches.reduce(0) { $0 + $1.allocatedBytes }
    estimateBuilding()
    bucket?.renumberBatches(newNumbers)
    replaceBuckets(bucket.map { [$0] } ?? [])
  }

  private mutating func estimateBuilding() {
    building = BuildEstimate()
    for batch in batches { building.add(batch) }
  }

  private mutating func forgetEmptyBuckets() {
    replaceBuckets(buckets.filter { $0.rows.count > 0 })
  }

  private mutating func replaceBuckets(_ remaining: [DayBucket]) {
    buckets = remaining
    bucketByDay = [:]
    for (index, bucket) in remaining.enumerated() { bucketByDay[bucket.day] = index }
    recent = [Int32](repeating: -1, count: recent.count)
    rowCount = remaining.reduce(0) { $0 + $1.rows.count }
  }

  /// The index of the first row of input `source`, whose rows are the last ones.
  private func firstRow(of source: Int, in bucket: DayBucket) -> Int {
    var (lower, upper) = (0, bucket.rows.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if batches[Int(bucket.rows[middle].batch)].source == source {
        upper = middle
      } else {
        lower = middle + 1
      }
    }
    return lower
  }

  private mutating func bucket(of day: UTCDay) -> Int {
    let slot = Int(UInt8(truncatingIfNeeded: day.number))
    let recentBucket = Int(recent[slot])
    if recentBucket >= 0, buckets[recentBucket].day == day { return recentBucket }
    let index: Int
    if let known = bucketByDay[day] {
      index = known
    } else {
      index = buckets.count
      buckets.append(DayBucket(day: day))
      bucketByDay[day] = index
    }
    recent[slot] = Int32(index)
    return index
  }
}
