// Reads regular expressions in RE2's syntax.

/// Reads a pattern from left to right.
struct RegexParser {
  private let points: [UInt32]
  private var at = 0
  private(set) var groupCount = 0
  private var flags = Flags()
  private var depth = 0

  private struct Flags {
    var foldsCase = false
    /// As ClickHouse sets it: a point matches line feeds.
    var dotMatchesNewline = true
    var isMultiline = false
    var isUngreedy = false
  }

  /// Levels of parentheses.
  private static let depthMax = 200
  /// What RE2 allows as a number in `{n,m}`.
  private static let countMax = 1_000

  init(_ pattern: [UInt8]) {
    points = String(decoding: pattern, as: UTF8.self).unicodeScalars.map(\.value)
  }

  mutating func parse() throws(RegexProblem) -> RegexNode {
    let node = try choice()
    guard at == points.count else { throw RegexProblem(message: "unexpected )") }
    return node
  }

  private func peek(_ ahead: Int = 0) -> UnicodeScalar? {
    at + ahead < points.count ? UnicodeScalar(points[at + ahead]) : nil
  }

  private mutating func take(_ scalar: UnicodeScalar) -> Bool {
    guard peek() == scalar else { return false }
    at += 1
    return true
  }

  private mutating func choice() throws(RegexProblem) -> RegexNode {
    var nodes = [try sequence()]
    while take("|") { nodes.append(try sequence()) }
    return nodes.count == 1 ? nodes[0] : .choice(nodes)
  }

  private mutating func sequence() throws(RegexProblem) -> RegexNode {
    var nodes: [RegexNode] = []
    while let next = peek(), next != "|", next != ")" {
      nodes.append(try repeated(try atom(next)))
    }
    return .sequence(nodes)
  }

  private mutating func repeated(_ node: RegexNode) throws(RegexProblem) -> RegexNode {
    var node = node
    var isFirst = true
    while let next = peek() {
      let bounds: (Int, Int?)
      switch next {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        guard let counted = try counts() else { return node }
        bounds = counted
        at -= 1
      default: return node
      }
      guard isFirst else { throw RegexProblem(message: "a repetition of a repetition") }
      isFirst = false
      at += 1
      let isLazy = take("?")
      node = .repetition(node, bounds.0, bounds.1, isGreedy: isLazy == flags.isUngreedy)
    }
    return node
  }

  /// Reads `{2}`, `{2,}` or `{2,3}`; nil, reading nothing, for anything else.
  private mutating func counts() throws(RegexProblem) -> (Int, Int?)? {
    let start = at
    at += 1
    func fail() -> (Int, Int?)? { nil }
    guard let low = number() else {
      at = start
      return fail()
    }
    var high: Int? = low
    if take(",") { high = number() }
    guard take("}") else {
      at = start
      return fail()
    }
    guard low <= Self.countMax, high ?? 0 <= Self.countMax, high.map({ $0 >= low }) ?? true else {
      throw RegexProblem(message: "a count of repetitions beyond \(Self.countMax)")
    }
    return (low, high)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let next = peek(), ("0"..."9").contains(next), value ?? 0 < 100_000 {
      value = (value ?? 0) * 10 + Int(next.value - 0x30)
      at += 1
    }
    return value
  }

  private mutating func atom(_ next: UnicodeScalar) throws(RegexProblem) -> RegexNode {
    at += 1
    switch next {
    case "(": return try group()
    case "[": return .set(try set())
    case ".":
      return .set(flags.dotMatchesNewline ? RegexSet().inverted : RegexSet(0x0A...0x0A).inverted)
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "*", "+", "?": throw RegexProblem(message: "nothing before \(next)")
    case "\\": return try escape()
    default: return .set(folded(RegexSet(next.value...next.value)))
    }
  }

  private func folded(_ set: RegexSet) -> RegexSet { flags.foldsCase ? set.foldingCase : set }

  private mutating func group() throws(RegexProblem) -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw RegexProblem(message: "nested too deep") }
    let outer = flags
    var number: Int?
    if take("?") {
      if take("P") || peek() == "<" {
        guard take("<") else { throw RegexProblem(message: "a group (?P without name") }
        while let next = peek(), next != ">" { at += next == ")" ? points.count : 1 }
        guard take(">") else { throw RegexProblem(message: "a group's name without end") }
        groupCount += 1
        number = groupCount
      } else if try setFlags() {
        return .empty
      }
    } else {
      groupCount += 1
      number = groupCount
    }
    let node = try choice()
    guard take(")") else { throw RegexProblem(message: "a parenthesis is not closed") }
    flags = outer
    return number.map { .group($0, node) } ?? node
  }

  /// Reads `i-s:` or `i)`; true for the latter, which holds for what follows.
  private mutating func setFlags() throws(RegexProblem) -> Bool {
    var value = true
    while let next = peek() {
      at += 1
      switch next {
      case "i": flags.foldsCase = value
      case "s": flags.dotMatchesNewline = value
      case "m": flags.isMultiline = value
      case "U": flags.isUngreedy = value
      case "-": value = false
      case ":": return false
      case ")": return true
      default: throw RegexProblem(message: "(?\(next) is not supported")
      }
    }
    throw RegexProblem(message: "a parenthesis is not closed")
  }

  private mutating func escape() throws(RegexProblem) -> RegexNode {
    switch peek() {
    case "b":
      at += 1
      return .assertion(.wordBoundary)
    case "B":
      at += 1
      return .assertion(.noWordBoundary)
    case "A":
      at += 1
      return .assertion(.textStart)
    case "z":
      at += 1
      return .assertion(.textEnd)
    case "Q":
      at += 1
      var nodes: [RegexNode] = []
      while at < points.count, !(peek() == "\\" && peek(1) == "E") {
        nodes.append(.set(folded(RegexSet(points[at]...points[at]))))
        at += 1
      }
      at = min(at + 2, points.count)
      return .sequence(nodes)
    default:
      return .set(folded(try escapedSet()))
    }
  }

  /// What stands behind a backslash, as a set.
  private mutating func escapedSet() throws(RegexProblem) -> RegexSet {
    guard let next = peek() else { throw RegexProblem(message: "a backslash at the end") }
    at += 1
    func one(_ point: UInt32) -> RegexSet { RegexSet(point...point) }
    switch next {
    case "d": return .digit
    case "D": return RegexSet.digit.inverted
    case "w": return .word
    case "W": return RegexSet.word.inverted
    case "s": return .space
    case "S": return RegexSet.space.inverted
    case "n": return one(0x0A)
    case "r": return one(0x0D)
    case "t": return one(0x09)
    case "f": return one(0x0C)
    case "v": return one(0x0B)
    case "a": return one(0x07)
    case "x": return one(try hexadecimal())
    case "p", "P":
      let set = try property()
      return next == "P" ? set.inverted : set
    case _ where next.value < 0x80 && !RegexSet.word.ranges.contains { $0.contains(next.value) }:
      return one(next.value)
    default: throw RegexProblem(message: "\\\(next) has no meaning")
    }
  }

  private mutating func hexadecimal() throws(RegexProblem) -> UInt32 {
    var digits = ""
    if take("{") {
      while let next = peek(), next != "}" {
        digits.unicodeScalars.append(next)
        at += 1
      }
      at += 1
    } else {
      while digits.unicodeScalars.count < 2, let next = peek() {
        digits.unicodeScalars.append(next)
        at += 1
      }
    }
    guard let point = UInt32(digits, radix: 16), point <= RegexSet.pointMax else {
      throw RegexProblem(message: "\\x\(digits) is no character")
    }
    return point
  }

  /// The general categories that people use.
  private mutating func property() throws(RegexProblem) -> RegexSet {
    var name = ""
    if take("{") {
      while let next = peek(), next != "}" {
        name.unicodeScalars.append(next)
        at += 1
      }
      at += 1
    } else if let next = peek() {
      name.unicodeScalars.append(next)
      at += 1
    }
    let holds: (Unicode.Scalar.Properties) -> Bool
    switch name {
    case "L": holds = { $0.isAlphabetic && $0.numericType == nil }
    case "Lu": holds = { $0.generalCategory == .uppercaseLetter }
    case "Ll": holds = { $0.generalCategory == .lowercaseLetter }
    case "N": holds = { $0.numericType != nil }
    case "Nd": holds = { $0.generalCategory == .decimalNumber }
    default: throw RegexProblem(message: "\\p{\(name)} is not supported")
    }
    var set = RegexSet()
    for point in 0..<0x3_0000 as Range<UInt32> {
      if let scalar = UnicodeScalar(point), holds(scalar.properties) { set.insert(point...point) }
    }
    return set
  }

  /// Reads a class behind its bracket.
  private mutating func set() throws(RegexProblem) -> RegexSet {
    var set = RegexSet()
    let isInverted = take("^")
    var isFirst = true
    while let next = peek(), next != "]" || isFirst {
      isFirst = false
      if next == "[", peek(1) == ":" {
        set.formUnion(try posixClass())
        continue
      }
      let low = try member()
      if peek() == "-", let behind = peek(1), behind != "]" {
        at += 1
        let high = try member()
        guard let from = low.single, let to = high.single, from <= to else {
          throw RegexProblem(message: "a range in [] that has no order")
        }
        set.insert(from...to)
      } else {
        set.formUnion(low)
      }
    }
    guard take("]") else { throw RegexProblem(message: "a bracket is not closed") }
    set = folded(set)
    return isInverted ? set.inverted : set
  }

  private mutating func member() throws(RegexProblem) -> RegexSet {
    if take("\\") { return try escapedSet() }
    guard at < points.count else { throw RegexProblem(message: "a bracket is not closed") }
    at += 1
    return RegexSet(points[at - 1]...points[at - 1])
  }

  private mutating func posixClass() throws(RegexProblem) -> RegexSet {
    at += 2
    var name = ""
    while let next = peek(), next != ":" {
      name.unicodeScalars.append(next)
      at += 1
    }
    guard take(":"), take("]") else { throw RegexProblem(message: "[:\(name) has no end") }
    switch name {
    case "alpha": return RegexSet(0x41...0x5A, 0x61...0x7A)
    case "digit": return .digit
    case "alnum": return RegexSet(0x30...0x39, 0x41...0x5A, 0x61...0x7A)
    case "upper": return RegexSet(0x41...0x5A)
    case "lower": return RegexSet(0x61...0x7A)
    case "space": return RegexSet(0x09...0x0D, 0x20...0x20)
    case "punct": return RegexSet(0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E)
    case "word": return .word
    case "xdigit": return RegexSet(0x30...0x39, 0x41...0x46, 0x61...0x66)
    default: throw RegexProblem(message: "[:\(name):] is no class")
    }
  }
}

extension RegexSet {
  /// The one code point of the set.
  fileprivate var single: UInt32? {
    ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil
  }
}
