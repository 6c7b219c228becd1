// Tests of YAMLReader: values with their places, and files that are meant to hurt.

import Testing

@testable import EvtCLI

@Suite("YAML reader")
struct YAMLReaderTests {
  private static func read(_ text: String) throws -> ConfigNode {
    try YAMLReader.read(ConfigSource(path: "f.yaml", text: text))
  }

  /// The value as text, for comparing; plain texts bare, others in quotes.
  private static func shown(_ node: ConfigNode) -> String {
    switch node.value {
    case .text(let text, let isPlain): isPlain ? text : "'\(text)'"
    case .list(let nodes): "[" + nodes.map(shown).joined(separator: ",") + "]"
    case .map(let members):
      "{" + members.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
    }
  }

  private static func failure(_ text: String) -> ConfigError? {
    do {
      _ = try read(text)
      return nil
    } catch let error as ConfigError {
      return error
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test(
    "values keep their texts, and whether they were quoted",
    arguments: [
      ("a: 1h", "{a:1h}"), ("a: \"1\"", "{a:'1'}"), ("a: '*'", "{a:'*'}"),
      ("- x\n- 'a *b'\n- a *b *c\n- 2 * 3\n- 2 *3", "[x,'a *b',a *b *c,2 * 3,2 *3]"),
      ("{a: [b, {c: d}], e: }", "{a:[b,{c:d}],e:}"), ("a: |\n  x *y\n  z", "{a:'x *y\nz'}"),
      ("\"k\": ~", "{k:~}"), ("a: !!int \"3\"", "{a:'3'}"), ("a: 日本 *x", "{a:日本 *x}"),
      ("a: \u{E000} *x", "{a:\u{E000} *x}"), ("a: \"\\u00e9\\n\"", "{a:'é\n'}"),
    ])
  func values(_ text: String, _ expected: String) throws {
    #expect(Self.shown(try Self.read(text)) == expected)
  }

  @Test("anchors and aliases stand for their values")
  func aliases() throws {
    let text = "a: &x [1, 2]\nb: *x\nc: {d: *x, e: &x y}\nf: *x\n'*x': '*x'"
    #expect(Self.shown(try Self.read(text)) == "{a:[1,2],b:[1,2],c:{d:[1,2],e:y},f:y,*x:'*x'}")
    #expect(Self.failure("a: *x")?.message == "f.yaml:1:4: there is no anchor for the alias *x")
    #expect(Self.failure("a: &x [*x]")?.message.contains("no anchor") == true)
    #expect(Self.failure("event: *")?.help?.contains("need quotes") == true)
  }

  @Test("places are lines and columns in characters")
  func places() throws {
    let node = try Self.read("é: ü\nlist:\n  - \"日\"\n  - {k: v}\n")
    guard case .map(let members) = node.value, case .list(let items) = members[1].value.value,
      case .map(let inner) = items[1].value
    else {
      Issue.record("another shape")
      return
    }
    #expect(members[0].value.place == ConfigPlace(line: 1, column: 4, length: 1))
    #expect(items[0].place == ConfigPlace(line: 3, column: 5, length: 3))
    #expect(inner[0].keyPlace == ConfigPlace(line: 4, column: 6, length: 1))
    #expect(inner[0].value.place == ConfigPlace(line: 4, column: 9, length: 1))
  }

  @Test("a few lines that would unfold to billions are refused at once")
  func laughs() throws {
    func laughs(_ levels: Int, asKeys: Bool) -> String {
      var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
      for level in 1...levels {
        let inner = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
        text += "a\(level): &a\(level) [\(inner)]\n"
      }
      return asKeys ? text + "? *a\(levels)\n: 1\n? [*a\(levels)]\n: 2\n" : text
    }
    #expect(Self.failure(laughs(30, asKeys: false))?.message.contains("unfolds") == true)
    #expect(Self.failure(laughs(30, asKeys: true)) != nil)
    #expect(Self.failure(laughs(2, asKeys: true))?.message.contains("a key must be") == true)
  }

  @Test(
    "deep nesting is refused, however it is written",
    arguments: [
      String(repeating: "[", count: 500_000), String(repeating: "{a: ", count: 200_000),
      String(repeating: "[", count: 4_900),
      String(repeating: "[", count: 4_900)
        + String(repeating: "]", count: 4_900),
      String(repeating: "- ", count: 400_000) + "x", String(repeating: "- ", count: 90) + "x",
      String(repeating: "? ", count: 90) + "x", String(repeating: "? - ", count: 100_000) + "x",
      (0..<90).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      (0..<900).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      "[\"]\", " + String(repeating: "[\"]\", ", count: 100_000),
    ])
  func depth(_ text: String) {
    #expect(Self.failure(text) != nil)
  }

  @Test(
    "what is no YAML is refused with its place",
    arguments: [
      ("a: [", "f.yaml:2:1: "), ("a: b: c", "f.yaml:1:5: "), ("a: 'x", "f.yaml:1:6: "),
      ("a: 1\na: 2", "f.yaml:1:1: duplicate key \"a\""), ("", "f.yaml: it is empty"),
      ("a: 1\n---\nb: 2", "f.yaml:2:1: "), ("\ta: 1", "f.yaml:1:1: "), ("a: \u{1}", "f.yaml: "),
      ("? [a]\n: b", "f.yaml:1:3: a key must be a text"), ("{a: {b: 1, b: 2}}", "f.yaml:1:6: "),
    ])
  func refused(_ text: String, _ beginning: String) {
    let message = Self.failure(text)?.message ?? "nothing"
    #expect(message.hasPrefix(beginning), "\(message)")
  }

  @Test("a line that may hold the address of a webhook is not shown")
  func secretLines() {
    let source = ConfigSource(path: "f", text: "a: b\nurl: https://hooks.example/T0P")
    #expect(source.error(at: ConfigPlace(line: 2, column: 6), "x").excerpt == nil)
    #expect(source.error(at: ConfigPlace(line: 1, column: 4), "x").excerpt == "a: b\n   ^")
    #expect(source.error(at: ConfigPlace(line: 9, column: 1), "x").excerpt == nil)
  }
}
