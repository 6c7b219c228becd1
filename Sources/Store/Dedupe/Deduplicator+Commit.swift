// Finds events that another process has committed while this ingest was under way.

import Columnar
import EvtCore

extension Deduplicator {
  /// The rows of `own` that repeat a row of `others`.
  /// - Throws: `StoreError`, and `RepeatedMeanwhile` where leaving a row out now would have kept
  ///   another one that is gone: then only a new run can tell.
  func rowsCommittedMeanwhile(
    of own: KeptSegment, in others: [KeptSegment]
  ) throws -> RowSet {
    var rows = RowSet(rowCount: Int(own.summary.rowCount))
    for other in others where policy.covers(own.times, other.times) {
      let found = try own.reading { reader in
        try other.reading { otherReader in
          let pairs = try blockPairs(reader, otherReader)
          return try pool.map(count: pairs.count) { number in
            try repetitions(pairs[number], reader, otherReader, other)
          }
        }
      }
      for row in found.joined() { rows.insert(row) }
    }
    return rows
  }

  private typealias BlockPair = (own: Int, other: Int)

  /// The blocks that may hold equal events.
  private func blockPairs(_ own: SegmentReader, _ other: SegmentReader) throws -> [BlockPair] {
    let (ownZones, otherZones) = (UserZones(own.footer), UserZones(other.footer))
    var pairs: [BlockPair] = []
    var otherFilters: [Int: KeyFilter] = [:]
    for block in 0..<own.footer.blockCount {
      let filter = policy.key == .eventID ? try own.keyFilter(block: block) : nil
      for otherBlock in 0..<other.footer.blockCount
      where ownZones.mayShareUsers(block, otherZones, otherBlock) {
        if policy.key == .eventID {
          let known = otherFilters[otherBlock]
          guard let filter, let otherFilter = try known ?? other.keyFilter(block: otherBlock)
          else { return [] }
          otherFilters[otherBlock] = otherFilter
          if !filter.mayShareKeys(with: otherFilter) { continue }
        }
        pairs.append((block, otherBlock))
      }
    }
    return pairs
  }

  private func repetitions(
    _ pair: BlockPair, _ own: SegmentReader, _ other: SegmentReader, _ segment: KeptSegment
  ) throws -> [Int] {
    let kept = try KeptBlock.table(other, of: segment, block: pair.other, policy: policy)
    let rows = try BlockKeys(own, block: pair.own, policy.key)
    return try (0..<rows.rowCount).compactMap { row in
      let hash = rows.keyHash(row)
      guard hash != 0, kept.mayHoldKey(hash: hash) else { return nil }
      let suspect = Suspect(
        hash: hash, time: rows.time(row), isSame: { rows.equals(row, kept.events.keys, $0) },
        keyBytes: { rows.keyBytes(row) })
      guard kept.keeper(of: suspect) != nil else { return nil }
      if isUncertain(hash) { throw RepeatedMeanwhile() }
      return pair.own * Limits.blockRowsMax + row
    }
  }
}

/// Two processes took copies of one event at different times of it.
struct RepeatedMeanwhile: Error {}
