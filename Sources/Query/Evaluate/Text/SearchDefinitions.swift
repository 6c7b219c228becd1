// The functions that look for texts in texts, and cut texts where one stands.

extension FunctionDefinition {
  static let search: [FunctionDefinition] = [
    test("startsWith") { $0.starts(with: $1) },
    test("endsWith") { $0.suffix($1.count).elementsEqual($1) },
    position("position", foldsCase: false), position("positionCaseInsensitive", foldsCase: true),
    FunctionDefinition(
      "locate", takes: [.text, .text, .number], arity: 2...3, gives: .number
    ) { place([$0[1], $0[0]] + $0.dropFirst(2), foldsCase: false) },
    FunctionDefinition("countSubstrings", takes: [.text, .text], gives: .number) { arguments in
      guard let text = arguments[0].textBytes, let needle = arguments[1].textBytes,
        !needle.isEmpty
      else { return .int(0) }
      return .int(Int64(TextFunctions.split(text, by: needle).count - 1))
    },
    FunctionDefinition("multiSearchAny", takes: [.text, .list], gives: .bool) { arguments in
      guard let text = arguments[0].textBytes, let needles = arguments[1].items else {
        return .null
      }
      return .bool(
        needles.contains { TextFunctions.place(of: $0.textBytes ?? [], in: text) != nil })
    },
    split("splitByChar"), split("splitByString"),
    FunctionDefinition("alphaTokens", takes: [.text], gives: .array) { arguments in
      let words = (arguments[0].textBytes ?? []).split { !(0x41...0x5A).contains($0 & 0xDF) }
      return .array(words.map { .text(Array($0)) })
    }
    .givingItems { _ in .text },
    FunctionDefinition(
      "arrayStringConcat", takes: [.list, .text], arity: 1...2, gives: .text
    ) { arguments in
      guard let items = arguments[0].items else { return .null }
      let separator = arguments.count > 1 ? arguments[1].textBytes ?? [] : []
      let shown = items.filter { !$0.isNull }.map { ValueText.shown($0) }
      return .text(Array(shown.joined(separator: separator)))
    },
  ]

  private static func test(
    _ name: String, _ body: @escaping @Sendable ([UInt8], [UInt8]) -> Bool
  ) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.text, .text], gives: .bool) { arguments in
      guard let text = arguments[0].textBytes, let other = arguments[1].textBytes else {
        return .null
      }
      return .bool(body(text, other))
    }
  }

  private static func position(_ name: String, foldsCase: Bool) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.text, .text, .number], arity: 2...3, gives: .number) {
      place($0, foldsCase: foldsCase)
    }
  }

  /// Where the second text stands in the first, from 1; 0 when nowhere.
  private static func place(_ arguments: [Value], foldsCase: Bool) -> Value {
    guard var text = arguments[0].textBytes, var needle = arguments[1].textBytes else {
      return .null
    }
    if foldsCase {
      text = TextFunctions.mapASCII(text, 0x41...0x5A)
      needle = TextFunctions.mapASCII(needle, 0x41...0x5A)
    }
    var start: Int64 = 1
    if arguments.count > 2 {
      guard let given = arguments[2].integer else { return .null }
      start = max(given, 1)
    }
    guard start - 1 <= text.count else { return .int(0) }
    return .int(
      Int64(TextFunctions.place(of: needle, in: text, from: Int(start - 1)).map { $0 + 1 } ?? 0))
  }

  private static func split(_ name: String) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.text, .text, .number], arity: 2...3, gives: .array) {
      guard let separator = $0[0].textBytes, let text = $0[1].textBytes else { return .null }
      var pieces = TextFunctions.split(text, by: separator)
      if $0.count > 2, let limit = $0[2].integer, limit > 0, limit < pieces.count {
        pieces = Array(pieces.prefix(Int(limit)))
      }
      return .array(pieces.map { .text($0) })
    }
    .givingItems { _ in .text }
  }
}
