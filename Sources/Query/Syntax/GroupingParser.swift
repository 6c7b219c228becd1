// Reads GROUP BY.

extension Parser {
  /// Reads the keys, with ROLLUP, CUBE, GROUPING SETS or TOTALS.
  mutating func groupBy(_ select: inout SelectSyntax) throws(QueryError) {
    try words("GROUP", "BY")
    if isKeyword("ALL") {
      throw problem("GROUP BY ALL is not supported", hint: "name the columns, or write 1, 2")
    }
    let start = token.span
    if isKeyword("GROUPING") {
      select.grouping = try groupingSets(&select.groupBy)
    } else if let grouping = try groupingCall(&select.groupBy) {
      select.grouping = grouping
    } else {
      repeat { select.groupBy.append(try expression()) } while try take(symbol: ",")
    }
    while isKeyword("WITH") { try modifier(&select) }
    guard select.groupBy.count <= Self.cubeKeysMax || select.grouping != .cube else {
      throw source.problem(start, "CUBE takes at most \(Self.cubeKeysMax) keys")
    }
  }

  /// Keys whose choices can be as many as anybody reads.
  private static let cubeKeysMax = 10

  /// `WITH TOTALS`, `WITH ROLLUP`, `WITH CUBE`.
  private mutating func modifier(_ select: inout SelectSyntax) throws(QueryError) {
    let start = token.span
    try advance()
    let (isRollup, isCube) = (isKeyword("ROLLUP"), isKeyword("CUBE"))
    guard isRollup || isCube || isKeyword("TOTALS") else {
      throw problem(
        "GROUP BY … WITH \(shownToken) is not supported", hint: "WITH TOTALS, ROLLUP and CUBE are")
    }
    try advance()
    guard select.grouping == nil, !select.hasTotals else {
      throw source.problem(
        start, "WITH TOTALS, ROLLUP, CUBE and GROUPING SETS stand alone, and once")
    }
    if isRollup || isCube {
      select.grouping = isRollup ? .rollup : .cube
    } else {
      select.hasTotals = true
    }
  }

  /// `ROLLUP(a, b)`, `CUBE(a, b)`; nil when anything else stands here.
  private mutating func groupingCall(
    _ keys: inout [SyntaxNode]
  ) throws(QueryError) -> GroupingSyntax? {
    let isRollup = isKeyword("ROLLUP")
    guard isRollup || isKeyword("CUBE") else { return nil }
    var ahead = self
    try ahead.advance()
    guard try ahead.take(symbol: "(") else { return nil }
    self = ahead
    repeat { keys.append(try expression()) } while try take(symbol: ",")
    try expect(symbol: ")", "after the keys")
    if isSymbol(",") {
      throw problem(
        "no key stands beside ROLLUP or CUBE", hint: "write GROUPING SETS ((a, b), (a))")
    }
    return isRollup ? .rollup : .cube
  }

  /// `GROUPING SETS ((a, b), (a), a, ())`.
  private mutating func groupingSets(
    _ keys: inout [SyntaxNode]
  ) throws(QueryError) -> GroupingSyntax {
    try words("GROUPING", "SETS")
    try expect(symbol: "(", "before the sets")
    var sets: [[Int]] = []
    repeat {
      let first = keys.count
      if try !take(symbol: "(") {
        keys.append(try expression())
      } else if try !take(symbol: ")") {
        repeat { keys.append(try expression()) } while try take(symbol: ",")
        try expect(symbol: ")", "after the keys of a set")
      }
      sets.append(Array(first..<keys.count))
    } while try take(symbol: ",")
    try expect(symbol: ")", "after the sets")
    return .sets(sets)
  }
}
