// The parts of expressions that stand alone: literals, names, calls, signs, parentheses.

extension Parser {
  /// Reads what may stand before an infix operator.
  mutating func operand() throws(QueryError) -> SyntaxNode {
    let start = token.span
    switch token.kind {
    case .number(let text):
      try advance()
      return SyntaxNode(.number(text), span: start)
    case .text(let bytes):
      try advance()
      return SyntaxNode(.text(bytes), span: start)
    case .name(let parts):
      return try nameOrCall(parts)
    case .symbol("("):
      return try parenthesis()
    case .symbol("["):
      return try array()
    case .symbol("{"):
      return try parameter()
    case .symbol("-"):
      return try negation()
    case .symbol("+"):
      try advance()
      return try expression(above: .product)
    case .symbol:
      throw UnsupportedSyntax.problem(operand: token, in: source)
    case .end:
      throw problem("the \(whole) ends where a value is expected")
    }
  }

  /// `(a)`, which is a; `(a, b)` and `(a,)`, which are tuples; `(SELECT …)`.
  @inline(never)
  private mutating func parenthesis() throws(QueryError) -> SyntaxNode {
    let start = token.span
    try advance()
    let purpose = "to close the parenthesis at \(source.excerpt(start).position)"
    if isKeyword("SELECT") || isKeyword("WITH") {
      let query = try query()
      let node = SyntaxNode(.query(query), span: start.joined(token.span))
      try expect(symbol: ")", purpose)
      return node
    }
    var items: [SyntaxNode] = []
    var isTuple = false
    while !isSymbol(")") || items.isEmpty {
      items.append(try expression())
      guard try take(symbol: ",") else { break }
      isTuple = true
    }
    let span = start.joined(token.span)
    try expect(symbol: ")", purpose)
    if isTuple { return try element(of: try bounded(.tuple(items), span)) }
    var inner = items[0]
    inner.span = span
    return try element(of: inner)
  }

  @inline(never)
  private mutating func array() throws(QueryError) -> SyntaxNode {
    let start = token.span
    try advance()
    var items: [SyntaxNode] = []
    if !isSymbol("]") {
      repeat { items.append(try expression()) } while try take(symbol: ",")
    }
    let span = start.joined(token.span)
    try expect(symbol: "]", "to close the array at \(source.excerpt(start).position)")
    return try bounded(.array(items), span)
  }

  /// `{name:Type}`: the value given for the name, as that type.
  @inline(never)
  private mutating func parameter() throws(QueryError) -> SyntaxNode {
    let start = token.span
    try advance()
    guard case .name(let parts) = token.kind, parts.count == 1 else {
      throw problem("a parameter is written {name:Type}")
    }
    let name = parts[0].text
    try advance()
    try expect(symbol: ":", "between name and type of the parameter")
    let type = try type()
    let span = start.joined(token.span)
    try expect(symbol: "}", "behind the parameter")
    guard let text = parameters[name] else {
      throw source.problem(
        span, "nothing is given for the parameter \(name)", hint: "add --param \(name)=VALUE")
    }
    if type.name == "Identifier" {
      let path = FieldPath.components(of: text).map { NamePart(text: $0, quote: .backtick) }
      return SyntaxNode(.name(path), span: span)
    }
    if text == "\\N" || text == "NULL", type.name == "Nullable" {
      return SyntaxNode(.null, span: span)
    }
    return try bounded(.cast(SyntaxNode(.text(Array(text.utf8)), span: span), type), span)
  }

  /// A node that is not too high for walks over the tree.
  func bounded(_ kind: SyntaxNode.Kind, _ span: SourceSpan) throws(QueryError) -> SyntaxNode {
    let node = SyntaxNode(kind, span: span)
    guard node.height <= Self.heightMax else {
      throw source.problem(span, "the expression is nested too deep")
    }
    return node
  }

  @inline(never)
  private mutating func negation() throws(QueryError) -> SyntaxNode {
    let start = token.span
    try advance()
    // The sign belongs to a literal, so that the least Int64 can be written.
    if case .number(let text) = token.kind {
      let span = start.joined(token.span)
      try advance()
      return SyntaxNode(.number("-" + text), span: span)
    }
    let inner = try expression(above: .product)
    return try bounded(.negate(inner), start.joined(inner.span))
  }

  private mutating func nameOrCall(_ parts: [NamePart]) throws(QueryError) -> SyntaxNode {
    let start = token.span
    if let word = token.keyword, let node = try reserved(word) { return node }
    if let node = try specialForm() { return node }
    try advance()
    guard isSymbol("(") else { return SyntaxNode(.name(parts), span: start) }
    guard parts.count == 1, parts[0].quote == .none else {
      throw source.problem(start, "\(source.slice(start)) is no function")
    }
    var call = try call(parts[0].text, start)
    if isKeyword("FILTER") { try filter(&call) }
    if isKeyword("IGNORE") || isKeyword("RESPECT") {
      throw problem("\(shownToken) NULLS is not supported", hint: "aggregates pass over nulls")
    }
    guard try take(keyword: "OVER") else {
      return try element(of: try bounded(.call(call), start.joined(call.end)))
    }
    let window = try window()
    return try bounded(.window(call, window), start.joined(window.span))
  }

  /// Reads `.1` behind a tuple, as often as it stands there.
  @inline(never)
  private mutating func element(of node: SyntaxNode) throws(QueryError) -> SyntaxNode {
    guard case .number(let text) = token.kind, text.utf8.first == UInt8(ascii: "."),
      token.span.start == node.span.end, let place = Int(text.dropFirst())
    else { return node }
    let span = token.span
    try advance()
    let number = SyntaxNode(.number(String(place)), span: span)
    let inner = try call(
      "tupleElement", [node, number], nameSpan: span, node.span.joined(span))
    return try element(of: inner)
  }

  /// Reads `(arguments)`, `(parameters)(arguments)`, `(DISTINCT argument)` or `(*)`.
  private mutating func call(_ name: String, _ nameSpan: SourceSpan) throws(QueryError)
    -> CallSyntax
  {
    var call = CallSyntax(name: name, nameSpan: nameSpan, end: nameSpan)
    try advance()
    try arguments(&call)
    guard isSymbol("("), !call.isDistinct else { return call }
    try advance()
    call.parameters = call.arguments
    try arguments(&call)
    return call
  }

  private mutating func arguments(_ call: inout CallSyntax) throws(QueryError) {
    call.arguments = []
    if isSymbol("*") {
      try advance()
    } else {
      call.isDistinct = try take(keyword: "DISTINCT")
      call.arguments = try arguments()
    }
    call.end = token.span
    try expect(symbol: ")", "after the arguments of \(call.name)")
  }

  /// `FILTER (WHERE condition)` is the combinator -If.
  @inline(never)
  private mutating func filter(_ call: inout CallSyntax) throws(QueryError) {
    try advance()
    try expect(symbol: "(", "behind FILTER")
    guard try take(keyword: "WHERE") else { throw problem("FILTER takes (WHERE condition)") }
    call.arguments.append(try expression())
    call.name += "If"
    call.end = token.span
    try expect(symbol: ")", "behind the condition of FILTER")
  }

  private mutating func arguments() throws(QueryError) -> [SyntaxNode] {
    if isSymbol(")") { return [] }
    if isSymbol("*") { throw problem("* has no meaning among arguments") }
    var arguments: [SyntaxNode] = []
    repeat { arguments.append(try expression()) } while try take(symbol: ",")
    return arguments
  }

  /// Reads what begins with a reserved word; nil when the word is a name here.
  @inline(never)
  private mutating func reserved(_ word: String) throws(QueryError) -> SyntaxNode? {
    let start = token.span
    switch word {
    case "NULL", "TRUE", "FALSE":
      try advance()
      return SyntaxNode(word == "NULL" ? .null : .bool(word == "TRUE"), span: start)
    case "NOT":
      try advance()
      let inner = try expression(above: .not)
      return try bounded(.not(inner), start.joined(inner.span))
    case "INTERVAL":
      return try interval()
    case "AND", "OR":
      // In lower case they are functions too.
      var ahead = self
      try ahead.advance()
      if ahead.isSymbol("("), source.slice(start) == word.lowercased() { return nil }
      if let problem = UnsupportedSyntax.problem(reservedWord: word, token, in: source) {
        throw problem
      }
      return nil
    default:
      if let problem = UnsupportedSyntax.problem(reservedWord: word, token, in: source) {
        throw problem
      }
      return nil
    }
  }

  /// `INTERVAL 7 DAY`, `INTERVAL '7' DAY`, `INTERVAL '7 day'` or `INTERVAL n + 1 DAY`.
  private mutating func interval() throws(QueryError) -> SyntaxNode? {
    var ahead = self
    try ahead.advance()
    let amountSpan = ahead.token.span
    switch ahead.token.kind {
    case .number, .text, .symbol("-"), .symbol("("), .symbol("{"), .name: break
    default: return nil  // a field may well be named interval
    }
    if let word = ahead.token.keyword, Self.behindNames.contains(word) { return nil }
    let start = token.span
    self = ahead
    var amount = try expression(above: .concatenation)
    if case .text(let bytes) = amount.kind {
      let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
      amount = SyntaxNode(.number(String(words.first ?? "")), span: amountSpan)
      if words.count == 2, let unit = IntervalUnit(word: String(words[1])) {
        return SyntaxNode(.interval(amount, unit), span: start.joined(amountSpan))
      }
    }
    guard let word = token.keyword, let unit = IntervalUnit(word: word) else {
      throw problem(
        "\(shownToken) is no unit of INTERVAL",
        hint: "the units are " + IntervalUnit.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let end = token.span
    try advance()
    return try bounded(.interval(amount, unit), start.joined(end))
  }

  /// Words that follow a name, so that INTERVAL before them is one.
  private static let behindNames: Set<String> = [
    "AND", "OR", "IN", "NOT", "IS", "LIKE", "ILIKE", "BETWEEN", "AS", "FROM", "WHERE", "GROUP",
    "HAVING", "ORDER", "LIMIT", "ASC", "DESC", "REGEXP", "DIV", "MOD", "THEN", "WHEN", "ELSE",
    "END", "WITH", "OFFSET", "UNION",
  ]
}
