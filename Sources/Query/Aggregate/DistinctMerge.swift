// Counts entities over all segments, exactly: never by adding counts up.

import Columnar
import EvtCore

/// Counts the distinct entities of each group over several lists. Work is split by hash, so that each
/// piece fits the processor's cache and pieces run in parallel.
struct DistinctMerge: Sendable {
  private let lists: [EntityList]
  /// By list, the group of the answer for each of its groups; empty when there is only one group.
  private let groupMaps: [[UInt32]]
  private let groupCount: Int
  private let partitionBits: Int
  /// By list, its entries in the order of their partitions where they are not in that of hashes.
  private let orders: [[UInt32]]

  /// Entries that a partition should hold about.
  private static let partitionEntries = 8_192

  init(_ lists: [EntityList], groupMaps: [[UInt32]], groupCount: Int) {
    self.lists = lists
    self.groupMaps = groupMaps
    self.groupCount = groupCount
    let total = lists.reduce(0) { $0 + $1.count }
    var bits = 0
    while bits < 12, total >> bits > Self.partitionEntries { bits += 1 }
    let partitionBits = bits
    self.partitionBits = partitionBits
    orders = lists.map { $0.isSorted ? [] : Self.order($0, partitionBits) }
  }

  /// Returns the number of distinct entities by group.
  func counts(_ pool: WorkerPool) throws -> [UInt64] {
    let partitions = 1 << partitionBits
    // Several partitions a job: their tables are reused.
    let jobs = min(partitions, pool.threads * 4)
    let results = try pool.map(count: jobs) { job in
      var counts = [UInt64](repeating: 0, count: groupCount)
      for partition in (partitions * job / jobs)..<(partitions * (job + 1) / jobs) {
        count(partition, into: &counts)
      }
      return counts
    }
    var total = [UInt64](repeating: 0, count: groupCount)
    for counts in results {
      for group in counts.indices { total[group] += counts[group] }
    }
    return total
  }

  private static func partition(_ hash: UInt64, _ bits: Int) -> Int {
    bits == 0 ? 0 : Int(hash >> UInt64(64 - bits))
  }

  /// Entries by partition, each in list order: a counting sort.
  private static func order(_ list: EntityList, _ bits: Int) -> [UInt32] {
    var next = [Int](repeating: 0, count: (1 << bits) + 1)
    for hash in list.hashes { next[partition(hash, bits) + 1] += 1 }
    for index in 1..<next.count { next[index] += next[index - 1] }
    var order = [UInt32](repeating: 0, count: list.count)
    for (entry, hash) in list.hashes.enumerated() {
      let place = partition(hash, bits)
      order[next[place]] = UInt32(entry)
      next[place] += 1
    }
    return order
  }

  /// Where the entries of `partition` stand in list `number`, or in its order.
  private func range(_ number: Int, _ partition: Int) -> Range<Int> {
    bound(number, partition)..<bound(number, partition + 1)
  }

  /// The first entry whose partition is at least `partition`.
  private func bound(_ number: Int, _ partition: Int) -> Int {
    let list = lists[number]
    let order = orders[number]
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      let entry = order.isEmpty ? middle : Int(order[middle])
      if Self.partition(list.hashes[entry], partitionBits) < partition {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private func count(_ partition: Int, into counts: inout [UInt64]) {
    let ranges = lists.indices.map { range($0, partition) }
    let entries = ranges.reduce(0) { $0 + $1.count }
    if entries == 0 { return }
    var seen = EntityTable(capacity: entries, groupCount: groupCount)
    for (number, range) in ranges.enumerated() {
      let list = lists[number]
      let order = orders[number]
      for position in range {
        let entry = order.isEmpty ? position : Int(order[position])
        let entity = seen.entity(list.hashes[entry], number, entry, lists)
        if groupCount > 1 {
          let map = groupMaps[number]
          for place in list.groups(of: entry) {
            seen.note(entity, map[Int(list.groups[place])], &counts)
          }
        } else {
          seen.note(entity, 0, &counts)
        }
      }
    }
  }
}

/// The distinct entities of one partition, and the groups each was seen in.
private struct EntityTable {
  private var slots: [UInt32]
  private let mask: Int
  private var hashes: [UInt64] = []
  /// For each entity, the list and entry where it was seen first.
  private var firsts: [UInt64] = []
  /// For each entity, a bit for each group, when there are at most 64.
  private var groupBits: [UInt64] = []
  /// Else pairs of entity and group.
  private var pairs: Set<UInt64> = []
  private let usesBits: Bool

  init(capacity: Int, groupCount: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [UInt32](repeating: .max, count: size)
    mask = size - 1
    usesBits = groupCount <= 64
  }

  /// Returns the number of the entity at `entry` of list `number`, adding it when it is new.
  mutating func entity(
    _ hash: UInt64, _ number: Int, _ entry: Int, _ lists: [EntityList]
  ) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != .max {
      let entity = Int(slots[slot])
      if hashes[entity] == hash, isSame(firsts[entity], number, entry, lists) { return entity }
      slot = (slot + 1) & mask
    }
    slots[slot] = UInt32(hashes.count)
    hashes.append(hash)
    firsts.append(UInt64(number) << 32 | UInt64(entry))
    if usesBits { groupBits.append(0) }
    return hashes.count - 1
  }

  /// Equal hashes are told apart by their texts.
  private func isSame(_ first: UInt64, _ number: Int, _ entry: Int, _ lists: [EntityList]) -> Bool {
    let known = lists[Int(first >> 32)]
    return known.withIdentity(Int(first & 0xFFFF_FFFF)) { known in
      lists[number].withIdentity(entry) { new in
        known.count == new.count && known.elementsEqual(new)
      }
    }
  }

  /// Counts the entity for `group` unless it was counted before.
  mutating func note(_ entity: Int, _ group: UInt32, _ counts: inout [UInt64]) {
    if usesBits {
      let bit: UInt64 = 1 << UInt64(group)
      guard groupBits[entity] & bit == 0 else { return }
      groupBits[entity] |= bit
    } else {
      guard pairs.insert(UInt64(entity) << 32 | UInt64(group)).inserted else { return }
    }
    counts[Int(group)] += 1
  }
}
