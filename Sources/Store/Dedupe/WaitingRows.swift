// The rows that wait in memory, as far as they have keys.

import Columnar
import EvtCore

/// Rows with keys, numbered in ingest order: first those that were kept before, then new ones.
struct WaitingRows: Sendable {
  let policy: DedupePolicy
  private let batches: [BatchKeys]
  /// By batch the hash of the key of each row, 0 for rows without one; empty when no row has one.
  private let hashes: [[UInt64]]
  /// The number of the first row of each batch.
  private let starts: [Int]
  /// The rows with these upper bits of their hashes.
  private let orders: [KeyOrder]
  /// The rows before this one stay, whatever comes.
  private let firstNewRow: Int
  /// When the new rows of each batch happened.
  private let times: [ClosedRange<Int64>]

  /// Takes the rows `kept` of `batches`, and all rows of batches from number `firstNew` on.
  init(
    _ batches: [EventBatch], kept: [RowReference], firstNew: Int, policy: DedupePolicy,
    pool: WorkerPool
  ) throws {
    self.policy = policy
    let keys = batches.map { BatchKeys($0, policy.key) }
    let hashes = try pool.map(count: batches.count) { keys[$0].hashes() }
    var starts: [Int] = []
    var rowCount = 0
    for batch in batches {
      starts.append(rowCount)
      rowCount += batch.rowCount
    }
    let new = min(firstNew, batches.count)..<batches.count
    let partBits = min(Int.bitWidth - (pool.threads - 1).leadingZeroBitCount, 4)
    orders = try pool.map(count: 1 << partBits) { [starts] part in
      Self.order(ofPart: part, of: partBits, hashes, starts, kept: kept, new: new)
    }
    self.batches = keys
    self.hashes = hashes
    self.starts = starts
    firstNewRow = new.isEmpty ? rowCount : starts[new.lowerBound]
    times = new.compactMap { hashes[$0].isEmpty ? nil : batches[$0].timeRange }
  }

  /// The order of the rows that have a key whose hash begins with the `partBits` bits of `part`.
  private static func order(
    ofPart part: Int, of partBits: Int, _ hashes: [[UInt64]], _ starts: [Int],
    kept: [RowReference], new: Range<Int>
  ) -> KeyOrder {
    var order = KeyOrder()
    order.reserve((kept.count + new.reduce(0) { $0 + hashes[$1].count }) >> partBits)
    func isWanted(_ hash: UInt64) -> Bool { hash != 0 && hash >> (64 - partBits) == part }
    for reference in kept {
      let (batch, row) = (Int(reference.batch), Int(reference.row))
      if hashes[batch].isEmpty || !isWanted(hashes[batch][row]) { continue }
      order.add(starts[batch] + row, hash: hashes[batch][row])
    }
    for batch in new {
      for (row, hash) in hashes[batch].enumerated() where isWanted(hash) {
        order.add(starts[batch] + row, hash: hash)
      }
    }
    order.sort()
    return order
  }

  /// Whether new rows have keys.
  var hasNewKeys: Bool {
    !times.isEmpty && orders.contains { order in order.rows.contains { $0 >= firstNewRow } }
  }

  /// The place of `row` among its batch's rows.
  func reference(_ row: Int) -> RowReference {
    var (lower, upper) = (0, starts.count)
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if starts[middle] <= row { lower = middle } else { upper = middle }
    }
    return RowReference(batch: UInt32(lower), row: UInt32(row - starts[lower]))
  }

  /// The hash of the key of `row`.
  func hash(_ row: Int) -> UInt64 { at(row) { hashes[$0][$1] } }

  func time(_ row: Int) -> Int64 { at(row) { batches[$0].time($1) } }

  func userHash(_ row: Int) -> UInt64? { at(row) { batches[$0].userHash($1) } }

  /// `row` as one that may be repeated; `isSame` compares it with what was kept.
  func suspect(_ row: Int, isSame: @escaping (Int) -> Bool) -> Suspect {
    Suspect(
      hash: hash(row), time: time(row), isSame: isSame, keyBytes: { keyBytes(ofEvent: row) })
  }

  func haveEqualKeys(_ row: Int, _ other: Int) -> Bool {
    at(row) { batch, row in
      at(other) { batches[batch].equals(row, batches[$0], $1) }
    }
  }

  func hasKey(_ row: Int, of other: Int, in block: BlockKeys) -> Bool {
    at(row) { batches[$0].equals($1, block, other) }
  }

  private func at<Result>(_ row: Int, _ body: (_ batch: Int, _ row: Int) -> Result) -> Result {
    let reference = reference(row)
    return body(Int(reference.batch), Int(reference.row))
  }
}

extension WaitingRows: KeptEvents {
  func time(ofEvent number: Int) -> Int64 { time(number) }
  func keyBytes(ofEvent number: Int) -> [UInt8] { at(number) { batches[$0].keyBytes($1) } }
}

/// A row that repeats another one.
struct Repetition: BitwiseCopyable {
  /// Its number among the waiting rows.
  var row: Int
  /// Whether the row that was kept has the same time, so that whatever drops the one would have
  /// dropped the other.
  var isSimultaneous: Bool
}

// MARK: - Rows like other waiting rows

extension WaitingRows {
  /// Finds the new rows that repeat a waiting row before them.
  /// - Parameter dropped: by row, whether it is out already.
  func repetitions(without dropped: [Bool], pool: WorkerPool) throws -> [Repetition] {
    let found = try pool.map(count: orders.count) { part in
      orders[part].groups().flatMap {
        repetitions(among: orders[part].rows(at: $0), without: dropped)
      }
    }
    return found.flatMap { $0 }
  }

  private func repetitions(
    among rows: some Collection<Int>, without dropped: [Bool]
  ) -> [Repetition] {
    var kept = KeptTimes(self, count: rows.count, policy: policy)
    var found: [Repetition] = []
    for row in rows where !dropped[row] {
      let suspect = suspect(row) { haveEqualKeys($0, row) }
      if row >= firstNewRow, let keeper = kept.keeper(of: suspect) {
        found.append(Repetition(row: row, isSimultaneous: keeper == suspect.time))
      } else {
        kept.add(row, hash: suspect.hash)
      }
    }
    return found
  }
}

// MARK: - Rows like stored ones

extension WaitingRows {
  /// So many rows are looked for in the blocks of their users only.
  private static let fewRows = 1 << 12

  /// Finds the new rows that repeat a row of `segment`. Its key filters pick the blocks to read.
  /// - Parameter dropped: by row, whether it is out already.
  /// - Throws: `StoreError`.
  func repetitions(
    of segment: KeptSegment, without dropped: [Bool], pool: WorkerPool
  ) throws -> [Repetition] {
    guard times.contains(where: { policy.covers($0, segment.times) }) else { return [] }
    return try segment.reading { reader in
      let isFiltered = policy.key == .eventID
      if isFiltered, reader.footer.keyFilters.isEmpty { return [] }
      let zones = UserZones(reader.footer)
      let byUser =
        isFiltered && orders.reduce(0, { $0 + $1.count }) > Self.fewRows
        ? nil : rowsByUser(near: segment.times, dropped)
      let blocks = (0..<reader.footer.blockCount).filter {
        byUser?.rows(in: $0, of: zones).isEmpty != true
      }
      let found = try pool.map(count: blocks.count) { number -> [Repetition] in
        let block = blocks[number]
        guard isFiltered else {
          let rows = byUser?.rows(in: block, of: zones) ?? []
          return try repetitions(of: block, reader, segment, among: rows)
        }
        guard let filter = try reader.keyFilter(block: block) else { return [] }
        let rows = orders.flatMap { $0.rows(in: filter) }.filter {
          isNew($0, near: segment.times, dropped)
            && zones.blocks(ofUser: userHash($0)).contains(block)
        }
        return try repetitions(of: block, reader, segment, among: rows)
      }
      return found.flatMap { $0 }
    }
  }

  private func rowsByUser(near times: ClosedRange<Int64>, _ dropped: [Bool]) -> RowsByUser {
    RowsByUser(
      orders.lazy.flatMap(\.rows).filter { isNew($0, near: times, dropped) }, userHash: userHash)
  }

  private func isNew(_ row: Int, near times: ClosedRange<Int64>, _ dropped: [Bool]) -> Bool {
    guard row >= firstNewRow, !dropped[row] else { return false }
    let time = time(row)
    return policy.covers(time...time, times)
  }

  private func repetitions(
    of block: Int, _ reader: SegmentReader, _ segment: KeptSegment, among rows: [Int]
  ) throws -> [Repetition] {
    if rows.isEmpty { return [] }
    let users = Set(rows.map { userHash($0) })
    let kept = try KeptBlock.table(
      reader, of: segment, block: block, users: users, policy: policy)
    return rows.compactMap { row -> Repetition? in
      let suspect = suspect(row) { hasKey(row, of: $0, in: kept.events.keys) }
      return kept.keeper(of: suspect).map {
        Repetition(row: row, isSimultaneous: $0 == suspect.time)
      }
    }
  }
}
