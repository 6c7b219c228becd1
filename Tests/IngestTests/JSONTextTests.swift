// What is JSON by RFC 8259 and what is not.

import Testing

@testable import Ingest

@Suite("JSON text")
struct JSONTextTests {
  @Test(
    "valid values are accepted",
    arguments: [
      "{}", "[]", "0", "-0", "1.5e+3", "\"\"", "\"a\"", "true", "false", "null", " \t\r\n[1]\n",
      "[[]]", "[{},{}]", "{\"a\":1,\"a\":2}", "{\"\":0}", "[1,[2,[3]]]", "\"\\u0000\"",
      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u00e9\\u20AC\"", "\"\\uD834\\uDD1E\"", "\"é€𝄞\"",
      "\"\u{7F}\"", "\"\u{2028}\"", "[1 , 2 ]", "{\"a\" : [ ] , \"b\" : { } }", "123456789012345678901234",
      "1E400", "\"\u{10FFFF}\"", "\"0123456789abcdef\\n0123456789abcdef\"", "[-1e-1]",
    ])
  func accepts(text: String) {
    #expect(JSONText.check(Array(text.utf8)) == nil)
  }

  @Test(
    "anything else is refused with its reason",
    arguments: [
      ("", .expectedValue), (" ", .expectedValue), ("{", .unterminated), ("[", .unterminated),
      ("[1,]", .expectedValue), ("[,1]", .expectedValue), ("[1 2]", .expectedCommaOrBracket),
      ("{\"a\"}", .expectedColon), ("{\"a\":}", .expectedValue), ("{\"a\":1,}", .expectedKey),
      ("{a:1}", .expectedKey), ("{'a':1}", .expectedKey), ("{\"a\" 1}", .expectedColon),
      ("{\"a\":1 \"b\":2}", .expectedCommaOrBrace), ("[1}", .expectedCommaOrBracket),
      ("{\"a\":1]", .expectedCommaOrBrace), ("tru", .badLiteral), ("True", .expectedValue),
      ("nul", .badLiteral), ("truex", .textAfterEvent), ("-", .badNumber), ("1.", .badNumber),
      ("01", .textAfterEvent), ("+1", .expectedValue), (".5", .expectedValue), ("1e", .badNumber),
      ("NaN", .expectedValue), ("\"", .unterminated), ("\"a", .unterminated),
      ("\"\\", .unterminated), ("\"\\x\"", .badEscape), ("\"\\u12\"", .badEscape),
      ("\"\\u123g\"", .badEscape), ("\"\\uD834\"", .loneSurrogate), ("\"\\uDD1E\"", .loneSurrogate),
      ("\"\\uD834\\uD834\"", .loneSurrogate), ("\"\\uD834x\"", .loneSurrogate),
      ("\"\\uD834\\n\"", .loneSurrogate), ("\"\t\"", .controlCharacter),
      ("\"\n\"", .controlCharacter), ("[1]x", .textAfterEvent), ("{}{}", .textAfterEvent),
      ("[1]//", .textAfterEvent), ("/**/1", .expectedValue), ("\u{FEFF}1", .expectedValue),
      ("[\u{A0}1]", .expectedValue), ("[1\u{0C}]", .expectedCommaOrBracket),
    ] as [(String, RejectReason)])
  func refuses(text: String, reason: RejectReason) {
    #expect(JSONText.check(Array(text.utf8)) == reason)
  }

  @Test(
    "malformed UTF-8 is refused inside of texts",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE2, 0x82], [0xE0, 0x80, 0x80],
      [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
      [0xFF], [0xFE], [0xE9], [0xC3, 0x28], [0xF0, 0x9D, 0x84],
    ] as [[UInt8]])
  func refusesBytes(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    for padding in [0, 1, 14, 15, 16, 17] {
      let filler = [UInt8](repeating: UInt8(ascii: "a"), count: padding)
      #expect(JSONText.check([quote] + filler + bytes + [quote]) == .notUTF8)
      #expect(JSONText.check([quote] + bytes + filler + [quote]) == .notUTF8)
    }
  }

  @Test("nesting is bounded, and never by the stack")
  func depth() {
    func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
      Array((String(repeating: open, count: depth) + String(repeating: close, count: depth)).utf8)
    }
    #expect(JSONText.check(nested(64, "[", "]")) == nil)
    #expect(JSONText.check(nested(65, "[", "]")) == .tooDeep)
    #expect(JSONText.check(nested(1_000_000, "[", "]")) == .tooDeep)
    #expect(JSONText.check(nested(63, "{\"a\":", "}").dropLast(63) + Array("1".utf8)
        + [UInt8](repeating: UInt8(ascii: "}"), count: 63)) == nil)
    #expect(JSONText.check(Array(String(repeating: "{\"a\":", count: 65).utf8)) == .tooDeep)
    #expect(JSONText.check(Array(String(repeating: "[", count: 100_000).utf8)) == .tooDeep)
  }

  @Test("the conformance suite is decided right, where it is at hand")
  func conformanceSuite() {
    let folder = sharedData("torture/json/test_parsing")
    for name in listFolder(folder) {
      guard name.hasSuffix(".json"), let bytes = readFile("\(folder)/\(name)") else { continue }
      let failure = JSONText.check(bytes)
      if name.hasPrefix("y_") { #expect(failure == nil, "\(name)") }
      if name.hasPrefix("n_") { #expect(failure != nil, "\(name)") }
    }
  }
}

/// A path below the folder of sample data that may stand beside the repository.
func sharedData(_ path: String) -> String {
  let file = #filePath
  let root = file.split(separator: "/").dropLast(4).joined(separator: "/")
  return "/\(root)/shared/data/\(path)"
}
