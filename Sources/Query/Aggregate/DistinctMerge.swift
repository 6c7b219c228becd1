// Counts entities over all segments, exactly: never by adding counts up.

import EvtCore

/// Counts the distinct entities of each group over several lists. Work is split by hash, so that
/// each piece fits the processor's cache and pieces run in parallel.
struct DistinctMerge: Sendable {
  private let lists: [EntityList]
  /// By list, the group of the answer for each of its groups.
  private let groupMaps: [[UInt32]]
  private let groupCount: Int
  private let runLength: Int

  /// Entries that a partition should hold about.
  private static let partitionEntries = 8_192

  /// Creates the count of `lists`.
  /// - Parameter runLength: with more than 1, groups come in runs of so many, one step behind the
  ///   other, and an entity counts at its first step in each run only.
  init(_ lists: [EntityList], groupMaps: [[UInt32]], groupCount: Int, runLength: Int = 1) {
    self.lists = lists
    self.groupMaps = groupMaps
    self.groupCount = groupCount
    self.runLength = runLength
  }

  /// Returns the number of distinct entities by group.
  func counts(_ pool: WorkerPool) throws -> [UInt64] {
    var counts = [UInt64](repeating: 0, count: groupCount)
    guard runLength == 1 else {
      try add(lists, groupMaps.map { $0.map { Int32($0) } }, groupCount, pool) {
        counts[$0] += $1
      }
      return counts
    }
    // A group that only one group of one list goes into has as many as that one.
    var origins = [Int](repeating: 0, count: groupCount)
    for (list, map) in zip(lists, groupMaps) {
      for group in map { origins[Int(group)] += list.countsByGroup == nil ? 2 : 1 }
    }
    var shared: [Int] = []
    var sharedNumber = [Int32](repeating: -1, count: groupCount)
    for group in origins.indices where origins[group] > 1 {
      sharedNumber[group] = Int32(shared.count)
      shared.append(group)
    }
    var rest: [EntityList] = []
    var restMaps: [[Int32]] = []
    for (list, map) in zip(lists, groupMaps) {
      for (group, count) in (list.countsByGroup ?? []).enumerated() {
        if origins[Int(map[group])] == 1 { counts[Int(map[group])] = count }
      }
      let sharedMap = map.map { sharedNumber[Int($0)] }
      guard sharedMap.contains(where: { $0 >= 0 }) else { continue }
      rest.append(list)
      restMaps.append(sharedMap)
    }
    try add(rest, restMaps, shared.count, pool) { counts[shared[$0]] += $1 }
    return counts
  }

  /// Counts by hash.
  /// - Parameter maps: by list, the groups to count for; negative for none.
  private func add(
    _ lists: [EntityList], _ maps: [[Int32]], _ groupCount: Int, _ pool: WorkerPool,
    _ take: (_ group: Int, _ count: UInt64) -> Void
  ) throws {
    let total = lists.reduce(0) { $0 + $1.entries.count }
    if total == 0 { return }
    var bits = 0
    while bits < EntityList.orderedBits, total >> bits > Self.partitionEntries { bits += 1 }
    let partitionBits = bits
    let partitions = 1 << partitionBits
    // Several partitions a job: their tables are reused.
    let jobs = min(partitions, pool.threads * 4)
    let results = try pool.map(count: jobs) { job in
      var counter = PartitionCounter(groupCount: groupCount, runLength: runLength)
      for partition in (partitions * job / jobs)..<(partitions * (job + 1) / jobs) {
        let ranges = lists.map { Self.range($0, partition, partitionBits) }
        counter.begin(entries: ranges.reduce(0) { $0 + $1.count })
        for (number, range) in ranges.enumerated() where !range.isEmpty {
          maps[number].withUnsafeBufferPointer { counter.add(lists[number], range, $0) }
        }
        counter.end()
      }
      return counter.finish()
    }
    for counts in results {
      for group in counts.indices { take(group, counts[group]) }
    }
  }

  /// The entries of a partition.
  private static func range(_ list: EntityList, _ partition: Int, _ bits: Int) -> Range<Int> {
    guard bits > 0 else { return 0..<list.entries.count }
    let shift = UInt64(64 - bits)
    let isLast = partition == (1 << bits) - 1
    return list.firstEntry(
      from: UInt64(partition) << shift)..<(isLast
      ? list.entries.count : list.firstEntry(from: UInt64(partition + 1) << shift))
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
  /// Else the first step of each entity in each run.
  private var firstSteps = FirstSteps()
  private var counts = GrowableBuffer<UInt64>()
  private let groupCount: Int
  private let runLength: Int
  private let hasBits: Bool

  init(groupCount: Int, runLength: Int) {
    self.groupCount = groupCount
    self.runLength = runLength
    hasBits = runLength == 1 && groupCount <= 64
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
    firstSteps.begin()
  }

  /// Ends the partition.
  mutating func end() {
    for index in 0..<firstSteps.count {
      let (run, step) = firstSteps.pair(index)
      counts.base[run * runLength + step] += 1
    }
  }

  /// Adds the entries of `list` in `range`, whose groups are mapped by `map`.
  mutating func add(
    _ list: EntityList, _ range: Range<Int>, _ map: UnsafeBufferPointer<Int32>
  ) {
    // Where no groups are noted, the only one is meant.
    let groups = list.hasGroups ? UnsafePointer(list.groups) : nil
    for number in range {
      let entry = list.entries[number]
      let entity = self.entity(entry.hash, list.identity(entry))
      let places = groups == nil ? 0..<1 : entry.groupRange
      if hasBits {
        var bits: UInt64 = 0
        for place in places {
          let group = map[groups.map { Int($0[place]) } ?? 0]
          if group >= 0 { bits |= 1 << UInt64(group) }
        }
        note(entity, bits: bits)
      } else {
        for place in places {
          let group = Int(map[groups.map { Int($0[place]) } ?? 0])
          guard group >= 0 else { continue }
          let run = runLength == 1 ? group : group / runLength
          firstSteps.note(entity, run: run, step: group - run * runLength)
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

/// The least step at which each entity was seen in each run of groups.
private struct FirstSteps: ~Copyable {
  /// By hash of entity and run: the number of a pair.
  private var slots = GrowableBuffer<UInt32>()
  private var pairs = GrowableBuffer<UInt64>()
  private var steps = GrowableBuffer<UInt32>()

  /// The number of pairs of an entity and a run.
  var count: Int { pairs.count }

  /// The run and the step of pair `index`.
  @inline(__always)
  func pair(_ index: Int) -> (run: Int, step: Int) {
    (Int(pairs.base[index] & 0xFFFF_FFFF), Int(steps.base[index]))
  }

  /// Forgets all.
  mutating func begin() {
    let size = max(slots.count, 1_024)
    slots.truncate(to: 0)
    slots.append(repeating: .max, count: size)
    pairs.truncate(to: 0)
    steps.truncate(to: 0)
  }

  /// Notes that `entity` was seen at `step` of `run`.
  @inline(__always)
  mutating func note(_ entity: Int, run: Int, step: Int) {
    let pair = UInt64(entity) << 32 | UInt64(run)
    let slot = find(pair)
    if slots.base[slot] != .max {
      let number = Int(slots.base[slot])
      steps.base[number] = min(steps.base[number], UInt32(step))
      return
    }
    slots.base[slot] = UInt32(pairs.count)
    pairs.append(pair)
    steps.append(UInt32(step))
    if pairs.count * 2 > slots.count { rehash() }
  }

  /// The slot of `pair`, or the free one where it belongs.
  @inline(__always)
  private func find(_ pair: UInt64) -> Int {
    let mask = slots.count - 1
    // Fibonacci hashing: the high bits of the product depend on all bits of the pair.
    var slot = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots.base[slot] != .max, pairs.base[Int(slots.base[slot])] != pair {
      slot = (slot + 1) & mask
    }
    return slot
  }

  private mutating func rehash() {
    let size = slots.count * 4
    slots.truncate(to: 0)
    slots.append(repeating: .max, count: size)
    for number in 0..<pairs.count { slots.base[find(pairs.base[number])] = UInt32(number) }
  }
}
