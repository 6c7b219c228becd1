// The aggregates of SQL: what they are called and what they take.

/// An aggregate function as named in SQL, perhaps with the combinator -If.
struct AggregateName: Hashable, Sendable {
  enum Base: String, CaseIterable, Sendable {
    case count, sum, avg, min, max, uniq, uniqExact, median, quantile
    case quantileExact, quantileExactInclusive, quantileExactExclusive, windowFunnel
  }

  var base: Base
  /// Whether the last argument is a condition.
  var hasCondition = false

  /// Finds the aggregate of a name as typed. Those that standard SQL knows are written in any case.
  init?(_ name: String) {
    if let base = Self.base(name) {
      self.base = base
    } else if name.hasSuffix("If"), let base = Self.base(String(name.dropLast(2))) {
      self.base = base
      hasCondition = true
    } else {
      return nil
    }
  }

  private static let standard: Set<Base> = [.count, .sum, .avg, .min, .max]

  private static func base(_ name: String) -> Base? {
    if let base = Base(rawValue: name) { return base }
    guard let base = Base(rawValue: name.lowercased()), standard.contains(base) else { return nil }
    return base
  }

  /// Every name, for suggestions.
  static let allNames = Base.allCases.flatMap { [$0.rawValue, $0.rawValue + "If"] }

  /// Whether it is about numbers only.
  var takesNumbers: Bool {
    switch base {
    case .sum, .avg, .median, .quantile, .quantileExact, .quantileExactInclusive,
      .quantileExactExclusive:
      true
    case .count, .min, .max, .uniq, .uniqExact, .windowFunnel: false
    }
  }

  /// Whether it takes a level in parentheses before its arguments; 0.5 without.
  var quantileMethod: Quantile.Method? {
    switch base {
    case .quantileExact: .element
    case .median, .quantile, .quantileExactInclusive: .inclusive
    case .quantileExactExclusive: .exclusive
    case .count, .sum, .avg, .min, .max, .uniq, .uniqExact, .windowFunnel: nil
    }
  }
}
