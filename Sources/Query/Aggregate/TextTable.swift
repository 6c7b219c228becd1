// Numbers distinct texts.

import Columnar
import EvtCore

/// Distinct texts by number, found by hash.
struct TextTable: Sendable {
  private var slots = [UInt32](repeating: .max, count: 64)
  private var hashes: [UInt64] = []
  private var ends: [Int] = []
  private var bytes: [UInt8] = []

  /// The number of texts.
  var count: Int { ends.count }

  /// Returns the number of `text`, adding it when it is new.
  mutating func insert(
    _ text: UnsafeRawBufferPointer, hash: UInt64
  ) -> (number: Int, isNew: Bool) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != .max {
      let number = Int(slots[slot])
      if hashes[number] == hash, equals(number, text) { return (number, false) }
      slot = (slot + 1) & mask
    }
    slots[slot] = UInt32(ends.count)
    hashes.append(hash)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    if ends.count * 2 > slots.count { rehash() }
    return (ends.count - 1, true)
  }

  /// Returns the number of `text`, adding it when it is new.
  mutating func insert(_ text: [UInt8]) -> UInt32 {
    text.withUnsafeBytes { UInt32(insert($0, hash: StableHash.xxh64($0, seed: 0)).number) }
  }

  /// The texts by number.
  var list: TextList {
    TextList(ends: ends.map { UInt32($0) }, bytes: bytes, isSortedDictionary: false)
  }

  private func equals(_ number: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = number == 0 ? 0 : ends[number - 1]
    guard ends[number] - start == text.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      ByteOrder.equal(UnsafeRawBufferPointer(rebasing: bytes[start..<ends[number]]), text)
    }
  }

  private mutating func rehash() {
    let size = slots.count * 4
    slots = [UInt32](repeating: .max, count: size)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (size - 1)
      while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(number)
    }
  }
}
