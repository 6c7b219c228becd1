// How many columns of a terminal a text takes.

/// Measures and cuts text by terminal columns; characters are not columns.
enum DisplayWidth {
  /// The columns that `text` takes.
  static func of(_ text: String) -> Int {
    let utf8 = text.utf8
    // Most text is ASCII, where bytes are columns.
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// `text` cut to at most `columns`, the last of them an ellipsis when something is missing.
  static func cut(_ text: String, to columns: Int, ascii: Bool) -> String {
    guard of(text) > columns else { return text }
    let ellipsis = ascii ? "..." : "…"
    let room = max(columns - of(ellipsis), 0)
    var result = ""
    var used = 0
    for character in text {
      let width = of(character)
      if used + width > room { break }
      result.append(character)
      used += width
    }
    return result + String(ellipsis.prefix(columns))
  }

  /// A cluster is as wide as its widest scalar; an emoji variation selector makes it wide.
  private static func of(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
      if scalar.value == 0xFE0F { return 2 }
      width = max(width, of(scalar))
    }
    return width
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value == 0 ? 0 : 1 }
    if contains(zero, scalar.value) { return 0 }
    return contains(wide, scalar.value) ? 2 : 1
  }

  private static func contains(_ ranges: [(first: UInt32, last: UInt32)], _ value: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].last < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].first <= value
  }
}
