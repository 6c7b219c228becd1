// The regular shapes of identifiers: UUIDs, hexadecimal digests, prefixed numbers.

/// A shape that all texts of a list share and that needs fewer bytes than the texts.
enum TextForm: Equatable {
  case plain
  /// Lower-case 8-4-4-4-12 hexadecimal digits.
  case uuid
  /// An even number of lower-case hexadecimal digits, the same for all.
  case hexadecimal(digits: Int)
  /// A common prefix and a decimal number: of a fixed number of digits, or (0) without leading
  /// zeros.
  case numbered(prefix: Int, digits: Int)

  static let hexadecimalDigitsMin = 8
  static let numberDigitsMax = 18

  /// The form of `texts`.
  init(of texts: [UnsafeRawBufferPointer]) {
    guard let first = texts.first else {
      self = .plain
      return
    }
    if first.count == 36, texts.allSatisfy(Self.isUUID) {
      self = .uuid
    } else if let numbered = Self.numbered(texts, first) {
      self = numbered
    } else if first.count >= Self.hexadecimalDigitsMin, first.count % 2 == 0, first.count <= 255,
      texts.allSatisfy({ $0.count == first.count && $0.allSatisfy(Self.isHexadecimal) })
    {
      self = .hexadecimal(digits: first.count)
    } else {
      self = .plain
    }
  }

  static func isHexadecimal(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isUUID(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count == 36 else { return false }
    for (index, byte) in text.enumerated() {
      let isDash = index == 8 || index == 13 || index == 18 || index == 23
      guard isDash ? byte == 0x2D : isHexadecimal(byte) else { return false }
    }
    return true
  }

  private static func numbered(
    _ texts: [UnsafeRawBufferPointer], _ first: UnsafeRawBufferPointer
  ) -> TextForm? {
    let prefix = first.count - trailingDigits(first)
    guard prefix < first.count, prefix <= 255 else { return nil }
    let head = UnsafeRawBufferPointer(rebasing: first[0..<prefix])
    var sameLength = true, leadingZeros = false
    for text in texts {
      guard text.count > prefix, text.count - prefix <= numberDigitsMax,
        text[0..<prefix].elementsEqual(head), text[prefix...].allSatisfy(isDigit)
      else { return nil }
      if text.count != first.count { sameLength = false }
      if text[prefix] == 0x30, text.count > prefix + 1 { leadingZeros = true }
    }
    if leadingZeros { return sameLength ? .numbered(prefix: prefix, digits: first.count - prefix) : nil }
    return .numbered(prefix: prefix, digits: 0)
  }

  private static func trailingDigits(_ text: UnsafeRawBufferPointer) -> Int {
    var count = 0
    while count < text.count, isDigit(text[text.count - 1 - count]) { count += 1 }
    return count
  }
}
