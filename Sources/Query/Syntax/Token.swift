// The words of the expression language.

/// One part of a dotted name.
struct NamePart: Hashable, Sendable {
  enum Quote: Hashable, Sendable { case none, backtick, double }

  var text: String
  var quote: Quote
}

/// What a token is.
enum TokenKind: Hashable, Sendable {
  /// A name, possibly dotted; keywords are names too until the parser asks.
  case name([NamePart])
  /// A number as written.
  case number(String)
  /// A text in single quotes, its escapes resolved, as bytes.
  case text([UInt8])
  /// An operator or a bracket.
  case symbol(String)
  case end
}

/// A word of an expression and where it stands.
struct Token: Hashable, Sendable {
  var kind: TokenKind
  var span: SourceSpan

  /// The upper-case spelling when this is a single unquoted name: how keywords are recognised.
  var keyword: String? {
    guard case .name(let parts) = kind, parts.count == 1, parts[0].quote == .none else {
      return nil
    }
    return parts[0].text.uppercased()
  }
}
