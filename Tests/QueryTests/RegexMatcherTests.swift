// Patterns against what they must find, and against a walk of all ways on random patterns.

import TestSupport
import Testing

@testable import Query

@Suite("Regular expressions") struct RegexMatcherTests {
  /// The text of the first match and of its groups; nil when there is none.
  static func find(_ pattern: String, _ text: String) throws -> [String]? {
    let bytes = Array(text.utf8)
    let matcher = try RegexMatcher(Array(pattern.utf8))
    return matcher.firstMatch(in: bytes).map { match in
      stride(from: 0, to: match.count, by: 2).map { index in
        match[index] < 0
          ? "-" : String(decoding: bytes[match[index]..<match[index + 1]], as: UTF8.self)
      }
    }
  }

  @Test(
    "find the preferred match",
    arguments: [
      ("a|ab", "ab", ["a"]), ("(a|ab)(c|bcd)", "abcd", ["abcd", "a", "bcd"]),
      ("a*?b", "aab", ["aab"]), ("(a*)(a?)", "aa", ["aa", "aa", ""]), ("x?", "abc", [""]),
      ("[^a-c]+", "abcxyz", ["xyz"]), ("ü+", "grüün", ["üü"]), ("gr.n", "grün", ["grün"]),
      ("(?i)ÄB", "xäb", ["äb"]), ("\\bfoo\\b", "a foo b", ["foo"]),
      ("(a)|(b)", "b", ["b", "-", "b"]),
      ("a{2,3}", "aaaa", ["aaa"]), ("^$", "", [""]),
      ("(?P<year>\\d{4})", "in 2026", ["2026", "2026"]),
      ("\\Qa.b\\E", "axb a.b", ["a.b"]), ("[\\d.]+", "v1.2", ["1.2"]), ("$", "ab", [""]),
    ])
  func preferred(_ pattern: String, _ text: String, _ expected: [String]) throws {
    #expect(try Self.find(pattern, text) == expected)
  }

  @Test(
    "refuse what is no pattern", arguments: ["(", ")", "[a", "a**", "*", "\\", "a{2000}", "(?=a)"])
  func refused(_ pattern: String) {
    #expect(throws: RegexProblem.self) { try RegexMatcher(Array(pattern.utf8)) }
  }

  @Test("take no exponential time") func isLinear() throws {
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 2_000)
    #expect(try RegexMatcher(Array("(a*)*(a|aa)+(a?){30}b".utf8)).firstMatch(in: text) == nil)
  }

  /// Whether `pattern`, of letters, points, stars and bars, matches all of `text`.
  static func naive(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
    if let bar = pattern.firstIndex(of: "|") {
      return naive(pattern[..<bar], text) || naive(pattern[(bar + 1)...], text)
    }
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    let fits = text.first.map { first == "." || first == $0 } ?? false
    if rest.first == "*" {
      return naive(rest.dropFirst(), text) || fits && naive(pattern, text.dropFirst())
    }
    return fits && naive(rest, text.dropFirst())
  }

  @Test("agree with a walk of all ways", arguments: 0..<300 as Range<UInt64>)
  func twins(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var pattern = ""
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      pattern += ["a", "b", ".", "a*", "b*", ".*", "|"].randomElement(using: &random) ?? ""
    }
    let matcher = try RegexMatcher(Array("^(?:\(pattern))$".utf8))
    for _ in 0..<20 {
      let length = Int.random(in: 0...6, using: &random)
      let text = String((0..<length).map { _ in Bool.random(using: &random) ? "a" : "b" })
      let expected = Self.naive(Array(pattern)[...], Array(text)[...])
      #expect(matcher.matches(Array(text.utf8)) == expected, "seed \(seed): \(pattern) on \(text)")
    }
  }
}
