// What `--agg` can ask for.

/// A figure computed for each group of rows.
public struct Aggregate: Hashable, Sendable {
  /// How it is computed.
  public enum Function: String, CaseIterable, Sendable {
    /// The number of rows.
    case count
    /// The number of distinct users; null and empty ones are none.
    case users
    /// The number of distinct sessions; null and empty ones are none.
    case sessions
    /// The number of distinct values of a field, nulls not counted.
    case uniq
    /// The exact sum of the numbers in a field; 0 without any.
    case sum
    /// Their exact sum over their number, rounded once; null without any.
    case avg
    /// The least number, else the least text, of a field; null without any.
    case min
    /// The greatest number, else the greatest text.
    case max

    /// Whether it is of a field.
    var takesField: Bool {
      switch self {
      case .count, .users, .sessions: false
      case .uniq, .sum, .avg, .min, .max: true
      }
    }
  }

  public var function: Function
  /// The name of the field, for those that take one.
  public var field: String?

  /// Creates an aggregate.
  public init(_ function: Function, of field: String? = nil) {
    precondition(function.takesField == (field != nil), "BUG: \(function) with or without a field")
    self.function = function
    self.field = field
  }

  /// Reads `count`, `users`, `sessions`, or `uniq`, `sum`, `avg`, `min`, `max` with `:` and a
  /// field.
  /// - Throws: `QueryError.usage`.
  public init(parsing text: String) throws(QueryError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    guard let function = Function(rawValue: name) else {
      throw .usage(
        "\"\(text)\" is no aggregate: write "
          + Function.allCases.map { $0.takesField ? "\($0.rawValue):FIELD" : $0.rawValue }
          .joined(separator: ", "))
    }
    let field = parts.count > 1 ? String(parts[1]) : nil
    guard function.takesField == (field?.isEmpty == false) else {
      throw .usage(
        function.takesField
          ? "\"\(text)\" needs a field: write \(name):FIELD"
          : "\"\(name)\" takes no field: write \(name)")
    }
    self.init(function, of: field)
  }

  /// The text it is typed as, which names its column.
  public var name: String { field.map { "\(function.rawValue):\($0)" } ?? function.rawValue }
}
