// Counts entities over all segments, exactly: never by adding counts up.

import EvtCore

/// Counts the distinct entities of each group over several lists. Work is split by hash, so that
/// each piece fits the processor's cache and pieces run in parallel.
struct DistinctMerge: Sendable {
  private let lists: [EntityList]
  /// By list, the group of the answer for each of its groups; empty when there is only one group.
  private let groupMaps: [[UInt32]]
  private let groupCount: Int
  private let partitionBits: Int

  /// Entries that a partition should hold about.
  private static let partitionEntries = 8_192

  init(_ lists: [EntityList], groupMaps: [[UInt32]], groupCount: Int) {
    self.lists = lists
    self.groupMaps = groupMaps
    self.groupCount = groupCount
    let total = lists.reduce(0) { $0 + $1.entries.count }
    var bits = 0
    while bits < EntityList.orderedBits, total >> bits > Self.partitionEntries { bits += 1 }
    partitionBits = bits
  }

  /// Returns the number of distinct entities by group.
  func counts(_ pool: WorkerPool) throws -> [UInt64] {
    let partitions = 1 << partitionBits
    // Several partitions a job: their tables are reused.
    let jobs = min(partitions, pool.threads * 4)
    let results = try pool.map(count: jobs) { job in
      var counter = PartitionCounter(groupCount: groupCount)
      for partition in (partitions * job / jobs)..<(partitions * (job + 1) / jobs) {
        count(partition, &counter)
      }
      return counter.finish()
    }
    var total = [UInt64](repeating: 0, count: groupCount)
    for counts in results {
      for group in counts.indices { total[group] += counts[group] }
    }
    return total
  }

  private func count(_ partition: Int, _ counter: inout PartitionCounter) {
    let ranges = lists.map { list -> Range<Int> in
      guard partitionBits > 0 else { return 0..<list.entries.count }
      let shift = UInt64(64 - partitionBits)
      let start = list.firstEntry(from: UInt64(partition) << shift)
      let isLast = partition == (1 << partitionBits) - 1
      return
        start..<(isLast
        ? list.entries.count : list.firstEntry(from: UInt64(partition + 1) << shift))
    }
    counter.begin(entries: ranges.reduce(0) { $0 + $1.count })
    for (number, range) in ranges.enumerated() where !range.isEmpty {
      groupMaps[number].withUnsafeBufferPointer { counter.add(lists[number], range, $0) }
    }
  }
}

/// The distinct entities of one partition after the other, and the groups each was seen in.
private struct PartitionCounter: ~Copyable {
  /// By hash: the number of an entity.
  private var slots = GrowableBuffer<UInt32>()
  private var hashes = GrowableBuffer<UInt64>()
  /// Where each entity's identity was seen first.
  private var identities = GrowableBuffer<UnsafeRawBufferPointer>()
  /// For each entity a bit for each group, when there are at most 64.
  private var groupBits = GrowableBuffer<UInt64>()
  /// Else pairs of entity and group.
  private var pairs: Set<UInt64> = []
  private var counts = GrowableBuffer<UInt64>()
  private let groupCount: Int

  init(groupCount: Int) {
    self.groupCount = groupCount
    counts.append(repeating: 0, count: groupCount)
  }

  consuming func finish() -> [UInt64] { Array(counts.elements) }

  /// Begins a partition of at most so many entities.
  mutating func begin(entries: Int) {
    var size = 16
    while size < entries * 2 { size *= 2 }
    slots.truncate(to: 0)
    slots.append(repeating: .max, count: size)
    hashes.truncate(to: 0)
    identities.truncate(to: 0)
    groupBits.truncate(to: 0)
    pairs.removeAll(keepingCapacity: true)
  }

  /// Adds the entries of `list` in `range`, whose groups are mapped by `map`.
  mutating func add(
    _ list: EntityList, _ range: Range<Int>, _ map: UnsafeBufferPointer<UInt32>
  ) {
    let groups = list.groups
    for number in range {
      let entry = list.entries[number]
      let entity = self.entity(entry.hash, list.identity(entry))
      if groupCount == 1 {
        note(entity, bits: 1)
      } else if groupCount <= 64 {
        var bits: UInt64 = 0
        for place in entry.groupRange { bits |= 1 << UInt64(map[Int(groups[place])]) }
        note(entity, bits: bits)
      } else {
        for place in entry.groupRange {
          let group = map[Int(groups[place])]
          let pair = UInt64(entity) << 32 | UInt64(group)
          if pairs.insert(pair).inserted { counts.base[Int(group)] += 1 }
        }
      }
    }
  }

  /// Returns the number of the entity, adding it when it is new. Equal hashes are told apart by the
  /// identities.
  @inline(__always)
  private mutating func entity(_ hash: UInt64, _ identity: UnsafeRawBufferPointer) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots.base[slot] != .max {
      let entity = Int(slots.base[slot])
      if hashes.base[entity] == hash, isSame(entity, identity) { return entity }
      slot = (slot + 1) & mask
    }
    let entity = hashes.count
    slots.base[slot] = UInt32(entity)
    hashes.append(hash)
    identities.append(identity)
    groupBits.append(0)
    return entity
  }

  @inline(__always)
  private func isSame(_ entity: Int, _ identity: UnsafeRawBufferPointer) -> Bool {
    ByteOrder.equal(identities.base[entity], identity)
  }

  /// Counts the entity for the groups of `bits` for which it was not counted before.
  @inline(__always)
  private mutating func note(_ entity: Int, bits: UInt64) {
    var new = bits & ~groupBits.base[entity]
    groupBits.base[entity] |= bits
    while new != 0 {
      counts.base[new.trailingZeroBitCount] += 1
      new &= new - 1
    }
  }
}
