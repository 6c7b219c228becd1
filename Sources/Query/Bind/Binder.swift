// Gives the names of an expression their meaning in a store.

import Columnar
import EvtCore

/// Binds expressions to what a store holds. Unknown names are errors with suggestions, unless they
/// are allowed to be missing; then they stand for nothing, with a warning.
public struct Binder: Sendable {
  /// What `now()` means, in nanoseconds.
  public let now: Int64
  /// Where time zones come from.
  let zones: ZoneLoader
  /// Whether unknown names are taken for nothing.
  public let allowsMissing: Bool
  /// What was taken for nothing so far.
  public private(set) var warnings: [String] = []
  private(set) var catalog: FieldCatalog
  /// The columns of the table in memory, in their order.
  private var tableColumns: [BoundField]?
  private let events: [ExactText: UInt64]
  private let knowsAllEvents: Bool
  private var knowsAllFields: Bool
  /// The tables, when they are several.
  var sides: [JoinSide] = []
  /// What the fields met so far stand for, when there are several tables.
  var origins: [BoundField: JoinOrigin] = [:]

  /// Creates a binder for `source` at the instant `now`.
  public init(_ source: some QuerySource, now: Int64, allowsMissing: Bool = false) {
    self.now = now
    self.allowsMissing = allowsMissing
    zones = source.zones
    catalog = FieldCatalog(source.knownFields)
    events = Dictionary(source.eventCounts.map { (ExactText($0.name), $0.count) }) { $0 &+ $1 }
    knowsAllEvents = source.knowsAllEvents
    knowsAllFields = source.knowsAllFields
  }

  /// Creates a binder for expressions over the columns of a table in memory.
  init(over columns: [BoundField], now: Int64) {
    self.now = now
    allowsMissing = false
    zones = .utc
    catalog = FieldCatalog(columns: columns)
    events = [:]
    knowsAllEvents = false
    knowsAllFields = true
  }

  /// Every field, canonical ones first.
  var allFields: [BoundField] { tableColumns ?? catalog.all }

  /// The same binder for expressions over the columns of a table in memory.
  func over(_ columns: [BoundField]) -> Binder {
    var binder = self
    binder.catalog = FieldCatalog(columns: columns)
    binder.tableColumns = columns
    binder.knowsAllFields = true
    return binder
  }

  /// Binds a condition.
  /// - Throws: `QueryError` with the place of an unknown name or of a comparison that can never
  ///   hold.
  public mutating func predicate(_ expression: Expression) throws(QueryError) -> BoundPredicate {
    var binding = ExpressionBinding(binder: self, source: expression.source)
    let condition = try binding.bindCondition(expression.root)
    self = binding.binder
    return BoundPredicate(condition, fields: binding.fields)
  }

  /// Binds an expression of any type.
  /// - Throws: `QueryError` as `predicate` does.
  mutating func value(_ expression: Expression) throws(QueryError) -> BoundValue {
    var binding = ExpressionBinding(binder: self, source: expression.source)
    let bound = try binding.bind(expression.root)
    self = binding.binder
    return BoundValue(
      expression: bound.expression, families: bound.families, fields: binding.fields)
  }

  /// Finds the field that `name` means: a canonical name, a path, or the end of one path.
  /// - Returns: nil when there is none and names may be missing.
  /// - Throws: `QueryError.unknownField` or `.ambiguousField`.
  public mutating func field(_ name: String) throws(QueryError) -> BoundField? {
    if let field = catalog.exact(name) { return field }
    return try field(FieldPath.components(of: name), at: nil)
  }

  /// Finds the field of the dotted name `components`.
  mutating func field(
    _ components: [String], at place: SourceExcerpt?
  ) throws(QueryError) -> BoundField? {
    if !sides.isEmpty { return try joinedField(components, at: place) }
    let name = FieldPath.text(of: components)
    switch catalog.resolve(components) {
    case .field(let field): return field
    case .ambiguous(let candidates):
      throw .ambiguousField(name: name, candidates: candidates, at: place)
    case .unknown:
      if !knowsAllFields { return BoundField(name: name, role: .property, kinds: []) }
      guard allowsMissing else {
        throw .unknownField(
          name: name, suggestions: catalog.suggestions(for: components), at: place)
      }
      warn("no field is named \"\(name)\": it counts as null")
      return nil
    }
  }

  /// The field of the dotted name `components` if there is one.
  func known(_ components: [String]) -> BoundField? {
    if case .field(let field) = catalog.resolve(components) { field } else { nil }
  }

  /// Checks that each of `names` is an event of the store.
  /// - Throws: `QueryError.unknownEvent`.
  public mutating func checkEvents(_ names: [String]) throws(QueryError) {
    for name in names { try checkEvent(name, at: nil) }
  }

  mutating func checkEvent(_ name: String, at place: SourceExcerpt?) throws(QueryError) {
    if events[ExactText(name)] != nil || !knowsAllEvents { return }
    guard allowsMissing else {
      let byCount = events.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let near = NearestNames.find(name, among: byCount.map(\.key.text))
      throw .unknownEvent(
        name: name,
        suggestions: near.map { KnownEvent(name: $0, count: events[ExactText($0)] ?? 0) }, at: place
      )
    }
    warn("no event is named \"\(name)\": it counts as zero")
  }

  mutating func warn(_ warning: String) {
    if !warnings.contains(warning) { warnings.append(warning) }
  }
}

/// A bound expression, the fields its indices mean, and what it can be.
struct BoundValue: Sendable {
  var expression: BoundExpression
  var families: ValueFamilies
  var fields: [BoundField]
}
