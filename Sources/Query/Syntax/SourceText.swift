// The text of an expression and places in it.

/// A stretch of bytes of an expression's text.
struct SourceSpan: Hashable, Sendable {
  var start: Int
  var end: Int

  /// The least stretch that holds both.
  func joined(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(start: min(start, other.start), end: max(end, other.end))
  }
}

/// The whole text that an expression stands in.
struct SourceText: Hashable, Sendable {
  let text: String
  let bytes: [UInt8]

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  /// The text of `span`.
  func slice(_ span: SourceSpan) -> String {
    String(decoding: bytes[span.start..<span.end], as: UTF8.self)
  }

  /// The place of `span` in a form that stands by itself.
  func excerpt(_ span: SourceSpan) -> SourceExcerpt {
    let newline = UInt8(ascii: "\n")
    let start = min(span.start, bytes.count)
    let lineStart = (bytes[..<start].lastIndex(of: newline) ?? -1) + 1
    let lineEnd = bytes[start...].firstIndex(of: newline) ?? bytes.count
    let line = bytes[..<lineStart].count { $0 == newline } + 1
    func width(_ range: Range<Int>) -> Int {
      String(decoding: bytes[range], as: UTF8.self).unicodeScalars.count
    }
    return SourceExcerpt(
      line: line, column: width(lineStart..<start) + 1,
      length: max(1, width(start..<max(start, min(span.end, lineEnd)))),
      offset: start, lineText: String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self))
  }

  /// An error at `span`.
  func problem(_ span: SourceSpan, _ message: String, hint: String? = nil) -> QueryError {
    .expression(ExpressionProblem(message: message, hint: hint, place: excerpt(span)))
  }
}

/// A place in an expression: line and column from 1, in characters, and the line itself.
public struct SourceExcerpt: Hashable, Sendable {
  public var line: Int
  public var column: Int
  /// How many characters are meant, at least 1.
  public var length: Int
  /// Bytes before the place.
  public var offset: Int
  public var lineText: String

  /// Creates the place of `length` characters at `line`:`column`.
  public init(line: Int, column: Int, length: Int, offset: Int, lineText: String) {
    self.line = line
    self.column = column
    self.length = length
    self.offset = offset
    self.lineText = lineText
  }

  /// `line:column`.
  public var position: String { "\(line):\(column)" }

  /// The line, and below it carets under the place. Long lines are cut around the place.
  public var drawing: String {
    let scalars = Array(lineText.unicodeScalars)
    let first = max(0, column - 1 - Self.contextMax)
    let last = min(scalars.count, column - 1 + Self.contextMax)
    var shown = ""
    for scalar in scalars[min(first, scalars.count)..<max(last, min(first, scalars.count))] {
      shown.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    let lead = first > 0 ? "…" : ""
    let tail = last < scalars.count ? "…" : ""
    let indent = String(repeating: " ", count: column - 1 - first + lead.unicodeScalars.count)
    let carets = String(repeating: "^", count: max(1, min(length, max(1, last - (column - 1)))))
    return "\(lead)\(shown)\(tail)\n\(indent)\(carets)"
  }

  private static let contextMax = 60
}
