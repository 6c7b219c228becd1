// What can be wrong with what an analysis is asked.

/// A question that an analysis cannot answer as it was put.
public enum AnalyticsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A text does not read as steps.
  case steps(text: String, character: Int, problem: String)
  /// A list of expectations does not read as one.
  case expectations(text: String, character: Int, problem: String)
  /// Something that evt knows of but does not do yet.
  case unsupported(String)
  /// A value of an option that makes no sense.
  case invalid(String)

  /// One line: what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .steps(let text, let character, let problem):
      "steps, character \(character) of '\(text)': \(problem)"
    case .expectations(let text, let character, let problem):
      "expectations, character \(character) of '\(text)': \(problem)"
    case .unsupported(let what): what
    case .invalid(let what): what
    }
  }
}
