// Tests of JSONNode: valid, lossless, in the order given, and harmless on a terminal.

import Foundation
import Query
import Testing

@testable import EvtCLI

@Suite("JSON output")
struct JSONNodeTests {
  @Test(
    "values keep their kind and every digit",
    arguments: [
      (.null, "null"), (.bool(true), "true"), (.int(.min), "-9223372036854775808"),
      (.double(59.98), "59.98"), (.double(1), "1.0"), (.double(.nan), "null"),
      (.double(1e300), "1e+300"), (.decimal("12345678901234567890.5"), "12345678901234567890.5"),
      (.text("a\"b\\c\n\r\t/é"), #""a\"b\\c\n\r\t/é""#),
      (.text("\u{1B}\u{9B}\u{202E}\u{FEFF}"), #""\u001b\u009b\u202e\ufeff""#),
      (.json(#"{"a":[1,2]}"#), #"{"a":[1,2]}"#), (.json("[1,\n\t2]"), "[1,  2]"),
      (.json("[\"\u{202E}\"]"), #"["\u202e"]"#), (.time(0), #""1970-01-01T00:00:00Z""#),
      (.time(1_500_000), #""1970-01-01T00:00:00.0015Z""#),
    ] as [(ResultValue, String)])
  func writes(_ value: ResultValue, _ text: String) throws {
    #expect(try captured { JSONNode.value(value).write(to: &$0) } == text)
  }

  @Test("objects keep the order of their keys")
  func keepsOrder() throws {
    let node = JSONNode.object([
      ("b", .int(1)), ("a", .array([.text("x"), .null])), ("c", .object([])), ("d", .array([])),
    ])
    #expect(try captured { node.write(to: &$0) } == #"{"b":1,"a":["x",null],"c":{},"d":[]}"#)
  }

  @Test("every scalar survives a parser")
  func survivesAParser() throws {
    for start in stride(from: UInt32(0), to: 0x3000, by: 64) {
      let scalars = (start..<start + 64).compactMap(Unicode.Scalar.init)
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      let json = try captured { JSONNode.array([.text(text)]).write(to: &$0) }
      let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String]
      #expect(parsed?.first.map { Array($0.unicodeScalars) } == scalars)
    }
  }
}
