// The functions of regular expressions. Patterns are constant, so that they are compiled once.

extension FunctionDefinition {
  static let patterns: [FunctionDefinition] = [
    pattern("match", "REGEXP_MATCHES", takes: [.text, .text], gives: .bool) { matcher, arguments in
      .bool(matcher.matches(arguments[0]))
    },
    pattern("extract", takes: [.text, .text], gives: .text) { matcher, arguments in
      guard let match = matcher.firstMatch(in: arguments[0]) else { return .text([]) }
      return .text(slice(arguments[0], match, matcher.groupCount > 0 ? 1 : 0))
    },
    pattern("extractAll", takes: [.text, .text], gives: .array) { matcher, arguments in
      let group = matcher.groupCount > 0 ? 1 : 0
      return .array(
        matcher.matches(in: arguments[0]).map { .text(slice(arguments[0], $0, group)) })
    }
    .givingItems { _ in .text },
    pattern("extractGroups", takes: [.text, .text], gives: .array) { matcher, arguments in
      guard let match = matcher.firstMatch(in: arguments[0]), matcher.groupCount > 0 else {
        return .array([])
      }
      return .array((1...matcher.groupCount).map { .text(slice(arguments[0], match, $0)) })
    }
    .givingItems { _ in .text },
    pattern("countMatches", takes: [.text, .text], gives: .number) { matcher, arguments in
      .int(Int64(matcher.matches(in: arguments[0]).count { $0[1] > $0[0] }))
    },
    pattern("replaceRegexpAll", "REGEXP_REPLACE", takes: [.text, .text, .text], gives: .text) {
      $1[1].isEmpty ? .text($1[0]) : .text(replace($1[0], $0.matches(in: $1[0]), $1[2]))
    },
    pattern("replaceRegexpOne", takes: [.text, .text, .text], gives: .text) {
      .text(replace($1[0], $0.matches(in: $1[0], limit: 1), $1[2]))
    },
    pattern("splitByRegexp", takes: [.text, .text], gives: .array, place: 0) { matcher, arguments in
      let text = arguments[1]
      if arguments[0].isEmpty {
        return .array(TextFunctions.characters(text).map { .text($0) })
      }
      var pieces: [Value] = []
      var start = 0
      for match in matcher.matches(in: text) where match[1] > match[0] {
        pieces.append(.text(Array(text[start..<match[0]])))
        start = match[1]
      }
      return .array(pieces + [.text(Array(text[start...]))])
    }
    .givingItems { _ in .text },
  ]

  private static func pattern(
    _ name: String, _ synonym: String? = nil, takes parameters: [ValueFamilies],
    gives families: ValueFamilies, place: Int = 1,
    _ body: @escaping @Sendable (RegexMatcher, [[UInt8]]) -> Value
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: parameters, gives: families
    ) { context throws(CallProblem) in
      guard let pattern = context.constant(place)?.textBytes else {
        throw CallProblem(
          argument: place, message: "the pattern of \(name) must be a constant text")
      }
      let matcher: RegexMatcher
      do throws(RegexProblem) {
        matcher = try RegexMatcher(pattern)
      } catch {
        throw CallProblem(argument: place, message: "the pattern is not one: \(error.message)")
      }
      return { body(matcher, $0.map { $0.textBytes ?? [] }) }
    }
    if let synonym { function.synonyms = [synonym, synonym.lowercased()] }
    return function
  }

  private static func slice(_ text: [UInt8], _ match: [Int], _ group: Int) -> [UInt8] {
    let (start, end) = (match[2 * group], match[2 * group + 1])
    return start >= 0 && end >= start ? Array(text[start..<end]) : []
  }

  /// `text` with the matches replaced; \0 to \9 stand for groups.
  private static func replace(
    _ text: [UInt8], _ matches: [[Int]], _ replacement: [UInt8]
  ) -> [UInt8] {
    var out: [UInt8] = []
    var start = 0
    for match in matches {
      out += text[start..<match[0]]
      var index = 0
      while index < replacement.count {
        let byte = replacement[index]
        index += 1
        guard byte == UInt8(ascii: "\\"), index < replacement.count else {
          out.append(byte)
          continue
        }
        let next = replacement[index]
        index += 1
        if (0x30...0x39).contains(next) {
          let group = Int(next - 0x30)
          if 2 * group + 1 < match.count { out += slice(text, match, group) }
        } else {
          out.append(next)
        }
      }
      start = match[1]
    }
    return out + text[start...]
  }
}
