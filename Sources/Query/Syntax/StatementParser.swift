// Reads SELECT statements, clause by clause.

extension Parser {
  /// Reads a statement that ends with the text, or with a semicolon before it.
  mutating func statement() throws(QueryError) -> SelectSyntax {
    whole = "query"
    let isWrapped = isSymbol("(")
    guard isKeyword("SELECT") else {
      throw UnsupportedSyntax.problem(statement: token, isWrapped: isWrapped, in: source)
    }
    let select = try select(depth: 1)
    _ = try take(symbol: ";")
    if token.kind == .end { return select }
    throw UnsupportedSyntax.problem(behindSelect: token, in: source)
  }

  /// Sub-queries within each other that anybody needs; it bounds the recursion.
  private static let depthMax = 16

  private mutating func select(depth: Int) throws(QueryError) -> SelectSyntax {
    let start = token.span
    guard depth <= Self.depthMax else {
      throw problem("sub-queries are nested more than \(Self.depthMax) levels deep")
    }
    try advance()
    let isDistinct = try take(keyword: "DISTINCT")
    if isDistinct, isKeyword("ON") {
      throw problem("DISTINCT ON is not supported", hint: "write GROUP BY with min() or max()")
    }
    var items: [SelectItem] = []
    repeat { items.append(try item()) } while try take(symbol: ",")
    var select = SelectSyntax(
      isDistinct: isDistinct, items: items, from: .events(alias: nil), span: start)
    guard try take(keyword: "FROM") else {
      throw problem(
        "\(shownToken) stands where FROM is expected", hint: "write SELECT … FROM events")
    }
    select.from = try from(depth: depth)
    if try take(keyword: "WHERE") { select.condition = try expression() }
    if isKeyword("GROUP") { select.groupBy = try groupBy() }
    if try take(keyword: "HAVING") { select.having = try expression() }
    if isKeyword("ORDER") { select.orderBy = try orderBy() }
    if try take(keyword: "LIMIT") { try limit(&select) }
    if try take(keyword: "OFFSET") { select.offset = try rowCount("OFFSET") }
    select.span = start.joined(token.span)
    return select
  }

  // MARK: - SELECT

  private mutating func item() throws(QueryError) -> SelectItem {
    let start = token.span
    if try take(symbol: "*") { return SelectItem(span: start) }
    let node = try expression()
    let alias = try alias()
    return SelectItem(node: node, alias: alias, span: start.joined(node.span))
  }

  /// Words that end a list of names, so that they are no aliases without AS.
  private static let clauseWords: Set<String> = [
    "FROM", "PREWHERE", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "JOIN",
    "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "ANY", "ASOF", "ARRAY", "FINAL", "SAMPLE", "WITH",
    "SETTINGS", "FORMAT", "INTO", "WINDOW", "QUALIFY", "EXCEPT", "INTERSECT", "USING", "ON",
    "GLOBAL",
  ]

  /// Reads `AS name`, or a name alone.
  private mutating func alias() throws(QueryError) -> String? {
    let isAnnounced = try take(keyword: "AS")
    guard case .name(let parts) = token.kind, parts.count == 1 else {
      if !isAnnounced { return nil }
      throw problem("AS needs a name: \(shownToken) is none")
    }
    if let word = token.keyword, Self.clauseWords.contains(word), !isAnnounced { return nil }
    try advance()
    return parts[0].text
  }

  // MARK: - FROM

  private mutating func from(depth: Int) throws(QueryError) -> SelectSource {
    if try take(symbol: "(") {
      guard isKeyword("SELECT") else {
        throw UnsupportedSyntax.problem(statement: token, isWrapped: false, in: source)
      }
      let inner = try select(depth: depth + 1)
      if let problem = UnsupportedSyntax.problem(clause: token, in: source) { throw problem }
      try expect(symbol: ")", "to close the sub-query")
      let alias = try alias()
      try refuseJoins()
      return .select(inner, alias: alias)
    }
    let span = token.span
    guard case .name(let parts) = token.kind else {
      throw problem("\(shownToken) stands where a table is expected", hint: "write FROM events")
    }
    let names = parts.map(\.text)
    guard names == ["events"] || names == ["analytics", "events"] else {
      throw source.problem(
        span, "there is no table \(source.slice(span))",
        hint: "the one table is events; or write a sub-query in parentheses")
    }
    try advance()
    let alias = try alias()
    try refuseJoins()
    return .events(alias: alias)
  }

  private func refuseJoins() throws(QueryError) {
    if let problem = UnsupportedSyntax.problem(join: token, in: source) { throw problem }
  }

  // MARK: - The other clauses

  private mutating func groupBy() throws(QueryError) -> [SyntaxNode] {
    try words("GROUP", "BY")
    if isKeyword("ALL") {
      throw problem("GROUP BY ALL is not supported", hint: "name the columns, or write 1, 2")
    }
    var keys: [SyntaxNode] = []
    repeat { keys.append(try expression()) } while try take(symbol: ",")
    if isKeyword("WITH") { throw problem("GROUP BY … WITH is not supported") }
    return keys
  }

  private mutating func orderBy() throws(QueryError) -> [OrderItem] {
    try words("ORDER", "BY")
    var items: [OrderItem] = []
    repeat {
      var item = OrderItem(node: try expression())
      if try take(keyword: "DESC") {
        item.isDescending = true
      } else {
        _ = try take(keyword: "ASC")
      }
      if try take(keyword: "NULLS") {
        item.nullsFirst = try take(keyword: "FIRST")
        if !item.nullsFirst, try !take(keyword: "LAST") {
          throw problem("NULLS must be followed by FIRST or LAST")
        }
      }
      items.append(item)
    } while try take(symbol: ",")
    return items
  }

  private mutating func words(_ first: String, _ second: String) throws(QueryError) {
    _ = try take(keyword: first)
    guard try take(keyword: second) else {
      throw problem("\(first) must be followed by \(second)")
    }
  }

  /// `LIMIT n`, `LIMIT m, n` with the rows to leave out first.
  private mutating func limit(_ select: inout SelectSyntax) throws(QueryError) {
    let first = try rowCount("LIMIT")
    if try take(symbol: ",") {
      select.offset = first
      select.limit = try rowCount("LIMIT")
    } else {
      select.limit = first
    }
    if isKeyword("BY") { throw problem("LIMIT … BY is not supported") }
    if isKeyword("WITH") { throw problem("LIMIT … WITH TIES is not supported") }
  }

  private mutating func rowCount(_ clause: String) throws(QueryError) -> Int {
    guard case .number(let text) = token.kind, let count = Int(text), count >= 0 else {
      throw problem("\(clause) takes a whole number of rows, not \(shownToken)")
    }
    try advance()
    return count
  }
}
