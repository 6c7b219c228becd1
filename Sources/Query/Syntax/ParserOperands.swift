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

  private mutating func parenthesis() throws(QueryError) -> SyntaxNode {
    let start = token.span
    try advance()
    if isKeyword("SELECT") || isKeyword("WITH") {
      throw problem("a sub-query is not supported here")
    }
    var inner = try expression()
    if isSymbol(",") {
      throw problem("a list of values may stand behind IN only")
    }
    inner.span = start.joined(token.span)
    try expect(symbol: ")", "to close the parenthesis at \(source.excerpt(start).position)")
    return inner
  }

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
    let node = SyntaxNode(.negate(inner), span: start.joined(inner.span))
    guard node.height <= Self.heightMax else {
      throw source.problem(start, "the expression is nested too deep")
    }
    return node
  }

  private mutating func nameOrCall(_ parts: [NamePart]) throws(QueryError) -> SyntaxNode {
    let start = token.span
    if let word = token.keyword, let node = try reserved(word) { return node }
    try advance()
    guard isSymbol("(") else { return SyntaxNode(.name(parts), span: start) }
    guard parts.count == 1, parts[0].quote == .none else {
      throw source.problem(start, "\(source.slice(start)) is no function")
    }
    let call = try call(parts[0].text, start)
    let node = SyntaxNode(.call(call), span: start.joined(call.end))
    guard node.height <= Self.heightMax else {
      throw source.problem(start, "the expression is nested too deep")
    }
    return node
  }

  /// Reads `(arguments)`, `(parameters)(arguments)`, `(DISTINCT argument)` or `(*)`.
  private mutating func call(_ name: String, _ nameSpan: SourceSpan) throws(QueryError)
    -> CallSyntax
  {
    var call = CallSyntax(name: name, nameSpan: nameSpan, end: nameSpan)
    try advance()
    if isSymbol("*") {
      try advance()
    } else {
      call.isDistinct = try take(keyword: "DISTINCT")
      call.arguments = try arguments()
    }
    call.end = token.span
    try expect(symbol: ")", "after the arguments of \(name)")
    guard isSymbol("("), !call.isDistinct else { return call }
    try advance()
    call.parameters = call.arguments
    call.arguments = try arguments()
    call.end = token.span
    try expect(symbol: ")", "after the arguments of \(name)")
    return call
  }

  private mutating func arguments() throws(QueryError) -> [SyntaxNode] {
    if isSymbol(")") { return [] }
    if isSymbol("*") { throw problem("* has no meaning among arguments") }
    var arguments: [SyntaxNode] = []
    repeat { arguments.append(try expression()) } while try take(symbol: ",")
    return arguments
  }

  /// Reads what begins with a reserved word; nil when the word is a name here.
  private mutating func reserved(_ word: String) throws(QueryError) -> SyntaxNode? {
    let start = token.span
    switch word {
    case "NULL", "TRUE", "FALSE":
      try advance()
      return SyntaxNode(word == "NULL" ? .null : .bool(word == "TRUE"), span: start)
    case "NOT":
      try advance()
      let inner = try expression(above: .not)
      let node = SyntaxNode(.not(inner), span: start.joined(inner.span))
      guard node.height <= Self.heightMax else {
        throw source.problem(start, "the expression is nested too deep")
      }
      return node
    case "INTERVAL":
      return try interval()
    default:
      if let problem = UnsupportedSyntax.problem(reservedWord: word, token, in: source) {
        throw problem
      }
      return nil
    }
  }

  /// `INTERVAL 7 DAY`, `INTERVAL '7' DAY` or `INTERVAL '7 day'`.
  private mutating func interval() throws(QueryError) -> SyntaxNode? {
    var ahead = self
    try ahead.advance()
    let amountSpan = ahead.token.span
    let amount: String
    switch ahead.token.kind {
    case .number(let text): amount = text
    case .text(let bytes): amount = String(decoding: bytes, as: UTF8.self)
    case .symbol("-"):
      try ahead.advance()
      guard case .number(let text) = ahead.token.kind else { return nil }
      amount = "-" + text
    default:
      return nil  // a field may well be named interval
    }
    let start = token.span
    self = ahead
    try advance()
    let words = amount.split(separator: " ")
    if words.count == 2, let unit = IntervalUnit(word: String(words[1])) {
      let number = SyntaxNode(.number(String(words[0])), span: amountSpan)
      return SyntaxNode(.interval(number, unit), span: start.joined(amountSpan))
    }
    guard let word = token.keyword, let unit = IntervalUnit(word: word) else {
      throw problem(
        "\(shownToken) is no unit of INTERVAL",
        hint: "the units are " + IntervalUnit.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let end = token.span
    try advance()
    let number = SyntaxNode(.number(amount), span: amountSpan)
    return SyntaxNode(.interval(number, unit), span: start.joined(end))
  }
}
