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

  /// A table of the rows of `block` of `segment` that have a key and count, all of them or those
  /// of `users`, given by hash.
  /// - Throws: `SegmentDamage`, or the error of the reader's source.
  static func table(
    _ reader: SegmentReader, of segment: KeptSegment, block: Int, users: Set<UInt64?>? = nil,
    policy: DedupePolicy
  ) throws -> KeptTimes<KeptBlock> {
    let takenBack = try segment.takenBackRows(reader, block: block)
    let keys = try BlockKeys(reader, block: block, policy.key)
    let ranges = users?.map { keys.rows(ofUser: $0) } ?? [0..<keys.rowCount]
    var table = KeptTimes(
      KeptBlock(keys: keys), count: ranges.reduce(0) { $0 + $1.count }, policy: policy)
    for row in ranges.joined() {
      let hash = keys.keyHash(row)
      if hash != 0, !takenBack.contains(row) { table.add(row, hash: hash) }
    }
    return table
  }

  func time(ofEvent number: Int) -> Int64 { keys.time(number) }
  func keyBytes(ofEvent number: Int) -> [UInt8] { keys.keyBytes(number) }
}
