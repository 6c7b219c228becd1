// Text from outside, made harmless for terminals.

/// Escapes what a terminal would obey or hide instead of showing: event names are input too.
enum SafeText {
  /// `text` with control characters, bidirectional overrides and zero-width characters as `\u{..}`;
  /// newlines and tabs too, so that one value stays on one line.
  static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isDangerous) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isDangerous(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// C0, DEL, C1, zero-width and bidirectional controls, the byte order mark.
  static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
