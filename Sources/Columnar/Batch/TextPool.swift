// The texts of one column of a batch: each distinct value once while that pays.

import EvtCore

/// Texts addressed by code. While values repeat, equal texts share a code; when nearly all differ,
/// looking them up is given up and each gets a code of its own.
public struct TextPool: ~Copyable {
  /// Whether equal texts have equal codes.
  public private(set) var isUnique = true
  private var ends: GrowableBuffer<UInt32>
  private var bytes: GrowableBuffer<UInt8>
  private var hashes: GrowableBuffer<UInt64>
  private var slots: GrowableBuffer<UInt32>
  private var lookups = 0

  /// Distinct values among the first this many lookups decide whether to go on looking.
  private static let trialLookups = 4_096

  /// Creates an empty pool.
  public init() {
    ends = GrowableBuffer(capacity: 16)
    bytes = GrowableBuffer(capacity: 256)
    hashes = GrowableBuffer(capacity: 16)
    slots = GrowableBuffer(capacity: 32)
    slots.append(repeating: .max, count: 32)
  }

  /// The number of codes in use.
  public var count: Int { ends.count }
  /// The bytes of all texts.
  public var textBytes: Int { bytes.count }
  /// The memory held.
  public var allocatedBytes: Int {
    ends.allocatedBytes + bytes.allocatedBytes + hashes.allocatedBytes + slots.allocatedBytes
  }

  /// The UTF-8 bytes of `code`, valid until the next change.
  @inline(__always)
  public subscript(code: Int) -> UnsafeRawBufferPointer {
    precondition(code >= 0 && code < ends.count, "BUG: text code out of range")
    let start = code == 0 ? 0 : Int(ends.base[code - 1])
    return UnsafeRawBufferPointer(start: bytes.base + start, count: Int(ends.base[code]) - start)
  }

  /// Returns the code of `text`, adding it when it is new.
  public mutating func code(of text: UnsafeRawBufferPointer) -> UInt32 {
    guard isUnique else { return append(text) }
    let hash = StableHash.xxh64(text, seed: 0)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots.base[slot] != .max {
      let code = slots.base[slot]
      if hashes.base[Int(code)] == hash, equals(text, Int(code)) {
        lookups += 1
        return code
      }
      slot = (slot + 1) & mask
    }
    lookups += 1
    if lookups == Self.trialLookups, count > lookups / 64 * 63 {
      isUnique = false
      return append(text)
    }
    let code = append(text)
    hashes.append(hash)
    slots.base[slot] = code
    if (count + 1) * 2 > slots.count { rehash() }
    return code
  }

  private func equals(_ text: UnsafeRawBufferPointer, _ code: Int) -> Bool {
    ByteOrder.equal(self[code], text)
  }

  private mutating func append(_ text: UnsafeRawBufferPointer) -> UInt32 {
    bytes.append(contentsOf: text.bindMemory(to: UInt8.self))
    precondition(bytes.count <= UInt32.max, "BUG: a batch of more than 4 GiB of text")
    ends.append(UInt32(bytes.count))
    return UInt32(ends.count - 1)
  }

  private mutating func rehash() {
    let size = slots.count * 4
    slots.truncate(to: 0)
    slots.append(repeating: .max, count: size)
    for code in 0..<hashes.count {
      var slot = Int(truncatingIfNeeded: hashes.base[code]) & (size - 1)
      while slots.base[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots.base[slot] = UInt32(code)
    }
  }
}
