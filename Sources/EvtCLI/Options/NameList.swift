// Lists in one argument: names and expressions with commas between them.

/// Splits arguments at their commas.
enum NameList {
  /// The items of all `arguments`, without surrounding space; commas within brackets or quotes
  /// belong to an item.
  static func split(_ arguments: [String]) -> [String] {
    arguments.flatMap(split).filter { !$0.isEmpty }
  }

  private static func split(_ text: String) -> [String] {
    var items: [String] = []
    var item = ""
    var depth = 0
    var quote: Character?
    var isEscaped = false
    for character in text {
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
          items.append(trimmed(item))
          item = ""
          continue
        default: break
        }
      }
      item.append(character)
    }
    return items + [trimmed(item)]
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
