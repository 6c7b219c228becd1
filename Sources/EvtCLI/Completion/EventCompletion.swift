// Completes names of events: in lists, and in the steps of a funnel.

/// Completes values that are made of event names.
struct EventCompletion {
  var names: StoreNames

  /// Completes the last name of a list such as `--event` takes.
  func list(_ value: String) -> Completions {
    let item = NameList.lastItem(of: value)
    // Other names cannot be written there.
    let all = candidates { NameList.keeps($0) ? $0 : nil }
    return .list(
      CandidateList(
        head: String(value[..<item.startIndex]), partial: String(item), among: all, ending: .comma))
  }

  /// Completes the last step, or the last name of the expression in its brackets.
  func steps(_ value: String) -> Completions { steps(value, ending: .comma) }

  /// Completes the only step there is, where the word any is no name.
  func step(_ value: String) -> Completions { steps(value, ending: .space) }

  private func steps(_ value: String, ending: CompletionEnding) -> Completions {
    switch StepPlace(endOf: value) {
    case .expression(let start):
      return FieldCompletion(names: names).expression(
        String(value[start...]), behind: String(value[..<start]))
    case .name(let start):
      let partial = String(value[start...])
      let all = candidates { name in
        let isPlain = Self.isPlain(name) && (ending == .comma || name != "any")
        return !partial.hasPrefix("\"") && isPlain ? name : Self.quoted(name)
      }
      return .list(
        CandidateList(
          head: String(value[..<start]), partial: partial, among: all, ending: ending))
    }
  }

  private func candidates(
    _ text: @escaping (String) -> String?
  ) -> some Sequence<Candidate> {
    names.events.lazy.compactMap { event in
      text(event.name).map {
        Candidate($0, bare: event.name, note: .count(event.count))
      }
    }
  }

  /// Whether a step can name the event without quotes. The comparison behind a name that
  /// `evt verify --expect` takes must not be found in it either.
  static func isPlain(_ name: String) -> Bool {
    let bytes = name.utf8
    let isSpaced = [bytes.first, bytes.last].contains { $0.map { $0 <= 0x20 } ?? true }
    return !isSpaced && name != "*" && bytes.first != UInt8(ascii: "-")
      && bytes.last != UInt8(ascii: "?")
      && !bytes.contains { ",|[]\"".utf8.contains($0) }
      && !zip(bytes, bytes.dropFirst()).contains { pair in
        pair.0 == UInt8(ascii: ":") && "<>=! ".utf8.contains(pair.1)
      }
  }

  static func quoted(_ name: String) -> String {
    "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\"\"") + "\""
  }
}

/// Where in a list of steps its end is: at the beginning of a name that is not complete, or of an
/// expression in brackets.
enum StepPlace: Equatable {
  case name(String.Index)
  case expression(String.Index)

  init(endOf value: String) {
    let scalars = value.unicodeScalars
    var start = scalars.startIndex
    var brackets: [String.Index] = []
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
        }
        continue
      }
      switch scalar {
      case "\"": quote = scalar
      case "'", "`": if !brackets.isEmpty { quote = scalar }
      case "[": brackets.append(scalars.index(after: index))
      case "]": brackets = brackets.dropLast()
      case ",", "|": if brackets.isEmpty { start = scalars.index(after: index) }
      case " ": if start == index { start = scalars.index(after: index) }
      default: break
      }
    }
    self = brackets.first.map { .expression($0) } ?? .name(start)
  }
}
