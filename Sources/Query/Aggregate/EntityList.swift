// The entities (users, sessions, values) that a segment has in each group, for counting them
// exactly.

import EvtCore

/// One run of an entity in a segment.
struct EntityEntry: BitwiseCopyable {
  var hash: UInt64
  /// Where the identity stands: its start times 2^28, plus its length.
  var identity: UInt64
  /// Where the groups stand: their start times 2^32, plus their number.
  var groups: UInt64

  @inline(__always)
  var identityRange: (start: Int, count: Int) {
    (Int(identity >> 28), Int(identity & 0xFFF_FFFF))
  }

  @inline(__always)
  var groupRange: Range<Int> {
    let start = Int(groups >> 32)
    return start..<(start + Int(groups & 0xFFFF_FFFF))
  }
}

/// The entities of one segment with the groups in which each occurs. An entity may stand here more
/// than once; `DistinctMerge` tells which are the same, by hash and then by identity.
final class EntityList: Sendable {
  /// In ascending order of the first `orderedBits` bits of the hash.
  nonisolated(unsafe) let entries: UnsafeMutableBufferPointer<EntityEntry>
  /// The bytes that tell entities apart.
  nonisolated(unsafe) private let identities: UnsafeMutablePointer<UInt8>
  nonisolated(unsafe) let groups: UnsafeMutablePointer<UInt32>
  /// Whether groups were noted; without there is only one.
  let hasGroups: Bool
  /// By group, the entities in it; nil when one may stand here more than once.
  let countsByGroup: [UInt64]?

  /// So many bits of the hashes are enough to split work by.
  static let orderedBits = 12

  /// The list of nothing.
  static let empty = EntityList(
    GrowableBuffer(), identities: GrowableBuffer(), groups: GrowableBuffer(), groupCount: nil)

  /// Creates a list of copies of what was collected.
  /// - Parameter groupCount: the number of groups; nil when none were noted.
  init(
    _ unordered: borrowing GrowableBuffer<EntityEntry>,
    identities collected: borrowing GrowableBuffer<UInt8>,
    groups noted: borrowing GrowableBuffer<UInt32>, groupCount: Int?
  ) {
    hasGroups = groupCount != nil
    countsByGroup =
      Self.isAscending(unordered.elements)
      ? Self.counts(noted.elements, groupCount, entries: unordered.count) : nil
    // Safety: all three are allocated here with the size they are filled to, are freed with self,
    // and nothing writes to them after `init`.
    entries = .allocate(capacity: unordered.count)
    Self.order(unordered.elements, into: entries)
    identities = .allocate(capacity: max(1, collected.count))
    identities.update(from: collected.base, count: collected.count)
    groups = .allocate(capacity: max(1, noted.count))
    groups.update(from: noted.base, count: noted.count)
  }

  deinit {
    entries.deallocate()
    identities.deallocate()
    groups.deallocate()
  }

  /// The bytes that tell the entity of `entry` apart.
  @inline(__always)
  func identity(_ entry: EntityEntry) -> UnsafeRawBufferPointer {
    let (start, count) = entry.identityRange
    return UnsafeRawBufferPointer(start: identities + start, count: count)
  }

  /// The first entry whose hash is at least `hash`, by the bits that are in order.
  func firstEntry(from hash: UInt64) -> Int {
    let shift = UInt64(64 - Self.orderedBits)
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].hash >> shift < hash >> shift { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether hashes ascend, as those of users do; then all are different, and so are the entities.
  private static func isAscending(_ entries: UnsafeBufferPointer<EntityEntry>) -> Bool {
    for index in entries.indices.dropFirst() where entries[index].hash <= entries[index - 1].hash {
      return false
    }
    return true
  }

  private static func counts(
    _ noted: UnsafeBufferPointer<UInt32>, _ groupCount: Int?, entries: Int
  ) -> [UInt64] {
    guard let groupCount else { return [UInt64(entries)] }
    var counts = [UInt64](repeating: 0, count: groupCount)
    counts.withUnsafeMutableBufferPointer { counts in
      for group in noted { counts[Int(group)] += 1 }
    }
    return counts
  }

  /// A counting sort by the first bits of the hash; users come ordered already.
  private static func order(
    _ source: UnsafeBufferPointer<EntityEntry>, into target: UnsafeMutableBufferPointer<EntityEntry>
  ) {
    let shift = UInt64(64 - orderedBits)
    var starts = [Int](repeating: 0, count: (1 << orderedBits) + 1)
    for entry in source { starts[Int(entry.hash >> shift) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    starts.withUnsafeMutableBufferPointer { next in
      for entry in source {
        let bucket = Int(entry.hash >> shift)
        target[next[bucket]] = entry
        next[bucket] += 1
      }
    }
  }
}
