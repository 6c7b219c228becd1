// What `--agg` can ask for.

/// A figure computed for each group of rows.
public struct Aggregate: Hashable, Sendable {
  /// How it is computed.
  public enum Function: Hashable, Sendable {
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
    /// The number below which so many percent of the numbers in a field lie, in proportion between
    /// its neighbours (ClickHouse's `quantileExactInclusive`); null without any.
    case quantile(percent: Double)

    /// Whether it is of a field.
    public var takesField: Bool {
      switch self {
      case .count, .users, .sessions: false
      case .uniq, .sum, .avg, .min, .max, .quantile: true
      }
    }

    /// Whether it is of numbers only.
    var needsNumbers: Bool {
      switch self {
      case .sum, .avg, .quantile: true
      case .count, .users, .sessions, .uniq, .min, .max: false
      }
    }

    var bound: BoundAggregate.Function {
      switch self {
      case .count: .count
      case .users, .sessions: .distinct(.identified)
      case .uniq: .distinct(.value)
      case .sum: .sum
      case .avg: .average
      case .min: .extreme(isMax: false)
      case .max: .extreme(isMax: true)
      case .quantile(let percent): .quantile(Quantile(method: .inclusive, level: percent / 100))
      }
    }

    /// Finds the function of a name: `p95` and `p99.9` are quantiles, and `median` is `p50`.
    init?(name: String) {
      switch name {
      case "count": self = .count
      case "users": self = .users
      case "sessions": self = .sessions
      case "uniq": self = .uniq
      case "sum": self = .sum
      case "avg": self = .avg
      case "min": self = .min
      case "max": self = .max
      case "median": self = .quantile(percent: 50)
      default:
        let digits = name.dropFirst()
        guard name.first == "p", digits.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }),
          let percent = Double(digits), percent <= 100
        else { return nil }
        self = .quantile(percent: percent)
      }
    }
  }

  /// What it computes.
  public let function: Function
  /// The name of the field, for those that take one.
  public let field: String?
  /// The text it is typed as, which names its column.
  public let name: String

  /// Reads `count`, `users`, `sessions`, or `uniq`, `sum`, `avg`, `min`, `max`, `median`, `pNN`
  /// with `:` and a field.
  /// - Throws: `QueryError.usage`.
  public init(parsing text: String) throws(QueryError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let word = String(parts.first ?? "")
    guard let function = Function(name: word) else {
      throw .usage(
        "\"\(text)\" is no aggregate: write count, users, sessions, uniq:FIELD, sum:FIELD,"
          + " avg:FIELD, min:FIELD, max:FIELD, median:FIELD, p95:FIELD")
    }
    let field = parts.count > 1 ? String(parts[1]) : nil
    guard function.takesField == (field?.isEmpty == false) else {
      throw .usage(
        function.takesField
          ? "\"\(text)\" needs a field: write \(word):FIELD"
          : "\"\(word)\" takes no field: write \(word)")
    }
    self.function = function
    self.field = field
    name = text
  }

  /// The number of rows.
  public static let count = Aggregate(.count, "count")
  /// The number of distinct users.
  public static let users = Aggregate(.users, "users")

  private init(_ function: Function, _ name: String) {
    self.function = function
    self.name = name
    field = nil
  }
}
