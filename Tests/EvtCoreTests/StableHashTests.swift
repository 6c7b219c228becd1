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
  }
}
