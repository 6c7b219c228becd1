// What ByteWriter writes, ByteReader reads; anything else is an error.

import TestSupport
import Testing

@testable import EvtCore

@Suite("ByteReader") struct ByteReaderTests {
  @Test("reads varints of every size") func varints() throws {
    var random = SeededGenerator(seed: 1)
    for shift in 0..<64 {
      let value = random.next() >> UInt64(shift)
      var writer = ByteWriter()
      writer.appendVarint(value)
      writer.appendZigzag(Int64(bitPattern: value))
      writer.appendText("é\(value)")
      try writer.bytes.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        let (plain, zigzag) = (try reader.readVarint(), try reader.readZigzag())
        let text = try reader.readText(atMost: 100)
        #expect(plain == value)
        #expect(zigzag == Int64(bitPattern: value))
        #expect(text == "é\(value)")
        #expect(reader.remaining == 0)
      }
    }
  }

  @Test("refuses varints of more than 64 bits, long texts and bad UTF-8") func refusals() {
    let bad: [[UInt8]] = [
      [UInt8](repeating: 0xFF, count: 10), [UInt8](repeating: 0x80, count: 11), [0x80], [],
    ]
    for bytes in bad {
      bytes.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        #expect((try? reader.readVarint()) == nil)
      }
    }
    for bytes: [UInt8] in [[2, 0xC3, 0x28], [5, 0x61], [200, 1]] {
      bytes.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        #expect((try? reader.readText(atMost: 100)) == nil)
      }
    }
  }
}
