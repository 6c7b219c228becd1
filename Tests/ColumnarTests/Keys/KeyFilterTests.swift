// Key filters: what they hold, and bytes that are no filter.

import EvtCore
import Glibc
import TestSupport
import Testing

@testable import Columnar

@Suite("KeyFilter") struct KeyFilterTests {
  private static func encoded(_ filter: KeyFilter) -> [UInt8] {
    var writer = ByteWriter()
    filter.encode(into: &writer)
    return writer.bytes
  }

  private static func decoded(_ bytes: [UInt8], rows: Int) -> KeyFilter? {
    bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        let filter = try KeyFilter(&reader, rowCount: rows)
        return reader.remaining == 0 ? filter : nil
      } catch { return nil }
    }
  }

  @Test(
    "holds the upper half of every key, and takes about two bytes a key",
    arguments: [0, 1, 2, 255, 257, 4_000, 65_536])
  func contents(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let hashes = (0..<count).map { _ in random.next() }
    let filter = KeyFilter(hashes: hashes + [0, 0] + hashes.prefix(3))
    #expect(filter.fingerprints == Set(hashes.map { UInt32($0 >> 32) }).sorted())
    let bytes = Self.encoded(filter)
    #expect(Self.decoded(bytes, rows: max(count, 1)) == filter)
    // Gaps take about as many bits as it takes to number the distances between keys.
    let bits = 35 - log2(Double(max(count, 1)))
    #expect(Double(bytes.count) <= Double(count) * bits / 8 + 64)
    if count > 1 { #expect(Self.decoded(bytes, rows: count - 2) == nil) }
  }

  @Test("the ends of the range are keys like others")
  func extremes() {
    let filter = KeyFilter(hashes: [1, .max, 1 << 32, 1 << 63])
    #expect(filter.fingerprints == [0, 1, 1 << 31, .max])
  }

  @Test("two filters share keys when one key may be in both")
  func sharing() {
    let low = KeyFilter(hashes: [5 << 32, 9 << 32])
    #expect(low.mayShareKeys(with: KeyFilter(hashes: [7 << 32, 9 << 32 | 1])))
    #expect(!low.mayShareKeys(with: KeyFilter(hashes: [4 << 32, 8 << 32, 10 << 32])))
    #expect(!low.mayShareKeys(with: KeyFilter(hashes: [])))
  }

  @Test("cut or altered bytes are refused or another filter, never a trap")
  func damage() {
    var random = SeededGenerator(seed: 3)
    let hashes = (0..<500).map { _ in random.next() }
    let bytes = Self.encoded(KeyFilter(hashes: hashes))
    for length in 0..<bytes.count {
      #expect(Self.decoded(Array(bytes[..<length]), rows: 500) == nil)
    }
    for bit in 0..<bytes.count * 8 {
      var altered = bytes
      altered[bit / 8] ^= 1 << UInt8(bit % 8)
      if let filter = Self.decoded(altered, rows: 500) {
        #expect(filter.fingerprints == filter.fingerprints.sorted())
      }
    }
  }
}
