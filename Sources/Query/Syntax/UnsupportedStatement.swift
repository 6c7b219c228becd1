// Names the clauses that statements do not have, so that nobody has to guess.

extension UnsupportedSyntax {
  /// The error for a statement that is no SELECT.
  static func problem(
    statement token: Token, isWrapped: Bool, in source: SourceText
  ) -> QueryError {
    let shown = token.kind == .end ? "nothing" : "\"\(source.slice(token.span))\""
    if isWrapped {
      return source.problem(token.span, "a statement in parentheses is not supported")
    }
    let hint =
      switch token.keyword {
      case "WITH": "WITH is not supported yet: name the expression in SELECT, or use a sub-query"
      case "INSERT", "CREATE", "ALTER", "DROP", "DELETE", "UPDATE", "TRUNCATE":
        "a store changes by evt ingest and evt retain only"
      case "EXPLAIN", "SHOW", "DESCRIBE", "DESC": "evt query --fields lists the fields"
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
      case "UNION", "EXCEPT", "INTERSECT":
        ("\(word) is not supported", "run the queries one after the other")
      case "FORMAT": ("FORMAT belongs on the command line", "write --format json")
      case "SETTINGS": ("SETTINGS are not supported", "see evt query --help")
      case "PREWHERE": ("PREWHERE is not supported", "write WHERE: it is pruned first anyway")
      case "WITH": ("WITH TOTALS, ROLLUP and CUBE are not supported", nil)
      case "WINDOW", "QUALIFY": ("window functions are not supported", nil)
      case "INTO": ("INTO OUTFILE belongs on the command line", "write --output FILE")
      case "SAMPLE", "FINAL", "ARRAY": ("\(word) is not supported", nil)
      case "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT":
        (
          "\(word) stands too late",
          "the clauses are WHERE, GROUP BY, HAVING, ORDER BY and LIMIT, in this order"
        )
      default: ("", nil)
      }
    return message.isEmpty ? nil : source.problem(token.span, message, hint: hint)
  }

  /// The error for a second table; nil for other tokens.
  static func problem(join token: Token, in source: SourceText) -> QueryError? {
    let words: Set<String> = [
      "JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "ANY", "ASOF", "GLOBAL",
    ]
    let isJoin = token.kind == .symbol(",") || token.keyword.map(words.contains) ?? false
    guard isJoin else { return nil }
    return source.problem(
      token.span, "joins are not supported", hint: "evt funnel answers who did what after what")
  }
}
