// Builds the syntax tree of an expression by operator precedence.

/// A Pratt parser of the expressions of the ClickHouse dialect (V. R. Pratt, "Top down operator
/// precedence", 1973). It reads as far as an expression goes; what follows is the caller's.
struct Parser {
  let source: SourceText
  private var lexer: Lexer
  private(set) var token: Token
  private var nesting = 0
  /// What is read, for messages.
  var whole = "expression"

  /// Deeper nesting than anybody writes; it bounds every recursion over the tree.
  static let heightMax = 100

  /// Begins to parse `range` of the text, or all of it.
  init(_ source: SourceText, range: Range<Int>? = nil) throws(QueryError) {
    self.source = source
    lexer = Lexer(source, range: range ?? 0..<source.bytes.count)
    token = try lexer.next()
  }

  /// How tightly operators bind, loosest first: the order of ClickHouse's own parser.
  enum Precedence: Int, Comparable {
    case lowest, or, and, not, isNull, comparison, concatenation, sum, product, sign

    static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }
  }

  // MARK: - Tokens

  mutating func advance() throws(QueryError) { token = try lexer.next() }

  func isKeyword(_ word: String) -> Bool { token.keyword == word }

  func isSymbol(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

  mutating func take(symbol: String) throws(QueryError) -> Bool {
    guard isSymbol(symbol) else { return false }
    try advance()
    return true
  }

  mutating func take(keyword: String) throws(QueryError) -> Bool {
    guard isKeyword(keyword) else { return false }
    try advance()
    return true
  }

  mutating func expect(symbol: String, _ purpose: String) throws(QueryError) {
    guard try take(symbol: symbol) else {
      throw problem("\(shownToken) stands where \(symbol) \(purpose) is expected")
    }
  }

  func problem(_ message: String, hint: String? = nil) -> QueryError {
    source.problem(token.span, message, hint: hint)
  }

  var shownToken: String {
    token.kind == .end ? "the end of the \(whole)" : "\"\(source.slice(token.span))\""
  }

  /// Refuses anything behind the expression, naming what it looks like.
  func expectEnd() throws(QueryError) {
    if token.kind == .end { return }
    throw UnsupportedSyntax.problem(behindExpression: token, in: source)
  }

  // MARK: - Expressions

  /// Reads an expression whose operators all bind tighter than `floor`.
  mutating func expression(above floor: Precedence = .lowest) throws(QueryError) -> SyntaxNode {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.heightMax else { throw tooDeep(token.span) }
    var left = try operand()
    while let next = try infix(left, above: floor) { left = next }
    return left
  }

  private func tooDeep(_ span: SourceSpan) -> QueryError {
    source.problem(span, "the expression is nested more than \(Self.heightMax) levels deep")
  }

  private func node(_ kind: SyntaxNode.Kind, _ start: SourceSpan, _ end: SourceSpan)
    throws(QueryError) -> SyntaxNode
  {
    let node = SyntaxNode(kind, span: start.joined(end))
    guard node.height <= Self.heightMax else { throw tooDeep(node.span) }
    return node
  }

  /// Reads one operator behind `left` and its right side; nil when none binds tighter than `floor`.
  private mutating func infix(
    _ left: SyntaxNode, above floor: Precedence
  ) throws(QueryError) -> SyntaxNode? {
    if case .symbol(let symbol) = token.kind {
      return try symbolInfix(left, symbol, above: floor)
    }
    guard let word = token.keyword else { return nil }
    switch word {
    case "OR" where floor < .or:
      return try chain(left, word, .or) { .or($0) }
    case "AND" where floor < .and:
      return try chain(left, word, .and) { .and($0) }
    case "IS" where floor < .isNull:
      return try isNull(left)
    case "NOT", "IN", "LIKE", "ILIKE", "BETWEEN":
      guard floor < .comparison else { return nil }
      return try wordComparison(left)
    default:
      return nil
    }
  }

  /// `a AND b AND c` becomes one node, so that long chains stay shallow.
  private mutating func chain(
    _ first: SyntaxNode, _ word: String, _ precedence: Precedence,
    _ make: ([SyntaxNode]) -> SyntaxNode.Kind
  ) throws(QueryError) -> SyntaxNode {
    var operands = [first]
    while try take(keyword: word) { operands.append(try expression(above: precedence)) }
    return try node(make(operands), first.span, operands[operands.count - 1].span)
  }

  private mutating func symbolInfix(
    _ left: SyntaxNode, _ symbol: String, above floor: Precedence
  ) throws(QueryError) -> SyntaxNode? {
    let spelling = symbol == "==" ? "=" : symbol == "<>" ? "!=" : symbol
    if let comparison = ComparisonOperator(rawValue: spelling) {
      guard floor < .comparison else { return nil }
      try advance()
      let right = try expression(above: .comparison)
      return try node(.compare(comparison, left, right), left.span, right.span)
    }
    if let arithmetic = ArithmeticOperator(rawValue: symbol) {
      let precedence: Precedence = arithmetic == .add || arithmetic == .subtract ? .sum : .product
      guard floor < precedence else { return nil }
      try advance()
      let right = try expression(above: precedence)
      return try node(.arithmetic(arithmetic, left, right), left.span, right.span)
    }
    if symbol == "||" {
      guard floor < .concatenation else { return nil }
      try advance()
      let right = try expression(above: .concatenation)
      return try node(.concatenate(left, right), left.span, right.span)
    }
    if let problem = UnsupportedSyntax.problem(infix: token, in: source) { throw problem }
    return nil
  }

  private mutating func isNull(_ left: SyntaxNode) throws(QueryError) -> SyntaxNode {
    try advance()
    let isNegated = try take(keyword: "NOT")
    let end = token.span
    guard try take(keyword: "NULL") else {
      throw source.problem(end, "IS must be followed by NULL or NOT NULL")
    }
    return try node(.isNull(left, isNegated: isNegated), left.span, end)
  }

  private mutating func wordComparison(_ left: SyntaxNode) throws(QueryError) -> SyntaxNode {
    let isNegated = try take(keyword: "NOT")
    switch token.keyword {
    case "IN":
      try advance()
      return try membership(left, isNegated: isNegated)
    case "LIKE", "ILIKE":
      let foldsCase = isKeyword("ILIKE")
      try advance()
      let pattern = try expression(above: .comparison)
      return try node(
        .like(left, pattern, foldsCase: foldsCase, isNegated: isNegated), left.span, pattern.span)
    case "BETWEEN":
      try advance()
      let low = try expression(above: .comparison)
      guard try take(keyword: "AND") else {
        throw problem("BETWEEN needs two bounds: \(shownToken) stands where AND is expected")
      }
      let high = try expression(above: .comparison)
      return try node(
        .between(left, low, high, isNegated: isNegated), left.span, high.span)
    default:
      throw problem("NOT must be followed by IN, LIKE, ILIKE or BETWEEN here")
    }
  }

  private mutating func membership(
    _ left: SyntaxNode, isNegated: Bool
  ) throws(QueryError) -> SyntaxNode {
    guard isSymbol("(") else {
      throw problem(
        "IN needs a list in parentheses", hint: "write IN ('a', 'b')")
    }
    try advance()
    if isKeyword("SELECT") || isKeyword("WITH") {
      throw problem("a sub-query is not supported here", hint: "list the values: IN ('a', 'b')")
    }
    var items: [SyntaxNode] = []
    repeat { items.append(try expression()) } while try take(symbol: ",")
    let end = token.span
    try expect(symbol: ")", "after the list")
    return try node(.membership(left, items, isNegated: isNegated), left.span, end)
  }
}
