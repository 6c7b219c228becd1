// The texts of one column of a batch: each distinct value once while that pays.

import EvtCore

/// Texts addressed by code. While values repeat, equal texts share a code; when nearly all differ,
/// looking them up is given up and each gets a code of its own.
///
/// The codes depend on the texts and their order alone, never on addresses or a random seed.
public struct TextPool: ~Copyable {
  /// Whether equal texts have equal codes.
  public private(set) var isUnique = true
  private var ends = GrowableBuffer<UInt32>()
  private var bytes = GrowableBuffer<UInt8>()
  /// Open addressing: the upper half of a slot is that of the text's hash, the lower its code.
  private var slots = GrowableBuffer<UInt64>()
  private var lookups = 0

  private static let emptySlot = UInt64.max
  private static let firstSlots = 32
  /// Distinct values among the first this many lookups decide whether to go on looking.
  private static let trialLookups = 4_096
  /// Slots looked at for one text before looking is given up: somebody builds collisions.
  private static let probesMax = 256

  /// Creates an empty pool.
  public init() {}

  /// The number of codes in use.
  public var count: Int { ends.count }
  /// The bytes of all texts.
  public var textBytes: Int { bytes.count }
  /// The memory held.
  public var allocatedBytes: Int {
    ends.allocatedBytes + bytes.allocatedBytes + slots.allocatedBytes
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
    if slots.count == 0 { slots.append(repeating: Self.emptySlot, count: Self.firstSlots) }
    lookups &+= 1
    let hash = Self.hash(text)
    let tag = hash >> 32
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: tag) & mask
    var probes = 0
    while slots.base[slot] != Self.emptySlot {
      let entry = slots.base[slot]
      if entry >> 32 == tag {
        let code = UInt32(truncatingIfNeeded: entry)
        if equals(text, Int(code)) { return code }
      }
      slot = (slot &+ 1) & mask
      probes &+= 1
      if probes == Self.probesMax { return giveUp(text) }
    }
    if lookups == Self.trialLookups, count > Self.trialLookups / 64 * 63 { return giveUp(text) }
    let code = append(text)
    slots.base[slot] = tag << 32 | UInt64(code)
    if count * 2 > slots.count { rehash() }
    return code
  }

  private mutating func giveUp(_ text: UnsafeRawBufferPointer) -> UInt32 {
    isUnique = false
    slots = GrowableBuffer<UInt64>()
    return append(text)
  }

  @inline(__always)
  private func equals(_ text: UnsafeRawBufferPointer, _ code: Int) -> Bool {
    let start = code == 0 ? 0 : Int(ends.base[code - 1])
    let count = Int(ends.base[code]) - start
    guard count == text.count else { return false }
    let known = UnsafeRawPointer(bytes.base + start)
    guard count > 0, let text = text.baseAddress else { return true }
    return Self.equals(known, text, count)
  }

  @inline(__always)
  private static func equals(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int
  ) -> Bool {
    if count < 8 {
      if count >= 4 {
        return word32(left, 0) == word32(right, 0)
          && word32(left, count - 4) == word32(right, count - 4)
      }
      return shortWord(left, count) == shortWord(right, count)
    }
    var at = 0
    while at &+ 8 <= count {
      if word64(left, at) != word64(right, at) { return false }
      at &+= 8
    }
    return word64(left, count - 8) == word64(right, count - 8)
  }

  private mutating func append(_ text: UnsafeRawBufferPointer) -> UInt32 {
    bytes.append(contentsOf: text.bindMemory(to: UInt8.self))
    precondition(bytes.count <= UInt32.max, "BUG: a batch of more than 4 GiB of text")
    ends.append(UInt32(truncatingIfNeeded: bytes.count))
    return UInt32(truncatingIfNeeded: ends.count - 1)
  }

  private mutating func rehash() {
    let size = slots.count * 4
    var old = GrowableBuffer<UInt64>(capacity: size)
    old.append(repeating: Self.emptySlot, count: size)
    swap(&old, &slots)
    for index in 0..<old.count where old.base[index] != Self.emptySlot {
      var slot = Int(truncatingIfNeeded: old.base[index] >> 32) & (size - 1)
      while slots.base[slot] != Self.emptySlot { slot = (slot + 1) & (size - 1) }
      slots.base[slot] = old.base[index]
    }
  }

  // MARK: - Hashing

  /// A fast hash of short texts, after the multiply-and-fold step of wyhash. It is never stored.
  @inline(__always)
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    guard let base = text.baseAddress, text.count > 0 else { return 0 }
    let count = text.count
    var state = UInt64(truncatingIfNeeded: count) ^ 0xA076_1D64_78BD_642F
    var at = 0
    while count &- at > 16 {
      state = fold(
        word64(base, at) ^ state, word64(base, at &+ 8) ^ 0xE703_7ED1_A0B4_28DB)
      at &+= 16
    }
    let last: UInt64
    let first: UInt64
    if count >= 16 {
      first = word64(base, count &- 16)
      last = word64(base, count &- 8)
    } else if count >= 8 {
      first = word64(base, 0)
      last = word64(base, count &- 8)
    } else if count >= 4 {
      first = UInt64(word32(base, 0))
      last = UInt64(word32(base, count &- 4))
    } else {
      first = UInt64(shortWord(base, count))
      last = 0
    }
    return fold(first ^ state, last ^ 0x8EBC_6AF0_9C88_C6E3)
  }

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  @inline(__always)
  private static func word64(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  @inline(__always)
  private static func word32(_ base: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }

  /// One to three bytes, each at least once.
  @inline(__always)
  private static func shortWord(_ base: UnsafeRawPointer, _ count: Int) -> UInt32 {
    let first = UInt32(base.load(as: UInt8.self))
    let middle = UInt32(base.load(fromByteOffset: count / 2, as: UInt8.self))
    let last = UInt32(base.load(fromByteOffset: count - 1, as: UInt8.self))
    return first << 16 | middle << 8 | last
  }
}
