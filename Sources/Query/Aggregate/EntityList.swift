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

  /// So many bits of the hashes are enough to split work by.
  static let orderedBits = 12

  /// The list of nothing.
  static let empty = EntityList(
    GrowableBuffer(), identities: GrowableBuffer(), groups: GrowableBuffer())

  /// Creates a list of copies of what was collected.
  init(
    _ unordered: borrowing GrowableBuffer<EntityEntry>,
    identities collected: borrowing GrowableBuffer<UInt8>,
    groups noted: borrowing GrowableBuffer<UInt32>
  ) {
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
