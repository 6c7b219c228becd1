// What stands at the cursor: a command, an option, or which value.

import EvtCore
import Store

/// The place of the cursor in a command line of `evt`.
struct CursorPlace {
  private var store: String?
  private var command: String?
  private var syntax: CommandSyntax
  /// The option whose value is at the cursor.
  private var option: CommandSyntax.Option?
  private var positionalCount = 0
  private var takesOptions = true

  /// Walks the `words` before the cursor, the first of which is the program.
  init?(behind words: [String]) {
    guard let root = CommandSyntax(of: nil) else { return nil }
    syntax = root
    let program = words.firstIndex { $0 == "evt" || $0.hasSuffix("/evt") } ?? 0
    for word in words.dropFirst(program + 1) {
      guard pass(word) else { return nil }
    }
  }

  /// Returns whether what follows `word` is known.
  private mutating func pass(_ word: String) -> Bool {
    if let option {
      if option.names.contains("--store") { store = word }
      self.option = nil
    } else if takesOptions, word == "--" {
      takesOptions = false
    } else if takesOptions, word.hasPrefix("-"), word != "-" {
      passOption(word)
    } else if command == nil {
      command = word
      guard word != "help" else { return true }
      guard let found = CommandSyntax(of: word) else { return false }
      syntax = found
    } else {
      positionalCount += 1
    }
    return true
  }

  private mutating func passOption(_ word: String) {
    if word.hasPrefix("--store=") { store = String(word.dropFirst("--store=".count)) }
    // Short options can share a dash; the last one may take the next word.
    let name = word.hasPrefix("--") ? word : "-\(word.suffix(1))"
    option = syntax.option(name).flatMap { $0.value == nil ? nil : $0 }
  }

  /// What can stand for `word`.
  func completions(of word: String) -> Completions {
    if let option { return value(CompletedValue(option), word) }
    if takesOptions, word.hasPrefix("-") { return optionCompletions(word) }
    guard let command else { return words(CommandSyntax.commands, word) }
    if command == "help" { return positionalCount > 0 ? .none : value(.topic, word) }
    let argument = syntax.positional(positionalCount).flatMap { CompletedValue(argument: $0) }
    switch argument {
    case nil, .sql: if word.isEmpty, takesOptions { return optionCompletions(word) }
    default: break
    }
    return value(argument, word)
  }

  private func optionCompletions(_ word: String) -> Completions {
    if let equals = word.firstIndex(of: "="), word.hasPrefix("--") {
      guard let option = syntax.option(word[..<equals]), option.value != nil else { return .none }
      let start = word.index(after: equals)
      let found = value(CompletedValue(option), String(word[start...]))
      guard case .list(var list) = found else { return found }
      list.head = word[..<start] + list.head
      return .list(list)
    }
    let all = syntax.options.flatMap { option in
      option.names.filter { $0.hasPrefix("--") || !word.isEmpty }.map { name in
        Candidate(name, note: .text(option.help))
      }
    }
    return .list(CandidateList(head: "", partial: word, among: all))
  }

  private func value(_ kind: CompletedValue?, _ text: String) -> Completions {
    switch kind {
    case .files: .files
    case .directories: .directories
    case .words(let all): words(all.map { Candidate($0) }, text)
    case .topic:
      words(
        HelpTopics.all.map { Candidate($0.name, note: .text($0.title)) }
          + CommandSyntax.commands.filter { $0.text != "help" }, text)
    case .steps: EventCompletion(names: names).steps(text)
    case .step: EventCompletion(names: names).step(text)
    case .events: EventCompletion(names: names).list(text)
    case .fields(let words): FieldCompletion(names: names).list(text, and: words)
    case .aggregates: FieldCompletion(names: names).aggregates(text)
    case .expression: FieldCompletion(names: names).expression(text)
    case .zone: words(zones(from: text), text)
    case .sql: text.contains(" ") ? FieldCompletion(names: names).expression(text) : .none
    case nil: .none
    }
  }

  private func words(_ all: [Candidate], _ partial: String) -> Completions {
    var list = CandidateList(head: "", partial: partial, among: all)
    if list.candidates.contains(where: { ":/".contains($0.text.suffix(1)) }) { list.ending = .open }
    return .list(list)
  }

  /// Time zones, as directories and files: there are some 600.
  private func zones(from partial: String) -> [Candidate] {
    let parents = partial.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    var seen: Set<String> = []
    return ZoneDatabase.system.names.compactMap { name in
      let parts = name.split(separator: "/")
      guard parts.count > parents.count, parts.starts(with: parents) else { return nil }
      let text =
        parts.prefix(parents.count + 1).joined(separator: "/")
        + (parts.count > parents.count + 1 ? "/" : "")
      return seen.insert(text).inserted ? Candidate(text) : nil
    }
  }

  private var names: StoreNames { StoreNames(StoreLocation(option: store)) }
}
