// Lists of texts: every form, its near misses, and damage.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("TextListCoding") struct TextListCodingTests {
  static func encode(_ texts: [String]) -> [UInt8] {
    let list = TextList(texts.map { Array($0.utf8) })
    var writer = ByteWriter()
    list.bytes.withUnsafeBytes { bytes in
      var start = 0
      let pointers = list.ends.map { end -> UnsafeRawBufferPointer in
        defer { start = Int(end) }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<Int(end)])
      }
      TextListCoding.encode(pointers, into: &writer)
    }
    return writer.bytes
  }

  static func decode(_ bytes: [UInt8], count: Int, at places: [UInt32]? = nil) -> [String]? {
    bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      guard let list = try? TextListCoding.decode(&reader, count: count, at: places),
        reader.remaining == 0
      else { return nil }
      return (0..<list.count).map { list[$0] }
    }
  }

  static let lists: [[String]] = [
    [], [""], ["", "", "a"], ["DE", "FR", "日本"],
    ["123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000"],
    ["123e4567-e89b-12d3-a456-426614174000", "123E4567-e89b-12d3-a456-426614174000"],
    ["123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456_426614174000"],
    ["deadbeef00", "0123456789", "abcdefabcd"], ["deadbeef0", "012345678"],
    ["u_deadbeef", "u_00000001"], ["u_deadbeef", "v_00000001"], ["xabcdef012", "xabcdef01f"],
    ["u1", "u22", "u0"], ["u01", "u22", "u00"], ["u01", "u1"], ["p-000001", "p-999999"],
    ["1", "2", "999999999999999999"], ["9999999999999999999", "1"], ["u", "u1"], ["7", "u7"],
  ]

  @Test("gives back every list", arguments: lists) func roundTrip(texts: [String]) {
    #expect(Self.decode(Self.encode(texts), count: texts.count) == texts)
  }

  @Test("gives back only some of every list", arguments: lists) func some(texts: [String]) {
    let bytes = Self.encode(texts)
    for seed in UInt64(0)..<8 {
      var random = SeededGenerator(seed: seed)
      let places = (0..<UInt32(texts.count)).filter { _ in random.chance(1, in: 2) }
      let expected = places.map { texts[Int($0)] }
      #expect(Self.decode(bytes, count: texts.count, at: places) == expected, "seed \(seed)")
    }
  }

  @Test("gives back identifiers with any byte changed") func nearMisses() {
    let uuid = Array("0f9e8d7c-6b5a-4938-a716-0123456789ab".utf8)
    let digest = Array("u_0123456789abcdef01".utf8)
    for text in [uuid, digest] {
      for place in text.indices {
        for byte in UInt8(0x20)..<0x7F {
          var changed = text
          changed[place] = byte
          let texts = [text, changed].map { String(decoding: $0, as: UTF8.self) }
          #expect(Self.decode(Self.encode(texts), count: 2) == texts)
        }
      }
    }
  }

  @Test("packs identifiers") func sizes() {
    var random = SeededGenerator(seed: 1)
    let uuids = (0..<1_000).map { _ in random.uuid() }
    #expect(Self.encode(uuids).count == 1 + 16 * 1_000)
    let users = (0..<1_000).map { _ in "user_\(Int.random(in: 0...99_999, using: &random))" }
    #expect(Self.encode(users).count < 1_000 * 17 / 8 + 32)
  }

  @Test("notices truncation at every length", arguments: lists) func truncation(texts: [String]) {
    let bytes = Self.encode(texts)
    for length in 0..<bytes.count {
      #expect(Self.decode(Array(bytes[0..<length]), count: texts.count) == nil)
    }
  }

  @Test("refuses random bytes without a trap", arguments: 0..<4_000) func malformed(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let bytes = (0..<Int.random(in: 0...60, using: &random)).map { index in
      index == 0 ? UInt8(seed % 5) : UInt8(truncatingIfNeeded: random.next()) & 0x3F
    }
    if let texts = Self.decode(bytes, count: 3) { #expect(texts.count == 3) }
    if let texts = Self.decode(bytes, count: 3, at: [0, 2]) { #expect(texts.count == 2) }
  }
}
