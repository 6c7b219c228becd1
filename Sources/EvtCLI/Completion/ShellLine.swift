// A command line as a shell reads it: words out of quotes, and quotes around words.

/// The shells that complete.
enum Shell: String, CaseIterable {
  case bash, zsh, fish
}

/// The quotes that are open at the end of a text.
enum ShellQuote {
  case none, single, double
}

/// A word as typed and as the command gets it.
struct ShellWord: Equatable {
  /// With quotes and backslashes.
  var raw = ""
  var text = ""
  /// The quote that is not closed.
  var quote = ShellQuote.none
}

/// The words of a command line up to the cursor.
struct ShellLine {
  /// The words before the one at the cursor, without redirections.
  private(set) var words: [ShellWord] = []
  /// The word at the cursor, empty behind a space.
  private(set) var current = ShellWord()
  /// Whether the word at the cursor names a file to read from or write to.
  private(set) var isRedirection = false

  private let shell: Shell
  private var hasCurrent = false
  private var isEscaped = false

  /// Reads `line`, which ends at the cursor. Nothing is expanded but `~/` (`$HOME/`).
  init(_ line: String, shell: Shell) {
    self.shell = shell
    for scalar in line.unicodeScalars { take(scalar) }
  }

  /// Reads `raw` as one word.
  static func word(_ raw: String, shell: Shell) -> ShellWord {
    ShellLine(raw, shell: shell).current
  }

  private mutating func take(_ scalar: Unicode.Scalar) {
    if isEscaped {
      isEscaped = false
      takeEscaped(scalar)
      return
    }
    switch (current.quote, scalar) {
    case (.none, " "), (.none, "\t"), (.none, "\n"):
      finishWord()
      return
    case (.none, "<"), (.none, ">"):
      // A number is the descriptor.
      if current.raw.allSatisfy(\.isNumber) { hasCurrent = false }
      finishWord()
      current = ShellWord()
      isRedirection = true
      return
    case (.none, "'"): current.quote = .single
    case (.none, "\""): current.quote = .double
    case (.single, "'"), (.double, "\""): current.quote = .none
    case (.none, "\\"), (.double, "\\"),
      (.single, "\\") where current.quote != .single || shell == .fish:
      isEscaped = true
    default: current.text.unicodeScalars.append(scalar)
    }
    hasCurrent = true
    current.raw.unicodeScalars.append(scalar)
  }

  /// Takes what stands behind a backslash.
  private mutating func takeEscaped(_ scalar: Unicode.Scalar) {
    let special: String.UnicodeScalarView? =
      switch current.quote {
      case .none: nil
      case .double: "\"\\$`\n".unicodeScalars
      case .single: "'\\".unicodeScalars
      }
    if let special, !special.contains(scalar) { current.text += "\\" }
    if scalar != "\n" { current.text.unicodeScalars.append(scalar) }
    current.raw.unicodeScalars.append(scalar)
  }

  private mutating func finishWord() {
    guard hasCurrent else { return }
    if current.raw.hasPrefix("~/") {
      current.text = Environment.text("HOME") + current.text.dropFirst()
    }
    if !isRedirection { words.append(current) }
    current = ShellWord()
    hasCurrent = false
    isRedirection = false
  }
}

/// Quotes texts for bash.
enum BashQuoting {
  /// `text` as it continues a word in which `quote` is open, which it leaves open.
  static func continued(_ text: String, within quote: ShellQuote) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch quote {
      case .none:
        if !isPlain(scalar) { result += "\\" }
        result.unicodeScalars.append(scalar)
      case .single:
        if scalar == "'" { result += "'\\''" } else { result.unicodeScalars.append(scalar) }
      case .double:
        switch scalar {
        // History expansion heeds no backslash within double quotes.
        case "!": result += "\"'!'\""
        case "\"", "\\", "$", "`": result += "\\\(scalar)"
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", ",", "/", ":", "@", "%", "+", "=": true
    default: scalar.value >= 0xA0
    }
  }
}
