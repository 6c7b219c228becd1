// Texts by code: what goes in comes out, and equal texts share a code while that pays.

import EvtCore
import Testing

@testable import Columnar

@Suite("Text pool")
struct TextPoolTests {
  private func code(_ text: String, in pool: inout TextPool) -> Int {
    var text = text
    return text.withUTF8 { Int(pool.code(of: UnsafeRawBufferPointer($0))) }
  }

  @Test("repeated texts of any length share a code")
  func shared() {
    var pool = TextPool()
    var codes: [String: Int] = [:]
    for round in 0..<3 {
      for length in 0..<70 {
        for letter in ["a", "b", "é"] {
          let text = String(repeating: letter, count: length)
          let code = code(text, in: &pool)
          if round == 0, codes[text] == nil { codes[text] = code }
          #expect(codes[text] == code)
          let back = String(decoding: pool[code], as: UTF8.self)
          #expect(back == text)
        }
      }
    }
    let (isUnique, count) = (pool.isUnique, pool.count)
    #expect(isUnique && count == codes.count)
  }

  @Test("texts that nearly all differ are no longer looked up")
  func distinct() {
    var pool = TextPool()
    for number in 0..<5_000 {
      let code = code("value \(number)", in: &pool)
      let back = String(decoding: pool[code], as: UTF8.self)
      #expect(code == number && back == "value \(number)")
    }
    let isUnique = pool.isUnique
    let again = code("value 1", in: &pool)
    #expect(!isUnique && again == 5_000)
  }

  @Test("where different texts are expected, looking is given up soon, but not after a repetition")
  func expectedDistinct() {
    var pool = TextPool(expectsDistinct: true)
    for number in 0..<100 {
      let code = code("value \(number)", in: &pool)
      #expect(code == number)
    }
    let isUnique = pool.isUnique
    #expect(!isUnique)
    var repeating = TextPool(expectsDistinct: true)
    _ = code("value 1", in: &repeating)
    for number in 0..<100 { _ = code("value \(number)", in: &repeating) }
    let (isStillUnique, count) = (repeating.isUnique, repeating.count)
    #expect(isStillUnique && count == 100)
  }

  @Test("texts that differ in zeros at their end have codes of their own")
  func zeros() {
    var pool = TextPool()
    for text in ["", "a", "abcd", "abcdefgh", "abcdefghijklmno"] {
      for zeros in 0..<9 {
        let count = pool.count
        let padded = text + String(repeating: "\0", count: zeros)
        let code = code(padded, in: &pool)
        #expect(code == count)
        let back = String(decoding: pool[code], as: UTF8.self)
        #expect(back == padded)
      }
    }
  }

  @Test("texts that differ in one byte have codes of their own")
  func similar() {
    var pool = TextPool()
    for length in 1..<40 {
      let base = [UInt8](repeating: UInt8(ascii: "x"), count: length)
      var seen: Set<Int> = [code(String(decoding: base, as: UTF8.self), in: &pool)]
      for place in 0..<length {
        var changed = base
        changed[place] = UInt8(ascii: "y")
        let isNew = seen.insert(code(String(decoding: changed, as: UTF8.self), in: &pool)).inserted
        #expect(isNew)
      }
    }
  }
}
