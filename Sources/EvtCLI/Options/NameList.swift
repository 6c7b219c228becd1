// Lists in one argument: names and expressions with commas between them.

/// Splits arguments at their commas.
enum NameList {
  /// The items of all `arguments`, without surrounding space; commas within brackets or quotes
  /// belong to an item.
  static func split(_ arguments: [String]) -> [String] {
    arguments.flatMap { items(of: $0).map { String(trimmed($0)) } }.filter { !$0.isEmpty }
  }

  /// The item at the end of `text`, without space before it; empty behind a comma.
  static func lastItem(of text: String) -> Substring {
    items(of: text).last?.drop(while: \.isWhitespace) ?? text[text.endIndex...]
  }

  /// Whether `name` comes out of a list as it goes in, and cannot be taken for an option.
  static func keeps(_ name: String) -> Bool {
    !name.hasPrefix("-") && split(["\(name),x"]) == [name, "x"]
  }

  private static func items(of text: String) -> [Substring] {
    var items: [Substring] = []
    var start = text.startIndex
    var depth = 0
    var quote: Character?
    var isEscaped = false
    for index in text.indices {
      let character = text[index]
      if let open = quote {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == open {
          quote = nil
        }
      } else {
        switch character {
        case "'", "\"", "`": quote = character
        case "(", "[": depth += 1
        case ")", "]": depth -= 1
        case "," where depth <= 0:
          items.append(text[start..<index])
          start = text.index(after: index)
        default: break
        }
      }
    }
    return items + [text[start...]]
  }

  private static func trimmed(_ item: Substring) -> Substring {
    var item = item
    while item.first?.isWhitespace == true { item.removeFirst() }
    while item.last?.isWhitespace == true { item.removeLast() }
    return item
  }
}
