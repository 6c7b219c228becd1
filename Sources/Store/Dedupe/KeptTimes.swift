// The times at which events of each key were kept.

import EvtCore

/// Events that were kept, by number.
protocol KeptEvents {
  func time(ofEvent number: Int) -> Int64
  func keyBytes(ofEvent number: Int) -> [UInt8]
}

/// An event that may repeat one that was kept.
struct Suspect {
  var hash: UInt64
  var time: Int64
  /// Whether the kept event of this number has the same key.
  var isSame: (Int) -> Bool
  var keyBytes: () -> [UInt8]
}

/// A table of kept events, found by the hashes of their keys and told apart exactly.
///
/// Should very many events share a hash, as when one key comes for years or somebody builds
/// collisions, they move to a table by the keys' own bytes, so that a look-up never walks far.
struct KeptTimes<Events: KeptEvents> {
  private struct Entry: BitwiseCopyable {
    var hash: UInt64
    var number: UInt32
    /// The next entry of the same hash plus 1, or 0.
    var next: UInt32 = 0
  }

  /// The slots of hashes, each the first entry of a hash plus 1, or 0.
  private var slots: [UInt32]
  private var entries: [Entry] = []
  private var crowds: [UInt64: [[UInt8]: [Int64]]] = [:]
  let events: Events
  private let policy: DedupePolicy

  /// Entries of one hash that are walked.
  private static var walkMax: Int { 32 }

  /// Creates a table for `count` of `events`.
  init(_ events: Events, count: Int, policy: DedupePolicy) {
    self.events = events
    self.policy = policy
    var size = 16
    while size < 2 * count { size *= 2 }
    slots = [UInt32](repeating: 0, count: size)
    entries.reserveCapacity(count)
  }

  /// Whether a kept event has this hash; without one nothing is repeated.
  func mayHoldKey(hash: UInt64) -> Bool { slots[slot(of: hash)] != 0 }

  /// Returns the time of a kept event of the same key within the window, nil when there is none.
  func keeper(of suspect: Suspect) -> Int64? {
    if let crowd = crowds[suspect.hash] {
      return crowd[suspect.keyBytes()].flatMap { nearest(to: suspect.time, in: $0) }
    }
    var next = slots[slot(of: suspect.hash)]
    while next != 0 {
      let entry = entries[Int(next) - 1]
      let time = events.time(ofEvent: Int(entry.number))
      if policy.covers(time, suspect.time), suspect.isSame(Int(entry.number)) { return time }
      next = entry.next
    }
    return nil
  }

  /// Adds the kept event of this number.
  mutating func add(_ number: Int, hash: UInt64) {
    if !crowds.isEmpty, crowds[hash] != nil { return addToCrowd(number, hash: hash) }
    let slot = slot(of: hash)
    let entry = UInt32(entries.count + 1)
    entries.append(Entry(hash: hash, number: UInt32(number)))
    guard slots[slot] != 0 else {
      slots[slot] = entry
      return
    }
    var last = Int(slots[slot]) - 1
    var steps = 1
    while entries[last].next != 0 {
      last = Int(entries[last].next) - 1
      steps += 1
    }
    entries[last].next = entry
    if steps >= Self.walkMax { makeCrowd(of: slot) }
  }

  private func slot(of hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0, entries[Int(slots[slot]) - 1].hash != hash {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  // MARK: - Crowds

  private mutating func makeCrowd(of slot: Int) {
    let hash = entries[Int(slots[slot]) - 1].hash
    crowds[hash] = [:]
    var next = slots[slot]
    while next != 0 {
      addToCrowd(Int(entries[Int(next) - 1].number), hash: hash)
      next = entries[Int(next) - 1].next
    }
  }

  private mutating func addToCrowd(_ number: Int, hash: UInt64) {
    let (key, time) = (events.keyBytes(ofEvent: number), events.time(ofEvent: number))
    let place = Self.firstIndex(in: crowds[hash]?[key] ?? [], notBefore: time)
    crowds[hash]?[key, default: []].insert(time, at: place)
  }

  private func nearest(to time: Int64, in times: [Int64]) -> Int64? {
    let place = Self.firstIndex(in: times, notBefore: time)
    if place < times.count, policy.covers(times[place], time) { return times[place] }
    return place > 0 && policy.covers(times[place - 1], time) ? times[place - 1] : nil
  }

  private static func firstIndex(in times: [Int64], notBefore time: Int64) -> Int {
    var (lower, upper) = (0, times.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if times[middle] < time { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}
