// Key paths as text: components joined by dots, odd ones in backticks.

/// Converts between the components of a key path and its text as segments store it.
enum FieldPath {
  /// Returns the text of `components`.
  static func text(of components: some Sequence<String>) -> String {
    components.map(quotedIfOdd).joined(separator: ".")
  }

  private static func quotedIfOdd(_ component: String) -> String {
    let isOdd =
      component.isEmpty
      || component.utf8.contains {
        $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "`") || $0 < 0x20 || $0 == 0x7F
      }
    guard isOdd else { return component }
    let doubled = component.split(separator: "`", omittingEmptySubsequences: false)
    return "`" + doubled.joined(separator: "``") + "`"
  }

  /// Returns the components of `text`.
  static func components(of text: String) -> [String] {
    let backtick = UInt8(ascii: "`")
    var components: [String] = []
    var current: [UInt8] = []
    var isQuoted = false
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == backtick {
        if isQuoted, index < bytes.count, bytes[index] == backtick {
          current.append(backtick)
          index += 1
        } else {
          isQuoted.toggle()
        }
      } else if byte == UInt8(ascii: "."), !isQuoted {
        components.append(String(decoding: current, as: UTF8.self))
        current = []
      } else {
        current.append(byte)
      }
    }
    components.append(String(decoding: current, as: UTF8.self))
    return components
  }
}
