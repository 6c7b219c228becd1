// Everything that can be wrong with a question.

import EvtCore

/// A question that cannot be answered as it was put. Every message says what, where and how to mend
/// it.
public enum QueryError: Error, Hashable, Sendable {
  /// The text of an expression is wrong at a place in it.
  case expression(ExpressionProblem)
  /// No field of the store has this name.
  case unknownField(name: String, suggestions: [String], at: SourceExcerpt?)
  /// A short name that several fields end in.
  case ambiguousField(name: String, candidates: [String], at: SourceExcerpt?)
  /// No event of the store has this name; suggestions come with their counts.
  case unknownEvent(name: String, suggestions: [KnownEvent], at: SourceExcerpt?)
  /// An aggregate, a grouping or a limit that cannot be understood.
  case usage(String)
  /// More groups than fit in memory.
  case tooManyGroups(limit: Int)
  /// A number too long to be summed exactly.
  case numberTooLong(field: String)
  /// The answer needs more memory than it may take.
  case tooMuchMemory(what: String, limitBytes: Int)
  /// A time or a length of time that cannot be read.
  case time(TimeInputError)
}

/// An event name of the store and its number of rows.
public struct KnownEvent: Hashable, Sendable {
  public var name: String
  public var count: UInt64

  /// Creates the pair.
  public init(name: String, count: UInt64) {
    self.name = name
    self.count = count
  }
}

/// A mistake in an expression: what, where, and how to mend it.
public struct ExpressionProblem: Hashable, Sendable {
  public var message: String
  public var hint: String?
  public var place: SourceExcerpt
}

extension QueryError: CustomStringConvertible {
  /// The message in one line, without the excerpt.
  public var description: String {
    switch self {
    case .expression(let problem):
      let hint = problem.hint.map { "; \($0)" } ?? ""
      return "\(problem.place.position): \(problem.message)\(hint)"
    case .unknownField(let name, let suggestions, let place):
      return Self.at(place) + "no field is named \"\(name)\"" + Self.didYouMean(suggestions)
        + "; evt query --fields lists them all"
    case .ambiguousField(let name, let candidates, let place):
      return Self.at(place) + "\"\(name)\" can mean "
        + candidates.map { "\"\($0)\"" }.joined(separator: " or ") + ": write the whole path"
    case .unknownEvent(let name, let suggestions, let place):
      let shown = suggestions.map { "\"\($0.name)\" (\($0.count) row\($0.count == 1 ? "" : "s"))" }
      let known = shown.isEmpty ? "" : "; did you mean " + shown.joined(separator: " or ") + "?"
      return Self.at(place) + "no event is named \"\(name)\"" + known
        + " (--allow-missing counts it as zero)"
    case .usage(let message): return message
    case .tooManyGroups(let limit):
      return
        "the answer has more than \(limit) groups: group by fewer fields, or filter with --where"
    case .numberTooLong(let field):
      return "\"\(field)\" holds a number of more than \(ExactSum.decimalDigitsMax) digits, which"
        + " cannot be summed: leave it out with --where"
    case .tooMuchMemory(let what, let limitBytes):
      return
        "\(what) would take more than \(limitBytes >> 20) MiB: shorten the range or filter more"
    case .time(let error): return error.description
    }
  }

  /// The line of the expression with a caret under the place, when the error has one.
  public var excerpt: String? {
    switch self {
    case .expression(let problem): problem.place.drawing
    case .unknownField(_, _, let place), .ambiguousField(_, _, let place),
      .unknownEvent(_, _, let place):
      place?.drawing
    case .usage, .tooManyGroups, .numberTooLong, .tooMuchMemory, .time: nil
    }
  }

  private static func at(_ place: SourceExcerpt?) -> String {
    place.map { "\($0.position): " } ?? ""
  }

  static func didYouMean(_ names: [String]) -> String {
    names.isEmpty
      ? "" : "; did you mean " + names.map { "\"\($0)\"" }.joined(separator: " or ") + "?"
  }
}
