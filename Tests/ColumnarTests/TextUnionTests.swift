// Codes of texts against a dictionary.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("TextUnion") struct TextUnionTests {
  /// Texts whose hashes are alike in their low bits.
  private static func colliding(_ count: Int) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    var number = 0
    while texts.count < count {
      let text = Array("u\(number)".utf8)
      number += 1
      let hash = text.withUnsafeBytes { StableHash.user($0) }
      if hash & 0xFFFF < 64 { texts.append(text) }
    }
    return texts
  }

  @Test("equal texts share a code, others do not, also when hashes collide")
  func codes() {
    var random = SeededGenerator(seed: 8)
    let pool = Self.colliding(1_500) + (0..<3_000).map { Array("t\($0)".utf8) } + [[]]
    // The union keeps pointers.
    pool.map { String(decoding: $0, as: UTF8.self) }.withContiguousTexts { texts in
      var union = TextUnion()
      var codes: [Int: UInt32] = [:]
      for _ in 0..<20_000 {
        let index = random.below(texts.count)
        let code = union.code(of: texts[index])
        if let known = codes[index] {
          #expect(code == known)
        } else {
          #expect(Int(code) == codes.count)
          codes[index] = code
        }
      }
      #expect(union.texts.count == codes.count && union.hashes.count == codes.count)
    }
  }
}

extension [String] {
  /// Calls `body` with the bytes of the texts, which lie one behind the other.
  fileprivate func withContiguousTexts(_ body: ([UnsafeRawBufferPointer]) -> Void) {
    joined().utf8.map { $0 }.withUnsafeBytes { bytes in
      var start = 0
      body(
        map { text in
          defer { start += text.utf8.count }
          return UnsafeRawBufferPointer(rebasing: bytes[start..<start + text.utf8.count])
        })
    }
  }
}
