// Hidden fields: against a slow twin that hides them in a tree, and by looking for what leaked.

import EvtCore
import TestSupport
import Testing

@testable import Ingest

/// A JSON value, the members of objects in their order.
private indirect enum SecretTree {
  case object([(key: String, value: SecretTree)])
  case array([SecretTree])
  case text(String)
  /// A text that holds JSON.
  case embedded(SecretTree)
  /// A number or a word.
  case scalar(String)

  var json: String {
    switch self {
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ",") + "}"
    case .array(let elements): "[" + elements.map(\.json).joined(separator: ",") + "]"
    case .text(let text): Self.quoted(text)
    case .embedded(let tree): Self.quoted(tree.json)
    case .scalar(let lexeme): lexeme
    }
  }

  private static func quoted(_ text: String) -> String {
    "\""
      + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n") + "\""
  }

  /// What is hashed of a value.
  var text: String {
    switch self {
    case .text(let text): text
    case .embedded(let tree): tree.json
    case .object, .array, .scalar: json
    }
  }
}

/// The slow twin: for each value it looks at all rules anew.
private struct HidingTwin {
  var rules: [(path: [String], action: FieldTransforms.Action)]

  func hide(_ tree: SecretTree, at path: [String] = [], acting: FieldTransforms.Action? = nil)
    -> SecretTree?
  {
    let isLookedInto = rules.contains { $0.path.count > path.count && $0.path.starts(with: path) }
    switch tree {
    case .scalar("null"): return tree
    case .object(let members):
      return .object(
        members.compactMap { member in
          let inner = path + [member.key]
          let own = rules.filter { $0.path == inner }.map(\.action).max()
          let action = [own, acting].compactMap { $0 }.max()
          guard action != .drop else { return nil }
          return hide(member.value, at: inner, acting: action).map { (member.key, $0) }
        })
    case .array(let elements):
      if let acting { return act(acting, tree) }
      return .array(elements.map { hide($0, at: path) ?? .scalar("null") })
    case .embedded(let inner):
      if let acting { return act(acting, tree) }
      return isLookedInto ? hide(inner, at: path).map { .embedded($0) } : tree
    case .text, .scalar:
      return acting.map { act($0, tree) } ?? tree
    }
  }

  private func act(_ action: FieldTransforms.Action, _ tree: SecretTree) -> SecretTree? {
    switch action {
    case .drop: return nil
    case .hash:
      if case .text("") = tree { return tree }
      let code = KeyedHash(key: Array("key".utf8)).code(of: Array(tree.text.utf8).span)
      return .text(code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    case .truncateIP:
      guard case .text(let text) = tree else { return nil }
      return Array(text.utf8).withUnsafeBufferPointer { NetworkAddress.network(of: $0) }
        .map { .text($0) }
    }
  }
}

/// Random trees over few keys, so that rules meet them, with secrets in all leaves.
private struct RandomTree {
  var random: SeededGenerator
  private(set) var secrets: [String] = []

  static let keys = ["a", "b", "c", "properties", "x.y"]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func tree(depth: Int = 0) -> SecretTree {
    switch random.below(depth > 9 ? 6 : 12) {
    case 0: return .scalar(random.pick(["null", "true", "false"]))
    case 1: return .scalar(random.pick(["0", "-1.50", "12345678901234567890", "1e3"]))
    case 2: return .text(random.pick(["", "{", "[1", "10.0.0.\(random.below(256))", "ü\n\"\\"]))
    case 3, 4, 5:
      secrets.append("secret-\(secrets.count)-\(random.below(1_000_000))")
      return .text(secrets[secrets.count - 1])
    case 6, 7: return .array((0..<random.below(3)).map { _ in tree(depth: depth + 1) })
    case 8 where depth < 9: return .embedded(object(depth: depth + 1))
    default: return object(depth: depth + 1)
    }
  }

  /// Now and then a key is repeated.
  mutating func object(depth: Int) -> SecretTree {
    .object((0..<random.below(5)).map { _ in (random.pick(Self.keys), tree(depth: depth)) })
  }
}

@Suite("Hidden fields")
struct EventRewriterTests {
  private static let head = "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"d\":"

  private static func options(_ transforms: FieldTransforms) -> IngestOptions {
    var options = testOptions()
    options.mapping = .preset("evt")
    options.transforms = transforms
    return options
  }

  private static func transforms(
    hash: [String] = [], drop: [String] = [], truncateIP: [String] = []
  ) throws -> FieldTransforms {
    try FieldTransforms(set: [], hash: hash, drop: drop, truncateIP: truncateIP, key: "key")
  }

  /// Texts that look like JSON but are none are dropped where a rule would have looked into them;
  /// the twin leaves them out of its trees.
  private static func isOdd(_ tree: SecretTree) -> Bool {
    switch tree {
    case .object(let members): members.contains { isOdd($0.value) }
    case .array(let elements): elements.contains(where: isOdd)
    case .embedded(let inner): isOdd(inner) || holdsEmbedded(inner)
    case .text(let text): text.first.map { "{[".contains($0) } ?? false
    case .scalar: false
    }
  }

  private static func holdsEmbedded(_ tree: SecretTree) -> Bool {
    switch tree {
    case .object(let members): members.contains { holdsEmbedded($0.value) }
    case .array(let elements): elements.contains(where: holdsEmbedded)
    case .embedded: true
    case .text, .scalar: false
    }
  }

  /// Rules by random paths below `d`.
  private static func rules(
    _ random: inout SeededGenerator
  ) -> [(path: [String], action: FieldTransforms.Action)] {
    var rules: [(path: [String], action: FieldTransforms.Action)] = []
    for _ in 0..<1 + random.below(4) {
      let path = ["d"] + (0..<random.below(4)).map { _ in random.pick(RandomTree.keys) }
      if rules.contains(where: { $0.path == path }) { continue }
      rules.append((path, random.pick([.hash, .drop, .truncateIP])))
    }
    return rules
  }

  private static func transforms(
    _ rules: [(path: [String], action: FieldTransforms.Action)]
  ) throws -> FieldTransforms {
    func fields(_ action: FieldTransforms.Action) -> [String] {
      rules.filter { $0.action == action }.map { rule in
        rule.path.map { $0.contains(".") ? "`\($0)`" : $0 }.joined(separator: ".")
      }
    }
    return try transforms(
      hash: fields(.hash), drop: fields(.drop), truncateIP: fields(.truncateIP))
  }

  @Test("fields are hidden as the slow twin hides them", arguments: 1...400)
  func twin(seed: Int) throws {
    var trees = RandomTree(seed: UInt64(seed))
    var random = SeededGenerator(seed: UInt64(seed) &+ 1_000_000)
    let rules = Self.rules(&random)
    let twin = HidingTwin(rules: rules)
    for _ in 0..<5 {
      let tree = SecretTree.object([
        ("event", .text("e")), ("timestamp", .text("2026-01-01")), ("d", trees.tree()),
      ])
      guard !Self.isOdd(tree), let expected = twin.hide(tree) else { continue }
      let hidden = try ingest(tree.json, options: Self.options(Self.transforms(rules)))
      let plain = try ingest(expected.json, options: Self.options(FieldTransforms()))
      #expect(hidden.rows == plain.rows, "seed \(seed): \(rules) on \(tree.json)")
    }
  }

  /// All that is below `d` is hidden, so that every secret in rows or rejects has leaked. Damaged
  /// lines are among them.
  @Test("nothing leaks, wherever it stood and whatever is wrong with the event", arguments: 1...100)
  func leaks(seed: Int) throws {
    var trees = RandomTree(seed: UInt64(seed))
    var random = SeededGenerator(seed: UInt64(seed) &+ 2_000_000)
    var text = Self.head + "1}\n"
    for _ in 0..<30 {
      var event = Self.head + trees.tree().json + "}"
      switch random.below(5) {
      case 0: event = String(event.dropLast(1 + random.below(event.count / 2)))
      case 1: event = event.replacing("\"event\"", with: "\"evnt\"")
      case 2: event += " " + event + random.pick(["", "x", "{", "{\"d\":\"secret-0-0\""])
      default: break
      }
      text += event + random.pick(["\n", "\r\n", "\n\n"])
    }
    let action = random.pick(["hash", "drop", "truncate"])
    let transforms = try Self.transforms(
      hash: action == "hash" ? ["d"] : [], drop: action == "drop" ? ["d"] : [],
      truncateIP: action == "truncate" ? ["d"] : [])
    let array = "[" + text.split(separator: "\n").joined(separator: ",") + "]"
    for input in [text, array] {
      let outcome = try ingest(input, options: Self.options(transforms))
      #expect(!outcome.rows.isEmpty)
      for line in outcome.rows + outcome.rejects {
        #expect(!line.contains("secret-"), "seed \(seed), \(action): \(line)")
      }
    }
  }

  @Test("a rejected event keeps what may be kept; one that cannot be read keeps nothing")
  func rejects() throws {
    let options = Self.options(try Self.transforms(drop: ["d"]))
    let good = Self.head + "1}\n"
    let outcome = try ingest(
      good + "{\"evnt\":\"e\",\"d\":\"secret\",\"k\":[1, 2]}\n{\"event\":\"e\",\"d\":\"secret\n",
      options: options)
    #expect(outcome.rejects.count == 2)
    #expect(
      outcome.rejects.first?.hasSuffix(
        "\"reason\":\"no event name\",\"text\":\"{\\\"evnt\\\":\\\"e\\\",\\\"k\\\":[1, 2]}\"}\n")
        == true)
    let withheld = try #require(outcome.rejects.last)
    #expect(!withheld.contains("text") || withheld.contains("in a text"))
    #expect(withheld.contains("\"length\":24,\"hash\":\""))
    #expect(withheld.hasSuffix("\",\"withheld\":true}\n"))
    #expect(withheld.contains("\"line\":3,\"column\":"))
  }

  @Test("broken JSON in a text is taken out where a field would have to be found in it")
  func brokenTexts() throws {
    let options = Self.options(try Self.transforms(drop: ["d.a"]))
    for broken in ["{", "[1", " {\\\"a\\\":1} x", "{\\\"b\\\":\\\"{\\\\\\\"a\\\\\\\":1}\\\"}"] {
      let outcome = try ingest(Self.head + "\"\(broken)\"}", options: options)
      let isWhole = broken.hasPrefix("{\\")
      #expect(
        outcome.rows == [
          "0 2026-01-01T00:00:00Z @event=text:e"
            + (isWhole ? " d=text:{\"b\":\"{\\\"a\\\":1}\"}" : "")
        ])
      #expect(
        outcome.report.warnings
          == (isWhole
            ? ["--drop d.a: no event has this field; paths are whole, as in properties.email"]
            : ["--drop d.a: values taken out that are broken JSON: 1"]))
    }
  }

  @Test("a text that is JSON more than once is taken out like a broken one")
  func twiceQuoted() throws {
    let options = Self.options(try Self.transforms(drop: ["d.a"]))
    let value = #""\"{\\\"a\\\":\\\"secret\\\"}\"""#
    let outcome = try ingest(Self.head + "\(value)}", options: options)
    #expect(outcome.rows == ["0 2026-01-01T00:00:00Z @event=text:e"])
    #expect(
      outcome.report.warnings == ["--drop d.a: values taken out that are broken JSON: 1"])
  }

  @Test(
    "what stands where a list of parameters should is taken out when one of them is to be hidden",
    arguments: ["event_params", "user_properties"],
    [
      #"{"email":"secret"}"#, #""[{\"key\":\"email\",\"value\":\"secret\"}]""#,
      #"[{"name":"email","value":"secret"}]"#, #""secret""#,
    ])
  func unliftable(key: String, value: String) throws {
    let target = key == "event_params" ? "params" : key
    var options = Self.options(try Self.transforms(drop: ["\(target).email"]))
    options.mapping = .preset("ga4")
    let outcome = try ingest(
      "{\"event_name\":\"e\",\"event_timestamp\":1767225600000000,\"\(key)\":\(value)}",
      options: options)
    #expect(outcome.rows.count == 1 && outcome.rejects.isEmpty)
    #expect(!outcome.rows.joined().contains("secret"))
    #expect(outcome.report.warnings.count == (value.hasPrefix("{") && key == target ? 0 : 1))
  }
}
