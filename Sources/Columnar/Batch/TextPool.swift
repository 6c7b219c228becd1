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
  /// What texts are compared by, for each code; empty when they are no longer looked up.
  private var images = GrowableBuffer<TextImage>()
  /// Open addressing: codes, or `emptySlot`.
  private var slots = GrowableBuffer<UInt32>()
  private var lookups = 0
  private let expectsDistinct: Bool

  private static let emptySlot = UInt32.max
  private static let firstSlots = 32
  /// Distinct values among the first this many lookups decide whether to go on looking.
  private static let trialLookups = 4_096
  /// This many are enough, if all differ, where different values are expected.
  private static let shortTrialLookups = 64
  /// Slots looked at for one text before looking is given up: somebody builds collisions.
  private static let probesMax = 256

  /// Creates an empty pool. In one that `expectsDistinct` texts looking is given up sooner.
  public init(expectsDistinct: Bool = false) { self.expectsDistinct = expectsDistinct }

  /// The number of codes in use.
  public var count: Int { ends.count }
  /// The bytes of all texts.
  public var textBytes: Int { bytes.count }
  /// The memory held.
  public var allocatedBytes: Int {
    ends.allocatedBytes + bytes.allocatedBytes + images.allocatedBytes + slots.allocatedBytes
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
    let image = TextImage(text)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: image.hash) & mask
    var probes = 0
    while slots.base[slot] != Self.emptySlot {
      let code = slots.base[slot]
      if images.base[Int(code)] == image, image.isWhole || ByteOrder.equal(self[Int(code)], text) {
        return code
      }
      slot = (slot &+ 1) & mask
      probes &+= 1
      if probes == Self.probesMax { return giveUp(text) }
    }
    return isTrialOver ? giveUp(text) : add(text, image, at: slot)
  }

  /// Whether so many texts differed that this one, which differs too, is the last to be looked up.
  private var isTrialOver: Bool {
    if expectsDistinct, lookups == Self.shortTrialLookups, count == lookups - 1 { return true }
    return lookups == Self.trialLookups && count > Self.trialLookups / 64 * 63
  }

  private mutating func giveUp(_ text: UnsafeRawBufferPointer) -> UInt32 {
    isUnique = false
    slots = GrowableBuffer<UInt32>()
    images = GrowableBuffer<TextImage>()
    return append(text)
  }

  private mutating func add(
    _ text: UnsafeRawBufferPointer, _ image: TextImage, at slot: Int
  ) -> UInt32 {
    let code = append(text)
    images.append(image)
    slots.base[slot] = code
    if count * 2 > slots.count { rehash() }
    return code
  }

  private mutating func append(_ text: UnsafeRawBufferPointer) -> UInt32 {
    bytes.append(contentsOf: text.bindMemory(to: UInt8.self))
    precondition(bytes.count <= UInt32.max, "BUG: a batch of more than 4 GiB of text")
    ends.append(UInt32(truncatingIfNeeded: bytes.count))
    return UInt32(truncatingIfNeeded: ends.count - 1)
  }

  private mutating func rehash() {
    let size = slots.count * 4
    slots.truncate(to: 0)
    slots.append(repeating: Self.emptySlot, count: size)
    for code in 0..<count {
      var slot = Int(truncatingIfNeeded: images.base[code].hash) & (size - 1)
      while slots.base[slot] != Self.emptySlot { slot = (slot + 1) & (size - 1) }
      slots.base[slot] = UInt32(truncatingIfNeeded: code)
    }
  }
}
