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
  private var crowds: [UInt64: [[UInt8]: Crowd]] = [:]
  /// Slots are picked by the upper bits of products with it, so that nobody can know which keys
  /// meet there.
  private let multiplier = UInt64.random(in: 0 ... .max) | 1
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
      return crowd[suspect.keyBytes()]?.keeper(of: suspect.time, policy)
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
    let shift = slots.count.leadingZeroBitCount + 1
    var slot = Int(truncatingIfNeeded: (hash &* multiplier) >> shift)
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
    var crowd = crowds[hash, default: [:]].removeValue(forKey: key) ?? Crowd()
    crowd.add(time, policy)
    crowds[hash]?[key] = crowd
  }
}

/// The times of very many kept events of one key.
private struct Crowd {
  /// By window of time, the least and the greatest time in it. Within a window all times are close
  /// enough, and of its neighbours the nearest time is one of these.
  private var windows: [Int64: (least: Int64, greatest: Int64)] = [:]

  mutating func add(_ time: Int64, _ policy: DedupePolicy) {
    let number = Self.number(of: time, policy)
    let known = windows[number] ?? (time, time)
    windows[number] = (min(known.least, time), max(known.greatest, time))
  }

  /// A kept time that is within the window of `time`.
  func keeper(of time: Int64, _ policy: DedupePolicy) -> Int64? {
    let number = Self.number(of: time, policy)
    if let own = windows[number] { return own.greatest == time ? time : own.least }
    let nearest = [windows[number - 1]?.greatest, windows[number + 1]?.least]
    return nearest.compactMap { $0 }.first { policy.covers($0, time) }
  }

  private static func number(of time: Int64, _ policy: DedupePolicy) -> Int64 {
    // Twice that is more than all of time.
    let width = min(policy.windowNanos, .max / 2) + 1
    let (quotient, remainder) = time.quotientAndRemainder(dividingBy: width)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
