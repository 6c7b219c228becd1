// Reads what stands behind OVER.

extension Parser {
  /// Reads `(PARTITION BY … ORDER BY … ROWS …)`, each part if it is there, or the name of a window.
  @inline(never)
  mutating func window() throws(QueryError) -> WindowSyntax {
    let start = token.span
    var window = WindowSyntax(span: start)
    if case .name(let parts) = token.kind, parts.count == 1 {
      window.name = parts[0].text
      try advance()
      return window
    }
    try expect(symbol: "(", "behind OVER")
    if case .name(let parts) = token.kind, parts.count == 1,
      !["PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS"].contains(token.keyword)
    {
      window.name = parts[0].text
      try advance()
    }
    if isKeyword("PARTITION") {
      try words("PARTITION", "BY")
      repeat { window.partition.append(try expression()) } while try take(symbol: ",")
    }
    if isKeyword("ORDER") { window.order = try orderBy() }
    if let fill = window.order.lazy.compactMap(\.fill).first {
      throw source.problem(fill.span, "WITH FILL has no place in a window")
    }
    if isKeyword("ROWS") || isKeyword("RANGE") { window.frame = try frame() }
    if isKeyword("GROUPS") { throw problem("frames of GROUPS are not supported") }
    window.span = start.joined(token.span)
    try expect(symbol: ")", "to close the window")
    return window
  }

  /// `ROWS BETWEEN 6 PRECEDING AND CURRENT ROW`, `ROWS 6 PRECEDING`.
  private mutating func frame() throws(QueryError) -> FrameSyntax {
    let countsRows = isKeyword("ROWS")
    try advance()
    var frame = FrameSyntax(countsRows: countsRows, start: .unboundedPreceding, end: .currentRow)
    if try take(keyword: "BETWEEN") {
      frame.start = try bound()
      guard try take(keyword: "AND") else {
        throw problem("a frame is written BETWEEN … AND …: \(shownToken) stands where AND belongs")
      }
      frame.end = try bound()
    } else {
      frame.start = try bound()
    }
    return frame
  }

  private mutating func bound() throws(QueryError) -> FrameSyntax.Bound {
    if try take(keyword: "CURRENT") {
      guard try take(keyword: "ROW") else { throw problem("CURRENT must be followed by ROW") }
      return .currentRow
    }
    if try take(keyword: "UNBOUNDED") {
      if try take(keyword: "PRECEDING") { return .unboundedPreceding }
      guard try take(keyword: "FOLLOWING") else {
        throw problem("UNBOUNDED must be followed by PRECEDING or FOLLOWING")
      }
      return .unboundedFollowing
    }
    guard case .number(let text) = token.kind, let count = Int(text), count < 1 << 32 else {
      throw problem(
        "\(shownToken) is no bound of a frame",
        hint: isKeyword("INTERVAL") ? "write a number: of seconds, or of days with dates" : nil)
    }
    try advance()
    if try take(keyword: "PRECEDING") { return .preceding(count) }
    guard try take(keyword: "FOLLOWING") else {
      throw problem("\(text) must be followed by PRECEDING or FOLLOWING")
    }
    return .following(count)
  }
}
