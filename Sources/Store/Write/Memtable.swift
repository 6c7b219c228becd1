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

  /// The batches that have any of the rows, and the rows referring to those.
  func compacted() -> (batches: [EventBatch], rows: [RowReference]) {
    var newNumbers = [UInt32](repeating: .max, count: batches.count)
    var used: [EventBatch] = []
    var rows: [RowReference] = []
    rows.reserveCapacity(range.count)
    for index in range {
      var reference = bucket.rows[index]
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
  private(set) var rowCount = 0
  private var batchBytes = 0
  private var building = BuildEstimate()

  /// The memory that batches and references hold, and what the search for repeated events and
  /// making segments will need on top.
  var bytes: Int {
    let rowBytes =
      2 * MemoryLayout<RowReference>.stride + MemoryLayout<UInt64>.stride
      + MemoryLayout<WaitingRow>.stride
    return batchBytes + rowCount * rowBytes + building.bytes
  }

  /// Adds all rows of `batch`.
  mutating func add(_ batch: EventBatch) {
    let number = batches.count
    let rows = batch.rowCount
    guard rows > 0 else { return }
    batches.append(batch)
    batchBytes += batch.allocatedBytes
    building.add(batch)
    rowCount += rows
    let times = batch.times.elements
    var (least, greatest) = (times[0], times[0])
    for time in times {
      least = min(least, time)
      greatest = max(greatest, time)
    }
    let day = UTCDay(containing: least)
    if day == UTCDay(containing: greatest) {
      buckets[bucket(of: day)].append(batch: number, count: rows)
    } else {
      for row in 0..<rows {
        buckets[bucket(of: UTCDay(containing: times[row]))].append(batch: number, row: row)
      }
    }
    lastDay = UTCDay(containing: times[rows - 1])
  }

  /// The rows that have keys: those found to be kept before, and new ones.
  func waitingRows(_ policy: DedupePolicy, pool: WorkerPool) throws -> WaitingRows {
    var kept: [RowReference] = []
    for bucket in buckets {
      kept += bucket.rows.elements.prefix { Int($0.batch) < firstNewBatch }
    }
    return try WaitingRows(
      batches, kept: kept, firstNew: firstNewBatch, policy: policy, pool: pool)
  }

  /// Notes that all rows are to stay.
  mutating func keepWaitingRows() { firstNewBatch = batches.count }

  /// Removes `rows` and returns how many there were of each input.
  mutating func remove(_ rows: [RowReference]) -> [Int: Int] {
    guard !rows.isEmpty else { return [:] }
    var isRemoved: [UInt32: [Bool]] = [:]
    var countBySource: [Int: Int] = [:]
    for row in rows {
      let batch = batches[Int(row.batch)]
      isRemoved[row.batch, default: [Bool](repeating: false, count: batch.rowCount)][
        Int(row.row)] = true
      countBySource[batch.source, default: 0] += 1
    }
    for bucket in buckets {
      bucket.remove { isRemoved[$0.batch].map { [row = $0.row] in $0[Int(row)] } ?? false }
    }
    forgetEmptyBuckets()
    return countBySource
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
