// What may stand at the cursor.

import EvtCore

/// One text that may stand at the cursor.
struct Candidate: Hashable {
  /// As the command takes it, quoted where its notation asks for that, but not for the shell.
  var text: String
  /// What one types to find it: a name without its quotes.
  var bare: String
  /// What is shown beside it, where the shell shows such things.
  var note: Note?

  enum Note: Hashable {
    case text(String)
    /// Events of that name.
    case count(UInt64)
  }

  init(_ text: String, bare: String? = nil, note: Note? = nil) {
    self.text = text
    self.bare = bare ?? text
    self.note = note
  }

  /// The note as text, empty without one.
  var detail: String {
    switch note {
    case .text(let text): text
    case .count(let count): HumanNumber.count(count)
    case nil: ""
    }
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
    head: String, partial: String, among all: some Sequence<Candidate>,
    ending: CompletionEnding = .space
  ) {
    self.head = head
    self.ending = ending
    func beginning(_ text: @escaping (Candidate) -> String) -> [Candidate] {
      let found = all.lazy.filter { Self.begins(text($0), with: partial) && $0.isHarmless }
      return Array(found.prefix(Self.countMax))
    }
    let continuing = beginning(\.text)
    isReplacement = continuing.isEmpty
    candidates = isReplacement ? beginning(\.bare) : continuing
  }

  /// Whether the bytes of `text` begin with those of `prefix`.
  static func begins(_ text: String, with prefix: String) -> Bool {
    text.utf8.starts(with: prefix.utf8)
  }
}
