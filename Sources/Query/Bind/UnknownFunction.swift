// What to say about a function that is not there.

import EvtCore

enum UnknownFunction {
  /// The error for a call of `name`.
  static func problem(_ name: String, _ span: SourceSpan, _ source: SourceText) -> QueryError {
    let lowered = name.lowercased()
    if let known = elsewhere[lowered] {
      return source.problem(span, "\(name) is not supported here", hint: known)
    }
    let names = ScalarFunction.allCases.map(\.rawValue) + ["now", "today", "yesterday"]
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
    for pattern in ["match", "extract", "replaceregexpone", "regexpextract", "multimatchany"] {
      known[pattern] = "use LIKE, ILIKE, startsWith or position"
    }
    for json in ["jsonextract", "jsonextractraw", "jsonhas", "json_value", "jsonextractuint"] {
      known[json] = "name the field by its path, such as properties.price"
    }
    for cast in ["tostring", "toint64", "tofloat64", "touint64", "cast"] {
      known[cast] = "values keep the types they have in the events"
    }
    known["multiif"] = "nest if(condition, a, b)"
    known["now64"] = "write now()"
    return known
  }()
}
