// An expression as typed, ready to be bound to a store.

/// A parsed expression of the ClickHouse dialect: the text of `--where` or of a funnel step's
/// filter.
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

  /// Parses `text`, which stands at byte `offset` of `whole`: a filter inside another notation,
  /// such as `page_view[page = "/signup"]`.
  /// - Throws: `QueryError.expression`, with places counted in `whole`.
  public init(parsing text: String, in whole: String, at offset: Int) throws(QueryError) {
    source = SourceText(whole)
    let end = offset + text.utf8.count
    guard offset >= 0, end <= source.bytes.count else {
      preconditionFailure("BUG: an expression that stands outside of its text")
    }
    var parser = try Parser(source, range: offset..<end)
    root = try parser.expression()
    try parser.expectEnd()
  }

  /// Whether it is a name and nothing else.
  var isName: Bool { if case .name = root.kind { true } else { false } }

  /// The text it was read from.
  public var text: String { source.slice(root.span) }
}
