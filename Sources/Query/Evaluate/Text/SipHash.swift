// SipHash-2-4 with a key of zeros, as ClickHouse's sipHash64.

/// The hash of J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF" (2012).
enum SipHash {
  /// The hash of `bytes`.
  static func hash64(_ bytes: [UInt8]) -> UInt64 {
    var state = State()
    var start = 0
    while start + 8 <= bytes.count {
      state.add(word(bytes[start..<(start + 8)]))
      start += 8
    }
    state.add(word(bytes[start...]) | UInt64(truncatingIfNeeded: bytes.count) << 56)
    return state.finish()
  }

  /// The hash of two hashes.
  static func combined(_ first: UInt64, _ second: UInt64) -> UInt64 {
    hash64(
      [first, second].flatMap { hash in
        (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(8 * $0)) }
      })
  }

  /// Up to eight bytes, the lowest first.
  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private struct State {
    private var v0: UInt64 = 0x736f_6d65_7073_6575
    private var v1: UInt64 = 0x646f_7261_6e64_6f6d
    private var v2: UInt64 = 0x6c79_6765_6e65_7261
    private var v3: UInt64 = 0x7465_6462_7974_6573

    mutating func add(_ word: UInt64) {
      v3 ^= word
      for _ in 0..<2 { round() }
      v0 ^= word
    }

    mutating func finish() -> UInt64 {
      v2 ^= 0xff
      for _ in 0..<4 { round() }
      return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
      v0 &+= v1
      v1 = Self.rotated(v1, 13) ^ v0
      v0 = Self.rotated(v0, 32)
      v2 &+= v3
      v3 = Self.rotated(v3, 16) ^ v2
      v0 &+= v3
      v3 = Self.rotated(v3, 21) ^ v0
      v2 &+= v1
      v1 = Self.rotated(v1, 17) ^ v2
      v2 = Self.rotated(v2, 32)
    }

    private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
      value << bits | value >> (64 - bits)
    }
  }
}
