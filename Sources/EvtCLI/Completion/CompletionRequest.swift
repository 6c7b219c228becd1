// evt ---complete: what the shells ask at each TAB.

/// A question of one of the scripts in `CompletionScript`: which shell, the command line up to the
/// cursor; from bash also the text that it is going to replace, and the kind of completion.
struct CompletionRequest {
  /// The first argument of a question; no command or option can have three dashes.
  static let word = "---complete"

  private let shell: Shell
  private let line: ShellLine
  /// The end of the line that bash replaces; it holds the words apart at its own places.
  private let replaced: String
  private let isListing: Bool

  /// Takes the arguments of the process; nil when they are no question.
  init?(_ arguments: [String]) {
    guard arguments.count >= 3, arguments[0] == Self.word, let shell = Shell(rawValue: arguments[1])
    else { return nil }
    self.shell = shell
    line = ShellLine(arguments[2], shell: shell)
    replaced = arguments.count > 3 ? arguments[3] : line.current.raw
    // The code of '?': bash shows the candidates and inserts none.
    isListing = arguments.count > 4 && arguments[4] == "63"
  }

  /// The answer: a line that says of what kind the candidates are, then one a line.
  var answer: String {
    if line.isRedirection { return "files\n" }
    guard let place = CursorPlace(behind: line.words.map(\.text)) else { return "" }
    switch place.completions(of: line.current.text) {
    case .files: return "files\n"
    case .directories: return "directories\n"
    case .list(let list):
      let kind = list.ending.rawValue + (list.isReplacement ? " replace" : "")
      return ([kind] + lines(list)).joined(separator: "\n") + "\n"
    }
  }

  private func lines(_ list: CandidateList) -> [String] {
    switch shell {
    case .bash:
      if isListing { return list.candidates.map(\.text) }
      let lines = list.candidates.compactMap { bashLine(list.head + $0.text) }
      // A single match closes the quote. Where more may follow, a second one keeps it open.
      let isWithinQuotes = line.current.quote != .none && list.ending != .space
      return isWithinQuotes && lines.count == 1 ? lines + [lines[0] + " "] : lines
    case .zsh:
      return list.candidates.map { candidate in
        let detail = candidate.detail.isEmpty ? "" : "  -- \(candidate.detail)"
        return "\(list.head)\(candidate.text)\t\(candidate.text)\(detail)"
      }
    case .fish: return list.candidates.map { "\(list.head)\($0.text)\t\($0.detail)" }
    }
  }

  /// What bash is to put in place of `replaced`, so that the word becomes `value`.
  private func bashLine(_ value: String) -> String? {
    let current = line.current
    if CandidateList.begins(value, with: current.text) {
      return replaced + BashQuoting.continued(Self.rest(value, current.text), within: current.quote)
    }
    guard current.raw.hasSuffix(replaced) else { return nil }
    let kept = ShellLine.word(String(current.raw.dropLast(replaced.count)), shell: shell)
    guard CandidateList.begins(value, with: kept.text) else { return nil }
    return BashQuoting.continued(Self.rest(value, kept.text), within: kept.quote)
  }

  private static func rest(_ text: String, _ prefix: String) -> String {
    String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }
}
