// What may stand at the cursor.

import EvtCore

/// One text that may stand at the cursor.
struct Candidate: Hashable {
  /// As the command takes it, quoted where its notation asks for that, but not for the shell.
  var text: String
  /// What one types to find it: a name without its quotes.
  var bare: String
  /// What is shown beside it, where the shell shows such things.
  var detail = ""

  init(_ text: String, bare: String? = nil, detail: String = "") {
    self.text = text
    self.bare = bare ?? text
    self.detail = detail
  }

  /// Whether a terminal shows the text as it is.
  var isHarmless: Bool {
    !text.unicodeScalars.contains(where: SafeText.isDangerous)
  }
}

/// What may follow a completed text.
enum CompletionEnding: String {
  /// The next word.
  case space
  /// The next word, or a comma and the next item.
  case comma
  /// More of the same.
  case open
}

/// What may stand in place of the word at the cursor.
enum Completions {
  /// A path, which the shell knows best.
  case files, directories
  case list(CandidateList)

  static let none = Completions.list(CandidateList(head: "", partial: "", among: []))
}

/// The candidates that fit what was typed.
struct CandidateList {
  /// What stands before the candidates within the word and stays.
  var head: String
  let candidates: [Candidate]
  /// Whether they take the place of what was typed, rather than continue it.
  let isReplacement: Bool
  var ending: CompletionEnding

  /// More candidates help nobody.
  static let countMax = 500

  /// Keeps those of `all` that begin with `partial`. A quoted name that was typed without its quote
  /// is taken only when nothing else fits: a shell puts in what all candidates begin with, which
  /// must never be less than what was typed.
  init(
    head: String, partial: String, among all: [Candidate], ending: CompletionEnding = .space
  ) {
    self.head = head
    self.ending = ending
    let continuing = all.lazy.filter { Self.begins($0.text, with: partial) && $0.isHarmless }
      .prefix(Self.countMax)
    isReplacement = continuing.isEmpty
    candidates = Array(
      isReplacement
        ? all.lazy.filter { Self.begins($0.bare, with: partial) && $0.isHarmless }
          .prefix(Self.countMax)
        : continuing)
  }

  /// Whether the bytes of `text` begin with those of `prefix`.
  static func begins(_ text: String, with prefix: String) -> Bool {
    text.utf8.starts(with: prefix.utf8)
  }
}
