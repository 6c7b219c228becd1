// A page of help as blocks, shown as plain text and as a manual page: one text, two looks.

/// A topic of `evt help`.
struct HelpTopic {
  /// A piece of a page.
  enum Block {
    case heading(String)
    case text(String)
    /// Terms with their explanations.
    case items([(term: String, text: String)])
    /// Lines to be shown as they are.
    case code([String])
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
      case .heading(let text): lines += [text.uppercased()]
      case .text(let text): lines += Self.wrapped(text, indent: 2) + [""]
      case .items(let items): lines += Self.lines(of: items) + [""]
      case .code(let code): lines += code.map { "    " + $0 } + [""]
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

  /// The page as a manual page of section 7, `evt-NAME`.
  var manual: String {
    var lines = [
      ".\\\" Generated from the text of evt help \(name): make golden.",
      ".Dd November 21, 2026", ".Dt EVT-\(name.uppercased()) 7", ".Os", ".Sh NAME", ".Nm evt-\(name)",
      ".Nd \(title)", ".Sh DESCRIPTION",
    ]
    var isFirst = true
    for block in blocks {
      switch block {
      case .heading(let text):
        lines.append(".Ss \(text)")
      case .text(let text):
        if !isFirst, lines.last?.hasPrefix(".Ss") == false { lines.append(".Pp") }
        lines += Self.sentences(text)
      case .items(let items):
        lines.append(".Bl -tag -width Ds")
        for item in items { lines += [".It \(Self.macroArgument(item.term))"] + Self.sentences(item.text) }
        lines.append(".El")
      case .code(let code):
        lines += [".Bd -literal -offset indent"] + code.map(Self.roff) + [".Ed"]
      }
      isFirst = false
    }
    lines += [".Sh SEE ALSO", ".Xr evt 1"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// A sentence a line, as manual pages have it.
  private static func sentences(_ text: String) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines.count - 1
      lines[last] += (lines[last].isEmpty ? "" : " ") + word
      if word.hasSuffix(".") || word.hasSuffix(":"), !word.hasSuffix("..") { lines.append("") }
    }
    return lines.filter { !$0.isEmpty }.map(roff)
  }

  private static func macroArgument(_ text: String) -> String {
    "\"" + roff(text).replacing("\"", with: "\"\"") + "\""
  }

  /// Text that roff takes as it is.
  private static func roff(_ text: String) -> String {
    var result = text.replacing("\\", with: "\\e")
    if result.hasPrefix(".") || result.hasPrefix("'") { result = "\\&" + result }
    return result
  }
}
