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
      return line.current.quote == .none ? lines : keptOpen(lines, list.ending)
    case .zsh:
      let width = min(list.candidates.map { DisplayWidth.of($0.text) }.max() ?? 0, 24)
      return list.candidates.map { candidate in
        let padding = String(
          repeating: " ", count: max(0, width - DisplayWidth.of(candidate.text)))
        let detail = candidate.detail.isEmpty ? "" : "\(padding)  -- \(candidate.detail)"
        return "\(list.head)\(candidate.text)\t\(candidate.text)\(detail)"
      }
    case .fish:
      let values = keptOpen(list.candidates.map { list.head + $0.text }, list.ending)
      let details = list.candidates.map(\.detail) + [""]
      return zip(values, details).map { "\($0)\t\($1)" }
    }
  }

  /// A single match closes quotes, and in fish also the word. Where more may follow, a second match
  /// that goes on keeps both open.
  private func keptOpen(_ lines: [String], _ ending: CompletionEnding) -> [String] {
    guard let line = lines.first, lines.count == 1 else { return lines }
    switch ending {
    case .space: return lines
    case .comma: return [line, line + ","]
    case .open: return ":/".contains(line.suffix(1)) ? lines : [line, line + " "]
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
