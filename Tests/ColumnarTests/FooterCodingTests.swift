// Footers: random bytes and random changes never trap.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("FooterCoding") struct FooterCodingTests {
  static func decode(_ bytes: [UInt8], dataEnd: UInt64) -> SegmentFooter? {
    bytes.withUnsafeBytes { raw in
      var decoder = FooterDecoder(raw, dataEnd: dataEnd)
      return try? decoder.decode()
    }
  }

  @Test("survives any change of a footer that passed its checksum", arguments: 0..<20)
  func mutations(seed: Int) throws {
    let events = SegmentEncoderTests.events(50, seed: UInt64(seed))
    let reader = try SegmentEncoderTests.read(
      SegmentEncoderTests.encode(SegmentEncoderTests.batches(events, of: 50)))
    let bytes = FooterCoding.encode(reader.footer)
    let end = reader.footer.columns.flatMap(\.blocks).map { $0.offset + UInt64($0.storedBytes) }
      .max()
    let dataEnd = try #require(end)
    let restored = try #require(Self.decode(bytes, dataEnd: dataEnd))
    #expect(FooterCoding.encode(restored) == bytes)
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<2_000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8(
          truncatingIfNeeded: random.next())
      }
      if let footer = Self.decode(damaged, dataEnd: dataEnd) { #expect(footer.rowCount > 0) }
    }
    for length in 0..<bytes.count {
      #expect(Self.decode(Array(bytes[0..<length]), dataEnd: dataEnd) == nil)
    }
  }
}
