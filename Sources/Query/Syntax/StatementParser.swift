// Reads queries, clause by clause.

extension Parser {
  /// Reads a statement that ends with the text, or with a semicolon before it.
  mutating func statement() throws(QueryError) -> QuerySyntax {
    whole = "query"
    guard isKeyword("SELECT") || isKeyword("WITH") || isSymbol("(") else {
      throw UnsupportedSyntax.problem(statement: token, in: source)
    }
    let query = try query()
    _ = try take(symbol: ";")
    if token.kind == .end { return query }
    throw UnsupportedSyntax.problem(behindSelect: token, in: source)
  }

  /// Sub-queries within each other that anybody needs; it bounds the recursion.
  private static let depthMax = 16

  /// Reads SELECTs joined by UNION, and WITH before them.
  mutating func query() throws(QueryError) -> QuerySyntax {
    queryDepth += 1
    defer { queryDepth -= 1 }
    let start = token.span
    guard queryDepth <= Self.depthMax else {
      throw problem("sub-queries are nested more than \(Self.depthMax) levels deep")
    }
    var query = QuerySyntax(selects: [], span: start)
    if try take(keyword: "WITH") { try commonNames(&query) }
    query.selects.append(try unionPart())
    var isFirst = true
    while isKeyword("UNION") {
      let span = token.span
      try advance()
      let isDistinct = try take(keyword: "DISTINCT")
      let keepsAll = try take(keyword: "ALL")
      guard isDistinct || keepsAll else {
        throw source.problem(
          span, "UNION must say ALL or DISTINCT", hint: "write UNION ALL to keep all rows")
      }
      guard isFirst || isDistinct == query.isDistinctUnion else {
        throw source.problem(span, "UNION ALL and UNION DISTINCT do not mix here")
      }
      query.isDistinctUnion = isDistinct
      isFirst = false
      query.selects.append(try unionPart())
    }
    query.span = start.joined(token.span)
    return query
  }

  private mutating func unionPart() throws(QueryError) -> SelectSyntax {
    guard isSymbol("(") else { return try select() }
    let start = token.span
    try advance()
    let inner = try query()
    try expect(symbol: ")", "to close the query")
    guard inner.selects.count == 1, inner.tables.isEmpty, inner.aliases.isEmpty else {
      return SelectSyntax(
        items: [SelectItem(span: start)], from: .query(inner, alias: nil), span: inner.span)
    }
    return inner.selects[0]
  }

  /// `name AS (SELECT …)` and `expression AS name`, in any order.
  private mutating func commonNames(_ query: inout QuerySyntax) throws(QueryError) {
    if isKeyword("RECURSIVE") { throw problem("WITH RECURSIVE is not supported") }
    repeat {
      var ahead = self
      if case .name(let parts) = token.kind, parts.count == 1 {
        try ahead.advance()
        if try ahead.take(keyword: "AS"), try ahead.take(symbol: "("),
          ahead.isKeyword("SELECT") || ahead.isKeyword("WITH")
        {
          self = ahead
          let inner = try self.query()
          try expect(symbol: ")", "to close the query")
          query.tables.append(CommonTable(name: parts[0].text, query: inner))
          continue
        }
      }
      let start = token.span
      let node = try expression()
      guard let alias = try alias() else {
        throw problem("WITH gives names: \(shownToken) stands where AS and a name are expected")
      }
      query.aliases.append(
        SelectItem(node: node, alias: alias, span: start.joined(node.span)))
    } while try take(symbol: ",")
  }

  // MARK: - SELECT

  private mutating func select() throws(QueryError) -> SelectSyntax {
    let start = token.span
    guard try take(keyword: "SELECT") else {
      throw UnsupportedSyntax.problem(statement: token, in: source)
    }
    let isDistinct = try take(keyword: "DISTINCT")
    if isDistinct, isKeyword("ON") {
      throw problem("DISTINCT ON is not supported", hint: "write LIMIT 1 BY")
    }
    var items: [SelectItem] = []
    repeat { items.append(try item()) } while try take(symbol: ",")
    var select = SelectSyntax(isDistinct: isDistinct, items: items, from: .one, span: start)
    if try take(keyword: "FROM") { select.from = try from() }
    select.arrayJoins = try arrayJoins()
    if try take(keyword: "PREWHERE") { select.condition = try expression() }
    if try take(keyword: "WHERE") {
      let condition = try expression()
      select.condition =
        select.condition.map {
          SyntaxNode(.and([$0, condition]), span: $0.span.joined(condition.span))
        } ?? condition
    }
    if isKeyword("GROUP") { try groupBy(&select) }
    if try take(keyword: "HAVING") { select.having = try expression() }
    if try take(keyword: "WINDOW") { try windows(&select) }
    if let problem = UnsupportedSyntax.problem(clause: token, in: source) { throw problem }
    if isKeyword("ORDER") { select.orderBy = try orderBy() }
    while isKeyword("LIMIT") { try limit(&select) }
    if try take(keyword: "OFFSET") {
      select.offset = try rowCount("OFFSET")
      if try !take(keyword: "ROWS") { _ = try take(keyword: "ROW") }
    }
    if let problem = UnsupportedSyntax.problem(clause: token, in: source) { throw problem }
    select.span = start.joined(token.span)
    return select
  }

  private mutating func item() throws(QueryError) -> SelectItem {
    let start = token.span
    if try take(symbol: "*") { return try star(SelectItem(span: start)) }
    if case .name(let parts) = token.kind, parts.count == 1 {
      var ahead = self
      try ahead.advance()
      if try ahead.take(symbol: "."), try ahead.take(symbol: "*") {
        self = ahead
        return try star(SelectItem(table: parts[0].text, span: start))
      }
    }
    let node = try expression()
    let alias = try alias()
    return SelectItem(node: node, alias: alias, span: start.joined(node.span))
  }

  /// `* EXCEPT (a, b)`, or `* EXCEPT a`.
  private mutating func star(_ item: SelectItem) throws(QueryError) -> SelectItem {
    var item = item
    guard try take(keyword: "EXCEPT") else { return item }
    let isList = try take(symbol: "(")
    repeat {
      guard case .name(let parts) = token.kind else {
        throw problem("EXCEPT takes the names of columns, not \(shownToken)")
      }
      item.excepted.append(FieldPath.text(of: parts.map(\.text)))
      try advance()
      guard isList else { break }
    } while try take(symbol: ",")
    if isList { try expect(symbol: ")", "after the names") }
    return item
  }

  /// Words that end a list of names, so that they are no aliases without AS.
  private static let clauseWords: Set<String> = [
    "FROM", "PREWHERE", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "JOIN",
    "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "ANY", "ALL", "ASOF", "ARRAY", "FINAL", "SAMPLE",
    "WITH", "SETTINGS", "FORMAT", "INTO", "WINDOW", "QUALIFY", "EXCEPT", "INTERSECT", "USING", "ON",
    "GLOBAL", "SEMI", "ANTI", "SELECT",
  ]

  /// Reads `AS name`, or a name alone.
  mutating func alias() throws(QueryError) -> String? {
    let isAnnounced = try take(keyword: "AS")
    guard case .name(let parts) = token.kind, parts.count == 1 else {
      if !isAnnounced { return nil }
      throw problem("AS needs a name: \(shownToken) is none")
    }
    if let word = token.keyword, Self.clauseWords.contains(word), !isAnnounced { return nil }
    try advance()
    return parts[0].text
  }

  // MARK: - The other clauses

  private mutating func windows(_ select: inout SelectSyntax) throws(QueryError) {
    repeat {
      guard case .name(let parts) = token.kind, parts.count == 1 else {
        throw problem("WINDOW needs a name, not \(shownToken)")
      }
      try advance()
      guard try take(keyword: "AS") else { throw problem("WINDOW must be written name AS (…)") }
      select.windows[parts[0].text] = try window()
    } while try take(symbol: ",")
  }

  mutating func orderBy() throws(QueryError) -> [OrderItem] {
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
      if isKeyword("WITH") { item.fill = try fill() }
      if item.fill != nil, items.contains(where: { $0.fill != nil }) {
        throw problem("WITH FILL stands here for the second time: one key can have it")
      }
      items.append(item)
    } while try take(symbol: ",")
    if isKeyword("INTERPOLATE") { throw problem("INTERPOLATE is not supported") }
    return items
  }

  /// `WITH FILL [FROM a] [TO b] [STEP c]`.
  private mutating func fill() throws(QueryError) -> FillSyntax {
    var fill = FillSyntax(span: token.span)
    try words("WITH", "FILL")
    if try take(keyword: "FROM") { fill.from = try expression() }
    if try take(keyword: "TO") { fill.to = try expression() }
    if try take(keyword: "STEP") { fill.step = try expression() }
    if isKeyword("STALENESS") { throw problem("STALENESS is not supported") }
    return fill
  }

  mutating func words(_ first: String, _ second: String) throws(QueryError) {
    _ = try take(keyword: first)
    guard try take(keyword: second) else {
      throw problem("\(first) must be followed by \(second)")
    }
  }

  /// `LIMIT n`, `LIMIT m, n` with the rows to leave out first, each with BY perhaps.
  private mutating func limit(_ select: inout SelectSyntax) throws(QueryError) {
    let start = token.span
    try advance()
    var limit = try rowCount("LIMIT")
    var offset = 0
    if try take(symbol: ",") {
      offset = limit
      limit = try rowCount("LIMIT")
    } else if try take(keyword: "OFFSET") {
      offset = try rowCount("OFFSET")
    }
    if isKeyword("WITH") { throw problem("LIMIT … WITH TIES is not supported") }
    guard try take(keyword: "BY") else {
      guard select.limit == nil else {
        throw source.problem(start, "LIMIT stands here for the second time")
      }
      (select.limit, select.offset) = (limit, offset)
      return
    }
    guard select.limitBy == nil, select.limit == nil else {
      throw source.problem(start, "LIMIT … BY stands once, before LIMIT")
    }
    var keys: [SyntaxNode] = []
    repeat { keys.append(try expression()) } while try take(symbol: ",")
    select.limitBy = LimitBy(limit: limit, offset: offset, keys: keys)
  }

  private mutating func rowCount(_ clause: String) throws(QueryError) -> Int {
    let start = token.span
    let shown = shownToken
    guard case .number(let text) = try operand().literal, let count = Int(text), count >= 0 else {
      throw source.problem(start, "\(clause) takes a whole number of rows, not \(shown)")
    }
    return count
  }
}
