// Reads steps from one argument: those of a funnel, or one at a time for other notations.
//
//     steps       = step *( "," step )
//     step        = alternative *( "|" alternative )
//     alternative = ( "*" | name | quoted ) [ "[" expression "]" ]
//     quoted      = '"' characters, with "" or \" for a quote and \\ for a backslash '"'
//
// A name is any text without , | [ ] " and surrounding space; it may hold spaces. Brackets nest in
// the expression, and brackets within its quoted texts do not count. Where a comparison may follow,
// a name ends before ":" and one of < > = !.

extension EventStep {
  /// Returns the steps that `text` lists.
  /// - Throws: `AnalyticsError.steps` with the place, or `.unsupported` for optional steps.
  public static func parse(_ text: String) throws(AnalyticsError) -> [EventStep] {
    var parser = EventStepParser(text: text)
    return try parser.steps()
  }

  /// Returns the one step that `text` is; `any` means any event there, as `*` does.
  /// - Throws: as `parse`.
  public static func parseOne(_ text: String) throws(AnalyticsError) -> EventStep {
    var parser = EventStepParser(text: text, takesAny: true)
    let step = try parser.step()
    guard parser.peek == nil else {
      throw parser.problem("one step is expected; A|B means either of two events")
    }
    return step
  }
}

/// Walks the bytes of the argument; every byte it decides on is ASCII, so UTF-8 stays whole.
struct EventStepParser {
  private let text: String
  private let bytes: [UInt8]
  /// Whether a comparison may follow a step.
  private let stopsAtComparison: Bool
  /// Whether the word any is any event.
  private let takesAny: Bool
  private(set) var position = 0

  init(text: String, stopsAtComparison: Bool = false, takesAny: Bool = false) {
    self.text = text
    self.stopsAtComparison = stopsAtComparison
    self.takesAny = takesAny
    bytes = Array(text.utf8)
  }

  mutating func steps() throws(AnalyticsError) -> [EventStep] {
    var steps = [try step()]
    while position < bytes.count {
      guard bytes[position] == UInt8(ascii: ",") else {
        throw problem("expected ',' between steps")
      }
      position += 1
      steps.append(try step())
    }
    return steps
  }

  /// Reads one step and the space around it.
  mutating func step() throws(AnalyticsError) -> EventStep {
    skipSpace()
    let start = position
    var alternatives = [try alternative()]
    while peek == UInt8(ascii: "|") {
      position += 1
      alternatives.append(try alternative())
    }
    if peek == UInt8(ascii: "?") { throw optionalStep(named: trimmed(start..<position)) }
    return EventStep(name: trimmed(start..<position), alternatives: alternatives)
  }

  private mutating func alternative() throws(AnalyticsError) -> EventStep.Alternative {
    skipSpace()
    let event = try eventName()
    skipSpace()
    guard peek == UInt8(ascii: "[") else { return .init(event: event) }
    let condition = try condition()
    skipSpace()
    return .init(event: event, condition: condition)
  }

  /// The name at the position; nil for `*`.
  private mutating func eventName() throws(AnalyticsError) -> String? {
    if peek == UInt8(ascii: "\"") { return try quotedName() }
    let start = position
    while let byte = peek, !Self.endsName(byte), !isAtComparison { position += 1 }
    if peek == UInt8(ascii: "\"") {
      throw problem("a quote within a name; quote the whole name, as in \"a \"\"b\"\" c\"")
    }
    let name = trimmed(start..<position)
    if name.isEmpty {
      position = start
      throw problem("expected an event name, a \"quoted name\" or * for any event")
    }
    if name == "*" || takesAny && name == "any" { return nil }
    if name.hasSuffix("?") { throw optionalStep(named: String(name.dropLast())) }
    return name
  }

  private mutating func quotedName() throws(AnalyticsError) -> String {
    let start = position
    var name: [UInt8] = []
    position += 1
    while let byte = peek {
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard peek == byte else {
          if name.isEmpty {
            position = start
            throw problem("the event name is empty")
          }
          return String(decoding: name, as: UTF8.self)
        }
        position += 1
      } else if byte == UInt8(ascii: "\\"), let next = peek,
        next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
      {
        position += 1
        name.append(next)
        continue
      }
      name.append(byte)
    }
    position = start
    throw problem("this quoted name is not closed")
  }

  /// The expression between the bracket at the position and its partner.
  private mutating func condition() throws(AnalyticsError) -> EventStep.Condition {
    let open = position
    var depth = 0
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
        try skipQuoted(byte)
        continue
      default: break
      }
      position += 1
      if depth == 0 { return try condition(in: open + 1..<position - 1) }
    }
    position = open
    throw problem("'[' without ']'")
  }

  private mutating func condition(in range: Range<Int>) throws(AnalyticsError)
    -> EventStep.Condition
  {
    guard !trimmed(range).isEmpty else {
      position = range.lowerBound
      throw problem("the brackets hold no expression")
    }
    return .init(text: String(decoding: bytes[range], as: UTF8.self), offset: range.lowerBound)
  }

  /// Moves behind the quoted text at the position; a doubled or escaped quote does not end it.
  private mutating func skipQuoted(_ quote: UInt8) throws(AnalyticsError) {
    let start = position
    position += 1
    while let byte = peek {
      position += 1
      if byte == UInt8(ascii: "\\") {
        position = min(position + 1, bytes.count)
      } else if byte == quote {
        guard peek == quote else { return }
        position += 1
      }
    }
    position = start
    throw problem("this quote is not closed")
  }

  /// The byte at the position, nil at the end.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Moves behind the byte at the position.
  mutating func advance() { position += 1 }

  /// Whether a comparison that may follow a step begins at the position.
  private var isAtComparison: Bool {
    guard stopsAtComparison, peek == UInt8(ascii: ":") else { return false }
    switch bytes[(position + 1)...].first(where: { !Self.isSpace($0) }) {
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "!"): return true
    default: return false
    }
  }

  /// Moves behind space.
  mutating func skipSpace() {
    while let byte = peek, Self.isSpace(byte) { position += 1 }
  }

  private func trimmed(_ range: Range<Int>) -> String {
    var range = range
    while let first = range.first, Self.isSpace(bytes[first]) { range.removeFirst() }
    while let last = range.last, Self.isSpace(bytes[last]) { range.removeLast() }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func endsName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "\""):
      true
    default: false
    }
  }

  /// The error for the byte at the position, which it counts in characters from 1.
  func problem(_ what: String) -> AnalyticsError {
    let character = String(decoding: bytes[..<position], as: UTF8.self).count + 1
    return .steps(text: text, character: character, problem: what)
  }

  private func optionalStep(named name: String) -> AnalyticsError {
    .unsupported(
      "step '\(name)?': optional steps are not supported yet; leave the '?' out, or quote "
        + "the name if it ends in one: \"\(name)?\"")
  }
}
