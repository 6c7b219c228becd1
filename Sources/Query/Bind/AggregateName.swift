// The aggregates of SQL: what they are called and what they take.

/// An aggregate function as named in SQL, with its combinators.
struct AggregateName: Hashable, Sendable {
  enum Base: String, CaseIterable, Sendable {
    case count, sum, avg, min, max, any, anyLast, argMin, argMax
    case uniq, uniqExact, uniqCombined, uniqCombined64, uniqHLL12, uniqTheta
    case median, quantile, quantiles
    case quantileExact, quantileExactLow, quantileExactHigh, quantileExactInclusive
    case quantileExactExclusive, quantileExactWeighted, quantileTiming, quantileTDigest
    case quantileDD, quantileBFloat16, quantileDeterministic
    case quantilesExact, quantilesExactInclusive, quantilesExactExclusive, quantilesTiming
    case quantilesTDigest
    case medianExact, medianExactLow, medianExactHigh, medianTiming, medianTDigest
    case groupArray, groupArrayLast, groupArraySorted, groupUniqArray, topK, topKWeighted
    case sumMap, sumMapWithOverflow, minMap, maxMap
    case stddevPop, stddevSamp, varPop, varSamp, covarPop, covarSamp, corr, avgWeighted
    case groupBitAnd, groupBitOr, groupBitXor
    case windowFunnel, retention, sequenceMatch, sequenceCount
  }

  /// What a suffix makes of an aggregate.
  enum Combinator: String, CaseIterable, Sendable {
    case `if` = "If"
    case distinct = "Distinct"
    case orNull = "OrNull"
    case orDefault = "OrDefault"
    case array = "Array"
  }

  var base: Base
  /// From the outermost, which is the last suffix.
  var combinators: [Combinator] = []

  /// Whether the last argument is a condition.
  var hasCondition: Bool { combinators.contains(.if) }

  /// Finds the aggregate of a name as typed. Those that standard SQL knows are written in any case.
  init?(_ name: String) {
    var rest = name
    while true {
      if let base = Self.base(rest) {
        self.base = base
        return
      }
      guard let suffix = Combinator.allCases.first(where: { rest.hasSuffix($0.rawValue) }),
        !combinators.contains(suffix)
      else { return nil }
      combinators.append(suffix)
      rest.removeLast(suffix.rawValue.count)
    }
  }

  /// Other names, those of standard SQL in lower case.
  private static let synonyms: [String: Base] = [
    "count": .count, "sum": .sum, "avg": .avg, "min": .min, "max": .max,
    "any_value": .any, "anyvalue": .any, "first_value": .any, "last_value": .anyLast,
    "std": .stddevPop, "stddev": .stddevPop, "stddev_pop": .stddevPop,
    "stddev_samp": .stddevSamp, "var_pop": .varPop, "variance": .varPop, "var_samp": .varSamp,
    "covar_pop": .covarPop, "covar_samp": .covarSamp, "corr": .corr, "array_agg": .groupArray,
    "bit_and": .groupBitAnd, "bit_or": .groupBitOr, "bit_xor": .groupBitXor,
    "sumWithOverflow": .sum, "sumKahan": .sum,
  ]

  private static func base(_ name: String) -> Base? {
    return Base(rawValue: name) ?? synonyms[name] ?? synonyms[name.lowercased()]
  }

  /// Every name, for suggestions.
  static let allNames = Base.allCases.flatMap { [$0.rawValue, $0.rawValue + "If"] }

  /// Whether it is about numbers only, truth values counting as 0 and 1.
  var takesNumbers: Bool {
    switch base {
    case .sum, .avg, .stddevPop, .stddevSamp, .varPop, .varSamp, .covarPop, .covarSamp, .corr,
      .avgWeighted, .groupBitAnd, .groupBitOr, .groupBitXor:
      true
    default: isQuantile
    }
  }

  /// Whether it takes levels in parentheses before its arguments; 0.5 without.
  var isQuantile: Bool { quantileMethod != nil }

  /// How it reads a quantile off the values; nil when it is none.
  var quantileMethod: QuantileAccumulator.Method? {
    switch base {
    case .quantileExact, .quantilesExact, .medianExact, .quantileTiming, .quantilesTiming,
      .medianTiming:
      .quantile(.element)
    case .median, .quantile, .quantiles, .quantileExactInclusive, .quantilesExactInclusive,
      .quantileTDigest, .quantilesTDigest, .medianTDigest, .quantileDD, .quantileBFloat16,
      .quantileDeterministic:
      .quantile(.inclusive)
    case .quantileExactExclusive, .quantilesExactExclusive: .quantile(.exclusive)
    case .quantileExactLow, .medianExactLow: .low
    case .quantileExactHigh, .medianExactHigh: .high
    case .quantileExactWeighted: .weighted
    default: nil
    }
  }

  /// Whether it gives an array of quantiles.
  var isPlural: Bool { base.rawValue.hasPrefix("quantiles") }

  /// What it tells of the values of each key; nil when it is about no keys.
  var mapFigure: MapAccumulator.Figure? {
    switch base {
    case .sumMap, .sumMapWithOverflow: .sum
    case .minMap: .minimum
    case .maxMap: .maximum
    default: nil
    }
  }

  /// How many arguments it takes, its condition aside.
  var arity: ClosedRange<Int> {
    switch base {
    case .count: 0...1
    case .uniq, .uniqExact, .uniqCombined, .uniqCombined64, .uniqHLL12, .uniqTheta: 1...32
    case .argMin, .argMax, .covarPop, .covarSamp, .corr, .avgWeighted, .topKWeighted,
      .quantileExactWeighted, .quantileDeterministic:
      2...2
    case .retention, .sumMap, .sumMapWithOverflow, .minMap, .maxMap: 1...32
    case .windowFunnel, .sequenceMatch, .sequenceCount: 2...(StepEvent.stepsMax + 1)
    default: 1...1
    }
  }
}
