// Builds the syntax tree of an expression by operator precedence.

/// A Pratt parser of the expressions of the ClickHouse dialect (V. R. Pratt, "Top down operator
/// precedence", 1973). It reads as far as an expression goes; what follows is the caller's.
struct Parser {
  let source: SourceText
  private var lexer: Lexer
  private(set) var token: Token
  var nesting = 0
  /// What is read, for messages.
  var whole = "expression"
  /// What stands for `{name:Type}`, by name.
  var parameters: [String: String] = [:]
  /// How deep sub-queries are nested around the cursor.
  var queryDepth = 0

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
    case lowest, lambda, ternary, or, and, not, isNull, comparison, concatenation, sum, product
    case sign, postfix

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
  @inline(never)
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
    case "NOT", "IN", "LIKE", "ILIKE", "BETWEEN", "REGEXP", "RLIKE", "GLOBAL":
      guard floor < .comparison else { return nil }
      return try wordComparison(left)
    case "DIV" where floor < .product, "MOD" where floor < .product:
      let (name, span) = (word == "DIV" ? "intDiv" : "modulo", token.span)
      try advance()
      let right = try expression(above: .product)
      return try call(name, [left, right], nameSpan: span, left.span.joined(right.span))
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
    switch symbol {
    case "::" where floor < .postfix:
      try advance()
      let type = try type()
      return try node(.cast(left, type), left.span, type.span)
    case "[" where floor < .postfix:
      let span = token.span
      try advance()
      let place = try expression()
      let end = token.span
      try expect(symbol: "]", "behind the place of an element")
      return try call("arrayElement", [left, place], nameSpan: span, left.span.joined(end))
    case "?" where floor < .ternary:
      return try ternary(left)
    case "->" where floor < .lambda:
      return try lambda(left)
    case "<=>" where floor < .comparison:
      let span = token.span
      try advance()
      let right = try expression(above: .comparison)
      return try call(
        "isNotDistinctFrom", [left, right], nameSpan: span, left.span.joined(right.span))
    case "::", "[", "?", "->", "<=>": return nil
    default: break
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

  /// A call that operators or other special forms stand for.
  func call(
    _ name: String, _ arguments: [SyntaxNode], nameSpan: SourceSpan, _ span: SourceSpan
  ) throws(QueryError) -> SyntaxNode {
    try node(
      .call(CallSyntax(name: name, nameSpan: nameSpan, arguments: arguments, end: span)), span,
      span)
  }

  @inline(never)
  private mutating func ternary(_ condition: SyntaxNode) throws(QueryError) -> SyntaxNode {
    let span = token.span
    try advance()
    let first = try expression(above: .lambda)
    try expect(symbol: ":", "between the two values of ? :")
    let second = try expression(above: .lambda)
    return try call(
      "if", [condition, first, second], nameSpan: span, condition.span.joined(second.span))
  }

  @inline(never)
  private mutating func lambda(_ left: SyntaxNode) throws(QueryError) -> SyntaxNode {
    let names: [SyntaxNode] = if case .tuple(let items) = left.kind { items } else { [left] }
    var parameters: [String] = []
    for name in names {
      guard case .name(let parts) = name.kind, parts.count == 1 else {
        throw source.problem(name.span, "the parameter of a function -> is a name")
      }
      parameters.append(parts[0].text)
    }
    try advance()
    let body = try expression(above: .lowest)
    return try node(.lambda(parameters, body), left.span, body.span)
  }

  private mutating func isNull(_ left: SyntaxNode) throws(QueryError) -> SyntaxNode {
    try advance()
    let isNegated = try take(keyword: "NOT")
    let end = token.span
    if try take(keyword: "DISTINCT") {
      guard try take(keyword: "FROM") else { throw problem("IS DISTINCT must be followed by FROM") }
      let right = try expression(above: .comparison)
      return try call(
        isNegated ? "isNotDistinctFrom" : "isDistinctFrom", [left, right], nameSpan: end,
        left.span.joined(right.span))
    }
    guard try take(keyword: "NULL") else {
      throw source.problem(end, "IS must be followed by NULL or NOT NULL")
    }
    return try node(.isNull(left, isNegated: isNegated), left.span, end)
  }

  private mutating func wordComparison(_ left: SyntaxNode) throws(QueryError) -> SyntaxNode {
    _ = try take(keyword: "GLOBAL")
    let isNegated = try take(keyword: "NOT")
    switch token.keyword {
    case "REGEXP", "RLIKE":
      let span = token.span
      try advance()
      let pattern = try expression(above: .comparison)
      let match = try call(
        "match", [left, pattern], nameSpan: span, left.span.joined(pattern.span))
      return isNegated ? try node(.not(match), left.span, pattern.span) : match
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
    if case .name(let parts) = token.kind {
      let set = SyntaxNode(.name(parts), span: token.span)
      try advance()
      return try node(.namedMembership(left, set, isNegated: isNegated), left.span, set.span)
    }
    guard isSymbol("(") || isSymbol("[") else {
      throw problem(
        "IN needs a list in parentheses", hint: "write IN ('a', 'b')")
    }
    let closing = isSymbol("(") ? ")" : "]"
    try advance()
    if isKeyword("SELECT") || isKeyword("WITH") {
      let query = try query()
      let end = token.span
      try expect(symbol: ")", "to close the sub-query")
      return try node(.queryMembership(left, query, isNegated: isNegated), left.span, end)
    }
    var items: [SyntaxNode] = []
    repeat { items.append(try expression()) } while try take(symbol: ",")
    let end = token.span
    try expect(symbol: closing, "after the list")
    return try node(.membership(left, items, isNegated: isNegated), left.span, end)
  }
}
