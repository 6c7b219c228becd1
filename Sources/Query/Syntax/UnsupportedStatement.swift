// Names the clauses that statements do not have, so that nobody has to guess.

extension UnsupportedSyntax {
  /// The error for a statement that is no SELECT.
  static func problem(statement token: Token, in source: SourceText) -> QueryError {
    let shown = token.kind == .end ? "nothing" : "\"\(source.slice(token.span))\""
    let hint =
      switch token.keyword {
      case "INSERT", "CREATE", "ALTER", "DROP", "DELETE", "UPDATE", "TRUNCATE":
        "a store changes by evt ingest and evt retain only"
      case "EXPLAIN": "evt query --explain shows the plan"
      case "SHOW", "DESCRIBE", "DESC": "evt query --fields lists the fields"
      default: "write SELECT … FROM events"
      }
    return source.problem(
      token.span, "\(shown) stands where SELECT is expected", hint: hint)
  }

  /// The error for what stands behind a complete SELECT.
  static func problem(behindSelect token: Token, in source: SourceText) -> QueryError {
    if let problem = problem(clause: token, in: source) { return problem }
    let shown = source.slice(token.span)
    if token.kind == .symbol(")") {
      return source.problem(token.span, "\(shown) closes nothing")
    }
    return source.problem(
      token.span, "\"\(shown)\" was not expected here",
      hint: "the clauses are WHERE, GROUP BY, HAVING, ORDER BY and LIMIT, in this order")
  }

  /// The error for a clause that is not supported, or stands too late; nil for other words.
  static func problem(clause token: Token, in source: SourceText) -> QueryError? {
    guard let word = token.keyword else { return nil }
    let (message, hint): (String, String?) =
      switch word {
      case "EXCEPT", "INTERSECT":
        ("\(word) is not supported", "write IN (SELECT …) or NOT IN (SELECT …)")
      case "FORMAT": ("FORMAT belongs on the command line", "write --format json")
      case "SETTINGS": ("SETTINGS are not supported", "see evt query --help")
      case "QUALIFY": ("QUALIFY is not supported", "select from the query, with WHERE")
      case "INTO": ("INTO OUTFILE belongs on the command line", "write --output FILE")
      case "ARRAY": ("ARRAY JOIN stands too late", "it follows FROM")
      case "SAMPLE", "FINAL": ("\(word) is not supported", nil)
      case "FROM", "PREWHERE", "WHERE", "GROUP", "HAVING", "WINDOW":
        (
          "\(word) stands too late",
          "the clauses are WHERE, GROUP BY, HAVING, ORDER BY and LIMIT, in this order"
        )
      default: ("", nil)
      }
    return message.isEmpty ? nil : source.problem(token.span, message, hint: hint)
  }

  /// The error for a join that is none of those supported; nil for other tokens.
  static func problem(join token: Token, in source: SourceText) -> QueryError? {
    let words: Set<String> = [
      "JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "ANY", "ASOF", "GLOBAL", "SEMI", "ANTI",
    ]
    let isComma = token.kind == .symbol(",")
    guard isComma || token.keyword.map(words.contains) ?? false else { return nil }
    let shown = source.slice(token.span)
    return source.problem(
      token.span, isComma ? "several tables need JOIN" : "joins with \(shown) are not supported",
      hint: "JOIN, LEFT JOIN and CROSS JOIN are")
  }
}
