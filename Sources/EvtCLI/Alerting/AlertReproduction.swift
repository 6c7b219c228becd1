// The command that gives a rule's number again, for whoever is woken by it.

import Analytics
import EvtCore

/// A line for a shell.
struct AlertReproduction {
  var rule: AlertRule
  /// The numbers of events that were found.
  var counts: [Int]
  var now: Int64
  /// The store as it was named.
  var store: String

  /// One `evt query` a number, behind each other.
  var command: String {
    zip(rule.events, counts).map { query($0?.step, count: $1) }.joined(separator: "; ")
  }

  private func query(_ step: EventStep?, count: Int) -> String {
    let (start, overflow) = now.subtractingReportingOverflow(rule.window)
    var words = ["evt", "query", "--store", store]
    if let step { words += Self.selection(step) }
    if !overflow { words += ["--since", TimeText.format(start)] }
    words += ["--until", TimeText.format(now)]
    // A name that the store has never seen is an error otherwise; one event that was counted is
    // known.
    let isKnown =
      count > 0 && step?.alternatives.count == 1 && step?.alternatives[0].condition == nil
    if !isKnown, step != nil { words.append("--allow-missing") }
    return words.map(Self.quoted).joined(separator: " ")
  }

  private static func selection(_ step: EventStep) -> [String] {
    let alternatives = step.alternatives
    if alternatives.contains(where: { $0.event == nil && $0.condition == nil }) { return [] }
    let names = alternatives.compactMap(\.event)
    let arePlain = names.allSatisfy { name in
      !name.contains { ",'\"`()[]\\".contains($0) } && name.first?.isWhitespace == false
        && name.last?.isWhitespace == false
    }
    if arePlain, alternatives.allSatisfy({ $0.condition == nil }) {
      return ["--event", names.joined(separator: ",")]
    }
    return ["--where", alternatives.map(condition).joined(separator: " OR ")]
  }

  private static func condition(_ alternative: EventStep.Alternative) -> String {
    let name = alternative.event.map { "event = \(literal($0))" }
    let condition = alternative.condition.map { "(\($0.text))" }
    return [name, condition].compactMap { $0 }.joined(separator: " AND ")
  }

  /// `text` as a literal of SQL.
  private static func literal(_ text: String) -> String {
    var result = "'"
    for character in text.unicodeScalars {
      if character == "'" || character == "\\" { result += "\\" }
      result.unicodeScalars.append(character)
    }
    return result + "'"
  }

  /// `word` as a shell reads it.
  static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "_@%+=:,./-".utf8.contains(byte)
    }
    if isPlain, !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
  }
}
