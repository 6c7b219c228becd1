// Cuts the text of an expression into tokens.

/// Reads tokens one by one, so that a parser can stop where its language ends.
struct Lexer {
  let source: SourceText
  private var position: Int
  /// The text up to the end of the expression.
  private let bytes: ArraySlice<UInt8>

  init(_ source: SourceText, range: Range<Int>) {
    self.source = source
    position = range.lowerBound
    bytes = source.bytes[..<range.upperBound]
  }

  private func byte(_ at: Int) -> UInt8 { at < bytes.endIndex ? bytes[at] : 0 }

  /// Returns the next token; at the end of the text always `.end`.
  mutating func next() throws(QueryError) -> Token {
    try skipSpace()
    let start = position
    guard start < bytes.endIndex else {
      return Token(kind: .end, span: SourceSpan(start: start, end: start))
    }
    let kind: TokenKind
    switch bytes[start] {
    case UInt8(ascii: "'"): kind = .text(try quoted(by: UInt8(ascii: "'"), what: "text"))
    case UInt8(ascii: "`"), UInt8(ascii: "\""): kind = try name()
    case let first where Self.startsName(first): kind = try name()
    case let first where Self.isDigit(first): kind = try number()
    case UInt8(ascii: ".") where Self.isDigit(byte(start + 1)): kind = try number()
    default: kind = try symbol()
    }
    return Token(kind: kind, span: SourceSpan(start: start, end: position))
  }

  // MARK: - Names

  static func startsName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF:
      true
    default: false
    }
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func continuesName(_ byte: UInt8) -> Bool { startsName(byte) || isDigit(byte) }

  private mutating func name() throws(QueryError) -> TokenKind {
    try refuseTypographicQuote()
    var parts = [try namePart()]
    while byte(position) == UInt8(ascii: ".") {
      let after = byte(position + 1)
      guard
        Self.continuesName(after) || after == UInt8(ascii: "`") || after == UInt8(ascii: "\"")
      else { break }
      position += 1
      parts.append(try namePart())
    }
    return .name(parts)
  }

  /// Quotes that word processors make would else begin a name.
  private func refuseTypographicQuote() throws(QueryError) {
    let isQuote =
      byte(position) == 0xE2 && byte(position + 1) == 0x80
      && (0x98...0x9F).contains(byte(position + 2))
    guard isQuote else { return }
    let span = SourceSpan(start: position, end: position + 3)
    throw source.problem(
      span, "this quotation mark is not one of the language", hint: "write 'text' in plain quotes")
  }

  private mutating func namePart() throws(QueryError) -> NamePart {
    switch byte(position) {
    case UInt8(ascii: "`"):
      let text = try quoted(by: UInt8(ascii: "`"), what: "name")
      return NamePart(text: String(decoding: text, as: UTF8.self), quote: .backtick)
    case UInt8(ascii: "\""):
      let text = try quoted(by: UInt8(ascii: "\""), what: "name")
      return NamePart(text: String(decoding: text, as: UTF8.self), quote: .double)
    default:
      let start = position
      while position < bytes.endIndex, Self.continuesName(bytes[position]) { position += 1 }
      return NamePart(
        text: String(decoding: bytes[start..<position], as: UTF8.self), quote: .none)
    }
  }

  // MARK: - Quoted text

  /// Reads up to the closing quote. A doubled quote is one; backslash escapes are ClickHouse's.
  private mutating func quoted(by quote: UInt8, what: String) throws(QueryError) -> [UInt8] {
    let start = position
    position += 1
    var text: [UInt8] = []
    while position < bytes.endIndex {
      let byte = bytes[position]
      position += 1
      if byte == quote {
        guard self.byte(position) == quote, position < bytes.endIndex else { return text }
        text.append(quote)
        position += 1
      } else if byte == UInt8(ascii: "\\") {
        try escape(into: &text)
      } else {
        text.append(byte)
      }
    }
    let span = SourceSpan(start: start, end: start + 1)
    let mark = String(UnicodeScalar(quote))
    throw source.problem(span, "the \(what) that begins here has no closing \(mark)")
  }

  private mutating func escape(into text: inout [UInt8]) throws(QueryError) {
    guard position < bytes.endIndex else { return }
    let escaped = bytes[position]
    position += 1
    switch escaped {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "a"): text.append(0x07)
    case UInt8(ascii: "v"): text.append(0x0B)
    case UInt8(ascii: "0"): text.append(0x00)
    case UInt8(ascii: "x"):
      guard let high = Self.hexDigit(byte(position)), let low = Self.hexDigit(byte(position + 1))
      else {
        let span = SourceSpan(start: position - 2, end: min(position + 2, bytes.endIndex))
        throw source.problem(span, "\\x needs two hexadecimal digits")
      }
      text.append(high << 4 | low)
      position += 2
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"),
      UInt8(ascii: "/"), UInt8(ascii: "="):
      text.append(escaped)
    default:
      // An unknown escape keeps its backslash, so that LIKE patterns can say '\%'.
      text.append(UInt8(ascii: "\\"))
      text.append(escaped)
    }
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  // MARK: - Numbers

  private mutating func number() throws(QueryError) -> TokenKind {
    let start = position
    skipDigits()
    if byte(position) == UInt8(ascii: ".") {
      position += 1
      skipDigits()
    }
    if byte(position) | 0x20 == UInt8(ascii: "e") {
      var after = position + 1
      if byte(after) == UInt8(ascii: "+") || byte(after) == UInt8(ascii: "-") { after += 1 }
      if Self.isDigit(byte(after)) {
        position = after
        skipDigits()
      }
    }
    if position < bytes.endIndex, Self.continuesName(bytes[position]) {
      while position < bytes.endIndex, Self.continuesName(bytes[position]) { position += 1 }
      let span = SourceSpan(start: start, end: position)
      throw source.problem(
        span, "\(source.slice(span)) is neither a number nor a name",
        hint: "put quotes around a text, backticks around a name")
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func skipDigits() {
    while Self.isDigit(byte(position)) { position += 1 }
  }

  // MARK: - Symbols and space

  /// Longest first.
  private static let symbols = [
    "<=>", "<=", ">=", "<>", "!=", "==", "||", "&&", "::", "->", "=", "<", ">", "+", "-", "*", "/",
    "%", "(", ")", "[", "]", "{", "}", ",", ".", ";", ":", "?", "~", "!", "|", "&", "^", "@", "#",
  ].map { Array($0.utf8) }

  private mutating func symbol() throws(QueryError) -> TokenKind {
    for symbol in Self.symbols where bytes[position...].starts(with: symbol) {
      position += symbol.count
      return .symbol(String(decoding: symbol, as: UTF8.self))
    }
    let span = SourceSpan(start: position, end: position + 1)
    throw source.problem(span, "this character means nothing here")
  }

  private mutating func skipSpace() throws(QueryError) {
    while position < bytes.endIndex {
      switch bytes[position] {
      case 0x20, 0x09...0x0D:
        position += 1
      case UInt8(ascii: "-") where byte(position + 1) == UInt8(ascii: "-"):
        while position < bytes.endIndex, bytes[position] != 0x0A { position += 1 }
      case UInt8(ascii: "/") where byte(position + 1) == UInt8(ascii: "*"):
        try skipComment()
      default:
        return
      }
    }
  }

  private mutating func skipComment() throws(QueryError) {
    let start = position
    position += 2
    while position + 1 < bytes.endIndex {
      if bytes[position] == UInt8(ascii: "*"), bytes[position + 1] == UInt8(ascii: "/") {
        position += 2
        return
      }
      position += 1
    }
    let span = SourceSpan(start: start, end: start + 2)
    throw source.problem(span, "the comment that begins here has no end")
  }
}
