// Stored rows that later ones may repeat.

import Columnar
import EvtCore

/// A segment on the disk whose rows were kept.
struct KeptSegment: Sendable {
  var summary: SegmentSummary
  /// The runs of its rows; nil for those of the ingest that is under way.
  var runs: [UInt64]?
  /// Rows that do not count, because the commit takes them back.
  var takenBack: RowOrigins?
  /// Whether it belongs to the ingest that is under way, which may yet lose rows of it.
  var isOwn: Bool
  /// - Throws: `StoreError`.
  var open: @Sendable () throws -> SegmentReader
  /// What damage found in it means for the store.
  var damaged: @Sendable (SegmentDamage) -> StoreError

  /// Segment `index` of `snapshot`, without the rows of `takenBack`.
  init(_ snapshot: Snapshot, segment index: Int, takenBack: RowOrigins?) {
    summary = snapshot.segments[index].summary
    runs = snapshot.segments[index].runs
    self.takenBack = takenBack
    isOwn = false
    open = { try snapshot.reader(index) }
    damaged = { snapshot.damaged($0, segment: index) }
  }

  /// A segment of an ingest that is under way.
  init(_ segment: FlushedSegment, files: any StoreFiles, cache: OpenFileCache) {
    let (path, summary) = (segment.path, segment.summary)
    self.summary = summary
    isOwn = true
    open = {
      let file = SegmentFile(
        path: path, fileBytes: summary.fileBytes, files: files, cache: cache, lease: nil)
      return try SegmentReader(
        source: file, fileBytes: summary.fileBytes, footerHash: summary.footerHash)
    }
    damaged = { .damaged(path: files.shown(path), what: $0.description) }
  }

  /// The places in `block` of rows that do not count.
  func takenBackRows(_ reader: SegmentReader, block: Int) throws -> Set<Int> {
    var rows: Set<Int> = []
    guard let runs, let takenBack, runs.contains(where: takenBack.mayContain) else { return rows }
    try reader.forEachOrigin(inBlock: block, runs: runs) { origin, stretch in
      if takenBack.contains(origin) { rows.formUnion(stretch) }
    }
    return rows
  }

  var times: ClosedRange<Int64> { summary.minTime...summary.maxTime }

  /// Calls `body`, whose damage becomes an error that names the file.
  func reading<Result>(_ body: (SegmentReader) throws -> Result) throws -> Result {
    do {
      return try body(open())
    } catch let damage as SegmentDamage {
      throw damaged(damage)
    }
  }
}

/// The rows of one stored block as kept events, which their numbers in the block name.
struct KeptBlock: KeptEvents {
  let keys: BlockKeys

  /// A table of the rows of `block` of `segment` that have a key and count.
  /// - Throws: `SegmentDamage`, or the error of the reader's source.
  static func table(
    _ reader: SegmentReader, of segment: KeptSegment, block: Int, policy: DedupePolicy
  ) throws -> KeptTimes<KeptBlock> {
    let takenBack = try segment.takenBackRows(reader, block: block)
    let kept = KeptBlock(keys: try BlockKeys(reader, block: block, policy.key))
    var table = KeptTimes(kept, count: kept.keys.rowCount, policy: policy)
    for (row, hash) in kept.keys.hashes().enumerated()
    where hash != 0 && !takenBack.contains(row) {
      table.add(row, hash: hash)
    }
    return table
  }

  func time(ofEvent number: Int) -> Int64 { keys.time(number) }
  func keyBytes(ofEvent number: Int) -> [UInt8] { keys.keyBytes(number) }
}

extension WaitingRows {
  /// Finds the new rows that repeat a row of `segment`. Its key filters pick the blocks to read.
  /// - Parameter dropped: by row, whether it is out already.
  /// - Throws: `StoreError`.
  func repetitions(
    of segment: KeptSegment, without dropped: [Bool], pool: WorkerPool
  ) throws -> [Repetition] {
    guard mayRepeat(segment.times) else { return [] }
    return try segment.reading { reader in
      if policy.key == .eventID, reader.footer.keyFilters.isEmpty { return [] }
      let zones = UserZones(reader.footer)
      var suspects = [[Int]](repeating: [], count: reader.footer.blockCount)
      for index in rowsNear(segment.times) where !dropped[index] {
        for block in zones.blocks(ofUser: userHash(index)) { suspects[block].append(index) }
      }
      let blocks = suspects.indices.filter { !suspects[$0].isEmpty }
      let found = try pool.map(count: blocks.count) { [suspects] number in
        try repetitions(of: blocks[number], reader, segment, among: suspects[blocks[number]])
      }
      return found.flatMap { $0 }
    }
  }

  private func repetitions(
    of block: Int, _ reader: SegmentReader, _ segment: KeptSegment, among suspects: [Int]
  ) throws -> [Repetition] {
    var suspects = suspects
    if policy.key == .eventID {
      guard let filter = try reader.keyFilter(block: block) else { return [] }
      suspects.removeAll { !filter.mayContain(rows[$0].hash) }
    }
    guard !suspects.isEmpty else { return [] }
    let kept = try KeptBlock.table(reader, of: segment, block: block, policy: policy)
    return suspects.compactMap { index in
      let suspect = suspect(index) { hasKey(index, of: $0, in: kept.events.keys) }
      return kept.keeper(of: suspect).map {
        Repetition(row: index, isSimultaneous: $0 == suspect.time)
      }
    }
  }
}
