// Stored hashes keep their published values.

import TestSupport
import Testing

@testable import EvtCore

@Suite("StableHash") struct StableHashTests {
  static func xxh64(_ text: String, seed: UInt64 = 0) -> UInt64 {
    Array(text.utf8).withUnsafeBytes { StableHash.xxh64($0, seed: seed) }
  }

  // Vectors of the algorithm's reference implementation.
  @Test(
    "is XXH64",
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("The quick brown fox jumps over the lazy dog", 0x0B24_2D36_1FDA_71BC),
    ] as [(String, UInt64)])
  func vectors(text: String, hash: UInt64) { #expect(Self.xxh64(text) == hash) }

  @Test("is CRC-32C") func crc() {
    let digits = Array("123456789".utf8)
    #expect(digits.withUnsafeBytes { StableHash.crc32c($0) } == 0xE306_9283)
  }

  @Test("is CRC-32C of every length, however many stretches are read at once")
  func lengths() {
    var random = SeededGenerator(seed: 3)
    let bytes = (0..<7_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    var expected: UInt32 = 0
    for length in bytes.indices {
      if length < 40 || length % 3_072 < 9 || length % 512 < 9 {
        let found = bytes[..<length].withUnsafeBytes { StableHash.crc32c($0) }
        #expect(found == expected, "\(length) bytes")
      }
      // One byte more, bit by bit.
      expected = ~expected ^ UInt32(bytes[length])
      for _ in 0..<8 {
        expected = expected >> 1 ^ (expected & 1 == 1 ? 0x82F6_3B78 : 0)
      }
      expected = ~expected
    }
  }

  @Test("does not depend on the pieces in which bytes arrive", arguments: 0..<200)
  func pieces(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
      UInt8(truncatingIfNeeded: random.next())
    }
    let whole = bytes.withUnsafeBytes { Hash128(of: $0) }
    var hasher = Hasher128()
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 1...70, using: &random))
      bytes[start..<end].withUnsafeBytes { hasher.add($0) }
      start = end
    }
    #expect(hasher.finish() == whole, "seed \(seed)")
    #expect(whole.high == bytes.withUnsafeBytes { StableHash.xxh64($0, seed: 0) })
    #expect(
      whole.low == bytes.withUnsafeBytes { StableHash.xxh64($0, seed: 0x6576_742D_6861_7368) })
  }

  /// The hash of a key's field as evt-format(5) describes it.
  private static func key(_ bytes: [UInt8], seed: UInt64) -> UInt64 {
    let primes: [UInt64] = [
      0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
    ]
    func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
      let product = left.multipliedFullWidth(by: right)
      return product.high ^ product.low
    }
    func word(_ start: Int, _ count: Int) -> UInt64 {
      bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    var state = seed ^ primes[0]
    var at = 0
    while bytes.count - at > 16 {
      state = fold(word(at, 8) ^ state, word(at + 8, 8) ^ primes[1])
      at += 16
    }
    let count = bytes.count
    let (low, high): (UInt64, UInt64) =
      switch count {
      case 16...: (word(count - 16, 8), word(count - 8, 8))
      case 8...: (word(0, 8), word(count - 8, 8))
      case 4...: (word(0, 4), word(count - 4, 4))
      case 1...: (word(0, 1) | word(count / 2, 1) << 8 | word(count - 1, 1) << 16, 0)
      default: (0, 0)
      }
    return fold(fold(low ^ state, high ^ primes[1]) ^ primes[2], UInt64(count) ^ primes[3])
  }

  @Test("the hash of keys is as described, for every length", arguments: 0..<80)
  func keys(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let seed = random.next()
    #expect(
      bytes.withUnsafeBytes { StableHash.key($0, seed: seed) } == Self.key(bytes, seed: seed))
  }

  @Test("keys have the hashes that stores were written with")
  func keyVectors() {
    let id = Array("9afcd44d-14cf-4bfe-b476-cf8a4baa5dc0".utf8)
    #expect(id.withUnsafeBytes { StableHash.key($0, seed: 0) } == 18_255_032_751_365_001_185)
    #expect([UInt8]().withUnsafeBytes { StableHash.key($0, seed: 1) } == 1_986_139_079_453_524_633)
  }
}
