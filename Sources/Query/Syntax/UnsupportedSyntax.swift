// Names what the language does not have, so that nobody has to guess why an expression is refused.

/// Errors for constructs that other dialects, or later versions, know.
enum UnsupportedSyntax {
  /// The error for a symbol that stands where an infix operator may stand; nil when it may end the
  /// expression.
  static func problem(infix token: Token, in source: SourceText) -> QueryError? {
    guard case .symbol(let symbol) = token.kind else { return nil }
    let (message, hint): (String, String?) =
      switch symbol {
      case "&&": ("&& is not an operator of this dialect", "write AND")
      case "&", "|", "^":
        ("\(symbol) is not an operator of this dialect", "write AND or OR")
      case "~":
        ("~ is not an operator of this dialect", "write match(text, 'pattern')")
      case "!": ("! is not an operator of this dialect", "write != or NOT")
      default: ("", nil)
      }
    return message.isEmpty ? nil : source.problem(token.span, message, hint: hint)
  }

  /// The error for a symbol that stands where a value is expected.
  static func problem(operand token: Token, in source: SourceText) -> QueryError {
    let shown = source.slice(token.span)
    let (message, hint): (String, String?) =
      switch shown {
      case "*": ("* has no meaning here", nil)
      case "!": ("! is not an operator of this dialect", "write NOT")
      case "?": ("? stands for nothing here", "write {name:Type} and --param name=value")
      case ")", "]": ("\(shown) stands where a value is expected", nil)
      default: ("\(shown) stands where a value is expected", nil)
      }
    return source.problem(token.span, message, hint: hint)
  }

  /// The error for a word that begins something unsupported; nil for all other words.
  static func problem(
    reservedWord word: String, _ token: Token, in source: SourceText
  ) -> QueryError? {
    let (message, hint): (String, String?) =
      switch word {
      case "SELECT": ("SELECT stands in an expression without parentheses", "write (SELECT …)")
      case "AND", "OR", "IN", "LIKE", "ILIKE", "BETWEEN", "IS":
        ("\(word) stands where a value is expected", "put backticks around a field of that name")
      default: ("", nil)
      }
    return message.isEmpty ? nil : source.problem(token.span, message, hint: hint)
  }

  /// The error for a token behind a complete expression.
  static func problem(behindExpression token: Token, in source: SourceText) -> QueryError {
    let shown = source.slice(token.span)
    if let word = token.keyword {
      switch word {
      case "SIMILAR", "MATCH", "GLOB":
        return source.problem(
          token.span, "\(shown) is not supported", hint: "use LIKE, ILIKE or match()")
      case "GROUP", "ORDER", "LIMIT", "HAVING", "UNION", "FROM", "WHERE", "SELECT":
        return source.problem(
          token.span, "\(shown) has no place in an expression",
          hint: "use the flags --by, --top and --where")
      default: break
      }
    }
    let hint =
      switch token.kind {
      case .symbol(")"), .symbol("]"), .symbol("}"): "a bracket is closed that was never opened"
      case .symbol: "only one expression may stand here"
      default: "an operator such as =, AND or OR is missing before it"
      }
    return source.problem(token.span, "\"\(shown)\" was not expected here", hint: hint)
  }
}
