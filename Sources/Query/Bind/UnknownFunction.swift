// What to say about a function that is not there.

import EvtCore

enum UnknownFunction {
  /// The error for a call of `name`.
  static func problem(_ name: String, _ span: SourceSpan, _ source: SourceText) -> QueryError {
    let lowered = name.lowercased()
    if let known = elsewhere[lowered] {
      return source.problem(span, "\(name) is not supported here", hint: known)
    }
    let names = FunctionDefinition.allNames
    let near = NearestNames.find(name, among: names)
    let hint = near.isEmpty ? nil : "did you mean \(near.joined(separator: " or "))?"
    return source.problem(span, "there is no function \(name)", hint: hint)
  }

  /// Functions of ClickHouse that people will try, and what to write instead.
  private static let elsewhere: [String: String] = {
    var known: [String: String] = [:]
    for aggregate in ["count", "sum", "avg", "min", "max", "uniq", "uniqexact", "quantile", "any"] {
      known[aggregate] = "aggregates belong into --agg"
    }
    return known
  }()
}
