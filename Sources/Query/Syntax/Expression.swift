// An expression as typed, ready to be bound to a store.

/// A parsed expression of the ClickHouse dialect: the text of `--where` or of a funnel step's filter.
public struct Expression: Hashable, Sendable {
  let source: SourceText
  let root: SyntaxNode

  /// Parses all of `text`.
  /// - Throws: `QueryError.expression` with the place of the first mistake.
  public init(parsing text: String) throws(QueryError) {
    source = SourceText(text)
    var parser = try Parser(source)
    root = try parser.expression()
    try parser.expectEnd()
  }

  /// Parses the expression that begins at byte `start` of `text` and goes as far as it can, so that
  /// it can stand inside another notation such as `page_view[page = "/signup"]`.
  /// - Parameter end: receives the byte offset of the first token that is not part of it.
  /// - Throws: `QueryError.expression`, with places counted in all of `text`.
  public init(prefixOf text: String, from start: Int, end: inout Int) throws(QueryError) {
    source = SourceText(text)
    guard start >= 0, start <= source.bytes.count else {
      preconditionFailure("BUG: an expression that begins outside of its text")
    }
    var parser = try Parser(source, at: start)
    root = try parser.expression()
    end = parser.token.span.start
  }

  /// The text it was read from.
  public var text: String { source.slice(root.span) }
}
