// Completes names of fields: in lists, aggregates and expressions.

import Columnar
import Query

/// Completes values that are made of field names.
struct FieldCompletion {
  var names: StoreNames

  /// What `--agg` can begin with.
  static let functions = [
    "count", "users", "sessions", "uniq:", "sum:", "avg:", "min:", "max:", "median:", "p95:",
  ]

  /// Completes the last item of a list of fields, expressions and `words`.
  func list(_ value: String, and words: [String]) -> Completions {
    let item = NameList.lastItem(of: value)
    let head = String(value[..<item.startIndex])
    if item.contains("(") { return expression(String(item), behind: head) }
    return .list(keys(String(item), behind: head, and: words.map { Candidate($0) }) { _ in true })
  }

  /// Completes the last aggregate of a list: first its function, then its field.
  func aggregates(_ value: String) -> Completions {
    let item = NameList.lastItem(of: value)
    guard let colon = item.firstIndex(of: ":") else {
      return .list(
        CandidateList(
          head: String(value[..<item.startIndex]), partial: String(item),
          among: Self.functions.map { Candidate($0) }, ending: .open))
    }
    let start = item.index(after: colon)
    let takesAnything = ["uniq", "min", "max"].contains(item[..<colon])
    return .list(
      keys(String(value[start...]), behind: String(value[..<start])) {
        takesAnything || !$0.isDisjoint(with: .numbers)
      })
  }

  /// Fields as items of a list.
  private func keys(
    _ partial: String, behind head: String, and words: [Candidate] = [],
    where isWanted: (ValueKinds) -> Bool
  ) -> CandidateList {
    let fields = candidates(partial, where: isWanted) { components in
      let key = FieldNaming.key(components)
      return NameList.keeps(key) ? key : FieldNaming.expression(components)
    }
    return CandidateList(head: head, partial: partial, among: fields + words, ending: .comma)
  }

  /// Completes the name at the end of an expression that stands behind `head`.
  func expression(_ text: String, behind head: String = "") -> Completions {
    guard let start = Self.lastName(in: text) else { return .none }
    let partial = String(text[start...])
    let fields = candidates(partial, where: { _ in true }, FieldNaming.expression)
    return .list(
      CandidateList(
        head: head + text[..<start], partial: partial, among: fields, ending: .open))
  }

  /// Each field once, by the shortest name that begins as typed.
  private func candidates(
    _ partial: String, where isWanted: (ValueKinds) -> Bool, _ text: ([String]) -> String
  ) -> [Candidate] {
    func found(_ form: ([String]) -> String) -> [Candidate] {
      names.fields.names { CandidateList.begins(form($0), with: partial) }
        .filter { isWanted($0.field.kinds) }
        .map { Candidate(text($0.components), bare: $0.components.joined(separator: ".")) }
    }
    let continuing = found(text)
    return continuing.isEmpty ? found { $0.joined(separator: ".") } : continuing
  }

  /// Where the name begins that `text` ends in, its end when it ends in none, and nil within a
  /// quoted text or a number.
  static func lastName(in text: String) -> String.Index? {
    let scalars = text.unicodeScalars
    var start: String.Index?
    var quote: Unicode.Scalar?
    var isEscaped = false
    for index in scalars.indices {
      let scalar = scalars[index]
      if let open = quote {
        if isEscaped {
          isEscaped = false
        } else if scalar == "\\" {
          isEscaped = true
        } else if scalar == open {
          quote = nil
          if open == "'" { start = nil }
        }
        continue
      }
      switch scalar {
      case "'":
        quote = scalar
        start = index
      case "`", "\"":
        quote = scalar
        start = start ?? index
      case "a"..."z", "A"..."Z", "0"..."9", "_", "$", ".": start = start ?? index
      default: start = scalar.value < 0x80 ? nil : start ?? index
      }
    }
    guard let start else { return text.endIndex }
    let first = scalars[start]
    return first == "'" || ("0"..."9").contains(first) ? nil : start
  }
}
