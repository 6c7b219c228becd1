// Parts of SELECTs for ClickHouse, with every name written in full.

import EvtCore

/// Writes what flags and expressions ask for in SQL.
///
/// The table is presumed to have a column for every field: canonical ones by their names, where
/// `timestamp` is a DateTime64 of UTC, and properties below columns that are tuples, or JSON with
/// typed paths.
public struct SQLWriter {
  private var binder: Binder

  /// Creates a writer of questions to `source`, whose fields names mean.
  public init(_ source: some QuerySource, now: Int64, allowsMissing: Bool) {
    binder = Binder(source, now: now, allowsMissing: allowsMissing)
  }

  /// What is to be known besides: names that are missing.
  public var warnings: [String] { binder.warnings }

  /// Checks names of events.
  /// - Throws: `QueryError.unknownEvent`.
  public mutating func checkEvents(_ names: [String]) throws(QueryError) {
    try binder.checkEvents(names)
  }

  /// Checks that `query` can be asked.
  mutating func check(_ query: AggregateQuery) throws(QueryError) { _ = try query.plan(&binder) }

  /// `expression` as a condition in parentheses.
  /// - Throws: `QueryError` when it cannot be bound, or is about JSON as text.
  public mutating func condition(_ expression: Expression) throws(QueryError) -> String {
    _ = try binder.predicate(expression)
    return "(\(try text(of: expression)))"
  }

  /// A key of `--by`: its SQL, and the name of its column where that is another.
  public mutating func key(_ key: String) throws(QueryError) -> String {
    if case .field(let field) = binder.catalog.resolve(FieldPath.components(of: key)) {
      return titled(Self.name(of: field), key)
    }
    let times = ["day": "toDate(timestamp)", "hour": "toStartOfHour(timestamp)"]
    if let expression = try? Expression(parsing: times[key] ?? key), !expression.isName {
      return titled(try text(of: expression), key)
    }
    return titled(try field(key), key)
  }

  /// An aggregate of `--agg` under its name.
  public mutating func aggregate(_ aggregate: Aggregate) throws(QueryError) -> String {
    let field = try aggregate.field.map { name throws(QueryError) in try self.field(name) } ?? ""
    let text =
      switch aggregate.function {
      case .count: "count()"
      case .users: "uniqExactIf(user_id, user_id != '')"
      case .sessions: "uniqExactIf(session_id, session_id != '')"
      case .uniq: "uniqExact(\(field))"
      // Without numbers a sum is 0 here, and null of a Nullable there.
      case .sum: "ifNull(sum(\(field)), 0)"
      case .avg: "avg(\(field))"
      case .min: "min(\(field))"
      case .max: "max(\(field))"
      case .quantile(let percent): "quantileExactInclusive(\(percent / 100))(\(field))"
      }
    return titled(text, aggregate.name)
  }

  /// The field that `name` means.
  public mutating func field(_ name: String) throws(QueryError) -> String {
    try binder.field(name).map(Self.name) ?? "NULL"
  }

  /// The conditions on `time` that `range` stands for.
  public static func conditions(_ range: TimeRange, of time: String = "timestamp") -> [String] {
    func text(of instant: Int64) -> String {
      literal(ZoneRules.utc.format(instant).replacing("T", with: " ").replacing("Z", with: ""))
    }
    return [
      range.since.map { "\(time) >= \(text(of: $0))" },
      range.until.map { "\(time) < \(text(of: $0))" },
    ].compactMap { $0 }
  }

  /// The condition that the event is one of `names`; nil when there are none.
  public static func condition(events names: [String]) -> String? {
    guard let first = names.first else { return nil }
    return names.count == 1
      ? "event = \(literal(first))"
      : "event IN (\(names.map { literal($0) }.joined(separator: ", ")))"
  }

  /// `text` in quotes.
  public static func literal(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }

  private static func name(of field: BoundField) -> String {
    FieldNaming.expression(FieldPath.components(of: field.name))
  }

  private func titled(_ text: String, _ title: String) -> String {
    text == title ? text : "\(text) AS \(FieldNaming.expression([title]))"
  }

  /// The text of `expression` with names in full.
  private mutating func text(of expression: Expression) throws(QueryError) -> String {
    var replacements: [(span: SourceSpan, text: String)] = []
    try collect(expression.root, expression.source, &replacements)
    var at = expression.root.span.start
    var text = ""
    for (span, replacement) in replacements.sorted(by: { $0.span.start < $1.span.start }) {
      text += expression.source.slice(SourceSpan(start: at, end: span.start)) + replacement
      at = span.end
    }
    return text
      + expression.source.slice(SourceSpan(start: at, end: expression.root.span.end))
  }

  private mutating func collect(
    _ node: SyntaxNode, _ source: SourceText, _ found: inout [(span: SourceSpan, text: String)]
  ) throws(QueryError) {
    if case .call(let call) = node.kind, FunctionDefinition.extracts(call.name) {
      throw source.problem(
        call.nameSpan, "\(call.name) reads JSON text, which the table of --sql does not have",
        hint: "name the field by its path")
    }
    guard case .name(let parts) = node.kind else {
      for child in node.children { try collect(child, source, &found) }
      return
    }
    // A text in double quotes, unless a field has exactly that name, see `ExpressionBinding`.
    if parts.count == 1, parts[0].quote == .double, binder.catalog.exact(parts[0].text) == nil {
      found.append((node.span, Self.literal(parts[0].text)))
    } else {
      let field = try binder.field(parts.map(\.text), at: source.excerpt(node.span))
      found.append((node.span, field.map(Self.name) ?? "NULL"))
    }
  }
}
