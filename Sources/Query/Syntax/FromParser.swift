// Reads what stands behind FROM: tables, sub-queries and joins.

extension Parser {
  /// Reads tables and their joins.
  mutating func from() throws(QueryError) -> SelectSource {
    var source = try table()
    while let join = try joinBegin() {
      let right = try table()
      source = .join(source, right, try joinEnd(join, of: right))
    }
    if try beginsArrayJoin() { return source }
    if let problem = UnsupportedSyntax.problem(join: token, in: self.source) { throw problem }
    return source
  }

  /// Reads `[LEFT] ARRAY JOIN expression AS name, …`, as often as it stands there.
  mutating func arrayJoins() throws(QueryError) -> [ArrayJoinSyntax] {
    var joins: [ArrayJoinSyntax] = []
    while try beginsArrayJoin() {
      var join = ArrayJoinSyntax(keepsEmpty: try take(keyword: "LEFT"), items: [])
      if !join.keepsEmpty { _ = try take(keyword: "INNER") }
      try words("ARRAY", "JOIN")
      repeat {
        let start = token.span
        let node = try expression()
        join.items.append(
          SelectItem(node: node, alias: try alias(), span: start.joined(node.span)))
      } while try take(symbol: ",")
      joins.append(join)
    }
    if !joins.isEmpty, let problem = UnsupportedSyntax.problem(join: token, in: source) {
      var problem = problem
      if case .expression(var place) = problem {
        (place.message, place.hint) = ("tables are joined before ARRAY JOIN", nil)
        problem = .expression(place)
      }
      throw problem
    }
    return joins
  }

  private func beginsArrayJoin() throws(QueryError) -> Bool {
    var ahead = self
    if try !ahead.take(keyword: "LEFT") { _ = try ahead.take(keyword: "INNER") }
    return ahead.isKeyword("ARRAY")
  }

  private mutating func table() throws(QueryError) -> SelectSource {
    if try take(symbol: "(") {
      let inner = try query()
      try expect(symbol: ")", "to close the sub-query")
      return .query(inner, alias: try alias())
    }
    let span = token.span
    guard case .name(let parts) = token.kind else {
      throw problem("\(shownToken) stands where a table is expected", hint: "write FROM events")
    }
    try advance()
    if isSymbol("(") {
      throw source.problem(
        span, "\(source.slice(span)) is no table here: there are no table functions",
        hint: "the one table is events; -i FILE reads a file")
    }
    let names = parts.map(\.text)
    let alias = try alias()
    if names == ["events"] || names == ["analytics", "events"] { return .events(alias: alias) }
    return .named(names.joined(separator: "."), alias: alias, span: span)
  }

  /// Reads `[INNER | LEFT [OUTER] | CROSS] JOIN`; nil when no join follows.
  private mutating func joinBegin() throws(QueryError) -> JoinSyntax? {
    var ahead = self
    _ = try ahead.take(keyword: "GLOBAL")
    _ = try ahead.take(keyword: "ALL")
    let start = ahead.token.span
    var join = JoinSyntax(match: .using([]), span: start)
    if try ahead.take(keyword: "CROSS") {
      join.match = .cross
    } else if try ahead.take(keyword: "LEFT") {
      join.keepsLeft = true
      _ = try ahead.take(keyword: "OUTER")
    } else {
      _ = try ahead.take(keyword: "INNER")
    }
    _ = try ahead.take(keyword: "ALL")
    guard try ahead.take(keyword: "JOIN") else { return nil }
    self = ahead
    return join
  }

  private mutating func joinEnd(
    _ join: JoinSyntax, of right: SelectSource
  ) throws(QueryError) -> JoinSyntax {
    var join = join
    if join.match == .cross { return join }
    if try take(keyword: "ON") {
      join.match = .on(try expression())
      return join
    }
    guard try take(keyword: "USING") else {
      throw problem("JOIN needs ON and a condition, or USING and columns, not \(shownToken)")
    }
    let isList = try take(symbol: "(")
    var columns: [SyntaxNode] = []
    repeat { columns.append(try expression()) } while try take(symbol: ",")
    if isList { try expect(symbol: ")", "after the columns") }
    join.match = .using(columns)
    return join
  }
}
