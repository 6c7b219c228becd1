// Numbers pairs of codes: what makes groups of several keys.

/// Numbers pairs of codes: what makes groups of several keys.
struct PairTable: Sendable {
  private var slots = [UInt32](repeating: .max, count: 64)
  private(set) var pairs: [UInt64] = []

  /// Returns the number of the pair, adding it when it is new.
  mutating func code(_ first: UInt32, _ second: UInt32) -> UInt32 {
    code(UInt64(first) << 32 | UInt64(second))
  }

  /// Returns the number of a pair in one word, adding it when it is new.
  @inline(__always)
  mutating func code(_ pair: UInt64) -> UInt32 {
    let mask = slots.count - 1
    var slot = Self.spread(pair) & mask
    while slots[slot] != .max {
      if pairs[Int(slots[slot])] == pair { return slots[slot] }
      slot = (slot + 1) & mask
    }
    let number = UInt32(pairs.count)
    slots[slot] = number
    pairs.append(pair)
    if pairs.count * 2 > slots.count { rehash() }
    return number
  }

  /// The parts of pair `number`.
  func parts(_ number: UInt32) -> (UInt32, UInt32) {
    let pair = pairs[Int(number)]
    return (UInt32(pair >> 32), UInt32(truncatingIfNeeded: pair))
  }

  private static func spread(_ pair: UInt64) -> Int {
    // Fibonacci hashing: the high bits of the product depend on all bits of the pair.
    Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }

  private mutating func rehash() {
    let size = slots.count * 4
    slots = [UInt32](repeating: .max, count: size)
    for (number, pair) in pairs.enumerated() {
      var slot = Self.spread(pair) & (size - 1)
      while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(number)
    }
  }
}
