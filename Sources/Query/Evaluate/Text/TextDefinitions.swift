// The functions that make texts of texts.

extension FunctionDefinition {
  static let text: [FunctionDefinition] = [
    map("lower", "lcase") { TextFunctions.mapASCII($0, 0x41...0x5A) },
    map("upper", "ucase") { TextFunctions.mapASCII($0, 0x61...0x7A) },
    map("lowerUTF8") { TextFunctions.mapUnicode($0) { $0.lowercased() } },
    map("upperUTF8") { TextFunctions.mapUnicode($0) { $0.uppercased() } },
    map("reverse") { $0.reversed() },
    map("reverseUTF8") { Array(TextFunctions.characters($0).reversed().joined()) },
    FunctionDefinition("length", "octet_length", takes: [.sized], gives: .number) { arguments in
      if case .text(let text) = arguments[0] { return .int(Int64(text.count)) }
      return arguments[0].items.map { .int(Int64($0.count)) } ?? .null
    },
    FunctionDefinition(
      "lengthUTF8", "char_length", "character_length", takes: [.text], gives: .number
    ) { .int(Int64(TextFunctions.characters($0[0].textBytes ?? []).count)) },
    FunctionDefinition("empty", takes: [.sized], gives: .bool) { isEmpty($0[0]) },
    FunctionDefinition("notEmpty", takes: [.sized], gives: .bool) { arguments in
      isEmpty(arguments[0]).truth.map { .bool(!$0) } ?? .null
    },
    FunctionDefinition("concat", takes: [.any], arity: 1...999, gives: .text) { arguments in
      if arguments.allSatisfy({ $0.family == .array || $0.family == .json }), arguments.count > 0 {
        return .array(arguments.flatMap { $0.items ?? [] })
      }
      return .text(arguments.flatMap { ValueText.shown($0) })
    }
    .giving { $0.allSatisfy { $0.families == .array } && !$0.isEmpty ? .array : .text },
    FunctionDefinition(
      "concatWithSeparator", "concat_ws", takes: [.text, .any], arity: 1...999, gives: .text
    ) { arguments in
      .text(
        Array(
          arguments.dropFirst().map { ValueText.shown($0) }.joined(
            separator: separator(arguments[0]))))
    },
    FunctionDefinition(
      "format", takes: [.text, .any], arity: 1...999, gives: .text
    ) { formatted($0[0].textBytes ?? [], $0.dropFirst().map { ValueText.shown($0) }) },
    FunctionDefinition(
      "substring", "substr", "mid", takes: [.text, .number], arity: 2...3, gives: .text
    ) { cut($0, { $0 }, { $0 }) },
    FunctionDefinition(
      "substringUTF8", takes: [.text, .number], arity: 2...3, gives: .text
    ) { cut($0, TextFunctions.characters) { Array($0.joined()) } },
    FunctionDefinition("left", takes: [.text, .number], gives: .text) { arguments in
      guard let text = arguments[0].textBytes, let count = arguments[1].integer else {
        return .null
      }
      return .text(TextFunctions.substring(text, offset: 1, length: count))
    },
    FunctionDefinition("right", takes: [.text, .number], gives: .text) { arguments in
      guard let text = arguments[0].textBytes, let count = arguments[1].integer else {
        return .null
      }
      if count >= 0 { return .text(Array(text.suffix(Int(min(count, TextFunctions.padMax))))) }
      return .text(
        Array(text.dropFirst(Int(min(-max(count, -TextFunctions.padMax), TextFunctions.padMax)))))
    },
    FunctionDefinition("repeat", takes: [.text, .number], gives: .text, nulls: .partial) {
      guard let text = $0[0].textBytes, let count = $0[1].integer else { return .null }
      guard count > 0 else { return .text([]) }
      let (length, overflow) = Int64(text.count).multipliedReportingOverflow(by: count)
      guard !overflow, length <= TextFunctions.padMax else { return .null }
      return .text(text.isEmpty ? [] : (0..<Int(count)).flatMap { _ in text })
    },
    pad("leftPad", "lpad", left: true), pad("rightPad", "rpad", left: false),
    trim("trimLeft", "ltrim", left: true, right: false),
    trim("trimRight", "rtrim", left: false, right: true),
    trim("trimBoth", "trim", left: true, right: true),
    FunctionDefinition(
      "replaceAll", "replace", takes: [.text, .text, .text], gives: .text
    ) { replaced($0, all: true) },
    FunctionDefinition("replaceOne", takes: [.text, .text, .text], gives: .text) {
      replaced($0, all: false)
    },
    FunctionDefinition("ascii", takes: [.text], gives: .number) { arguments in
      .int(Int64(Int8(bitPattern: arguments[0].textBytes?.first ?? 0)))
    },
    FunctionDefinition("char", takes: [.number], arity: 1...999, gives: .text) { arguments in
      .text(arguments.map { UInt8(truncatingIfNeeded: $0.integer ?? 0) })
    },
  ]

  private static func map(
    _ name: String, _ synonym: String? = nil, _ body: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> FunctionDefinition {
    var function = FunctionDefinition(name, takes: [.text], gives: .text) { arguments in
      arguments[0].textBytes.map { .text(body($0)) } ?? .null
    }
    if let synonym { function.synonyms = [synonym] }
    return function
  }

  private static func isEmpty(_ value: Value) -> Value {
    if case .text(let text) = value { return .bool(text.isEmpty) }
    return value.items.map { .bool($0.isEmpty) } ?? .null
  }

  private static func separator(_ value: Value) -> [UInt8] { value.textBytes ?? [] }

  private static func cut<Text: RangeReplaceableCollection>(
    _ arguments: [Value], _ take: ([UInt8]) -> Text, _ give: (Text) -> [UInt8]
  ) -> Value {
    guard let text = arguments[0].textBytes, let offset = arguments[1].integer else { return .null }
    var length: Int64?
    if arguments.count > 2 {
      guard let given = arguments[2].integer else { return .null }
      length = given
    }
    return .text(give(TextFunctions.substring(take(text), offset: offset, length: length)))
  }

  private static func pad(_ name: String, _ synonym: String, left: Bool) -> FunctionDefinition {
    FunctionDefinition(
      name, synonym, takes: [.text, .number, .text], arity: 2...3, gives: .text, nulls: .partial
    ) { arguments in
      guard let text = arguments[0].textBytes, let length = arguments[1].integer else {
        return .null
      }
      let filler = arguments.count > 2 ? arguments[2].textBytes ?? [] : [0x20]
      return TextFunctions.pad(text, length, filler, left: left).map { .text($0) } ?? .null
    }
  }

  private static func trim(
    _ name: String, _ synonym: String, left: Bool, right: Bool
  ) -> FunctionDefinition {
    FunctionDefinition(name, synonym, takes: [.text, .text], arity: 1...2, gives: .text) {
      let set = $0.count > 1 ? $0[1].textBytes ?? [] : [0x20]
      return $0[0].textBytes.map {
        .text(TextFunctions.trim($0, set, left: left, right: right))
      } ?? .null
    }
  }

  private static func replaced(_ arguments: [Value], all: Bool) -> Value {
    guard let text = arguments[0].textBytes, let needle = arguments[1].textBytes,
      let replacement = arguments[2].textBytes
    else { return .null }
    return .text(TextFunctions.replace(text, needle, replacement, all: all))
  }

  /// Puts the values into the places `{}` or `{0}` of the pattern; null when it has others.
  private static func formatted(_ pattern: [UInt8], _ values: [[UInt8]]) -> Value {
    var out: [UInt8] = []
    var next = 0
    var index = 0
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    while index < pattern.count {
      let byte = pattern[index]
      index += 1
      guard byte == open || byte == close else {
        out.append(byte)
        continue
      }
      if index < pattern.count, pattern[index] == byte {
        out.append(byte)
        index += 1
        continue
      }
      guard byte == open, let end = pattern[index...].firstIndex(of: close) else { return .null }
      let digits = String(decoding: pattern[index..<end], as: UTF8.self)
      guard let place = digits.isEmpty ? next : Int(digits), values.indices.contains(place) else {
        return .null
      }
      out += values[place]
      next += 1
      index = end + 1
    }
    return .text(out)
  }
}

extension ValueFamilies {
  /// What has a length.
  static let sized: ValueFamilies = [.text, .array, .json]
  /// What is an array, or may be one as JSON.
  static let list: ValueFamilies = [.array, .json]
}
