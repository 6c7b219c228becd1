// What to say about a function that is not there.

import EvtCore

enum UnknownFunction {
  /// The error for a call of `name`.
  /// - Parameter isInSelect: whether aggregates could be meant.
  static func problem(
    _ name: String, isInSelect: Bool, _ span: SourceSpan, _ source: SourceText
  ) -> QueryError {
    if !isInSelect, AggregateName(name) != nil {
      return source.problem(
        span, "\(name) is not supported here", hint: "aggregates belong into --agg")
    }
    let hint = elsewhere[name.lowercased()] ?? stateHint(name) ?? nearHint(name, isInSelect)
    return source.problem(span, "there is no function \(name)", hint: hint)
  }

  private static func nearHint(_ name: String, _ isInSelect: Bool) -> String? {
    let aggregates = isInSelect ? AggregateName.Base.allCases.map(\.rawValue) : []
    let near = NearestNames.find(name, among: FunctionDefinition.allNames + aggregates)
    return near.isEmpty ? nil : "did you mean \(near.joined(separator: " or "))?"
  }

  /// States of aggregates are for tables that keep them.
  private static func stateHint(_ name: String) -> String? {
    for suffix in ["State", "Merge", "SimpleState"] where name.hasSuffix(suffix) {
      let plain = String(name.dropLast(suffix.count))
      if AggregateName(plain) != nil { return "nothing keeps states here: write \(plain)" }
    }
    return nil
  }

  /// Functions of ClickHouse that people will try, and what to write instead.
  private static let elsewhere = [
    "rollup": "write GROUP BY ROLLUP(a, b)", "cube": "write GROUP BY CUBE(a, b)",
    "grouping": "it tells of groups by which keys they are made",
    "rand": "answers are the same each time",
    "and": "and(a, b) takes two or more", "or": "or(a, b) takes two or more",
    "dictget": "join a query instead", "neighbor": "write lagInFrame(x) OVER (ORDER BY …)",
    "runningdifference": "write x - lagInFrame(x) OVER (ORDER BY …)",
    "runningaccumulate": "write sum(x) OVER (ORDER BY …)",
  ]
}
