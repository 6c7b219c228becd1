// LIKE and ILIKE.

/// A LIKE pattern: `%` is any text, `_` any one character, and a backslash takes the next of these
/// (or of itself) literally.
struct LikePattern: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case anyText
    case anyCharacter
    /// Bytes as they are, in lower case when case does not count.
    case bytes([UInt8])
  }

  private let parts: [Part]
  let foldsCase: Bool

  init(_ pattern: [UInt8], foldsCase: Bool) {
    var parts: [Part] = []
    var literal: [UInt8] = []
    func flush() {
      if !literal.isEmpty { parts.append(.bytes(foldsCase ? Self.fold(literal) : literal)) }
      literal = []
    }
    var index = 0
    while index < pattern.count {
      let byte = pattern[index]
      index += 1
      switch byte {
      case UInt8(ascii: "%"):
        flush()
        if parts.last != .anyText { parts.append(.anyText) }
      case UInt8(ascii: "_"):
        flush()
        parts.append(.anyCharacter)
      case UInt8(ascii: "\\") where index < pattern.count && Self.isEscapable(pattern[index]):
        literal.append(pattern[index])
        index += 1
      default:
        literal.append(byte)
      }
    }
    flush()
    self.parts = parts
    self.foldsCase = foldsCase
  }

  private static func isEscapable(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "\\")
  }

  /// The text all in lower case.
  private static func fold(_ text: some Collection<UInt8>) -> [UInt8] {
    if text.allSatisfy({ $0 < 0x80 }) {
      return text.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    }
    return Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
  }

  /// Whether all of `text` matches.
  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    guard foldsCase else { return match(text) }
    return Self.fold(text).withUnsafeBytes { match($0) }
  }

  /// Walks both, going back to the last `%` when a literal fails: linear for one `%`, and never
  /// worse than length times length.
  private func match(_ text: UnsafeRawBufferPointer) -> Bool {
    var part = 0
    var at = 0
    var retryPart = -1
    var retryAt = 0
    while true {
      if part == parts.count {
        if at == text.count { return true }
      } else {
        switch parts[part] {
        case .anyText:
          retryPart = part + 1
          retryAt = at
          part += 1
          if part == parts.count { return true }
          continue
        case .anyCharacter:
          if at < text.count {
            at = Self.characterEnd(text, at)
            part += 1
            continue
          }
        case .bytes(let literal):
          if Self.begins(text, at, literal) {
            at += literal.count
            part += 1
            continue
          }
        }
      }
      guard retryPart >= 0, retryAt < text.count else { return false }
      retryAt = Self.characterEnd(text, retryAt)
      part = retryPart
      at = retryAt
    }
  }

  @inline(__always)
  private static func begins(_ text: UnsafeRawBufferPointer, _ at: Int, _ literal: [UInt8]) -> Bool
  {
    guard text.count - at >= literal.count else { return false }
    for index in 0..<literal.count where text[at + index] != literal[index] { return false }
    return true
  }

  /// Where the code point that begins at `at` ends.
  @inline(__always)
  private static func characterEnd(_ text: UnsafeRawBufferPointer, _ at: Int) -> Int {
    var end = at + 1
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}
