// A page of help as blocks, laid out for a terminal.

/// A topic of `evt help`.
struct HelpTopic {
  /// A piece of a page.
  enum Block {
    case text(String)
    /// Terms with their explanations.
    case items([(term: String, text: String)])
    /// Lines to be shown as they are.
    case code([String])
    /// Lines of a page that was laid out elsewhere.
    case page(String)
  }

  var name: String
  /// What the page is about, as a noun phrase.
  var title: String
  var blocks: [Block]

  private static let columns = 80

  /// The page as plain text.
  var plain: String {
    var lines = ["\(name): \(title)", ""]
    for block in blocks {
      switch block {
      case .text(let text): lines += Self.wrapped(text, indent: 2) + [""]
      case .items(let items): lines += Self.lines(of: items) + [""]
      case .code(let code): lines += code.map { "    " + $0 } + [""]
      case .page(let text):
        lines += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      }
    }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(of items: [(term: String, text: String)]) -> [String] {
    let width = min(items.map { $0.term.count }.max() ?? 0, 24)
    return items.flatMap { item -> [String] in
      let body = wrapped(item.text, indent: 4 + width)
      let term = "  " + item.term
      guard item.term.count <= width, let first = body.first else { return [term] + body }
      let padding = String(repeating: " ", count: max(0, 4 + width - term.count))
      return [term + padding + first.dropFirst(4 + width)] + body.dropFirst()
    }
  }

  private static func wrapped(_ text: String, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > columns {
        lines.append(margin + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [margin + line]
  }
}
