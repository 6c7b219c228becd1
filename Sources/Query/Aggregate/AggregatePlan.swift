// An aggregate query with its names bound: what each segment is asked for.

import Columnar
import EvtCore

/// What makes the groups.
struct GroupKey: Sendable {
  enum Source: Sendable {
    /// The values of field `index` of the plan.
    case field(Int)
    /// Stretches of `unit` nanoseconds of the field at `index`, which is the timestamp.
    case timeBucket(Int, unit: Int64, isDate: Bool)
    /// An expression over the fields of the plan.
    case expression(BoundExpression, fields: [Int])
  }

  var name: String
  var source: Source
}

/// An aggregate and the field of the plan that it reads.
struct BoundAggregate: Sendable {
  var function: Aggregate.Function
  var field: Int?
  /// The name of the field, for messages.
  var fieldName: String
}

struct AggregatePlan: Sendable {
  private(set) var keys: [GroupKey] = []
  private(set) var aggregates: [BoundAggregate] = []
  private(set) var request: ScanRequest
  /// Whether there is a condition besides events and range.
  let hasFilter: Bool

  init(_ query: AggregateQuery, _ binder: inout Binder) throws {
    if query.aggregates.isEmpty { throw QueryError.usage("at least one aggregate is needed") }
    if let top = query.top, top < 1 { throw QueryError.usage("--top must be at least 1") }
    try binder.checkEvents(query.events)
    let filter = try query.condition.map { try binder.predicate($0) }
    hasFilter = filter != nil
    request = ScanRequest(
      range: query.range.intersection(filter?.timeRange ?? .all), filter: filter,
      events: query.events.isEmpty ? nil : query.events)
    for key in query.keys { keys.append(try bindKey(key, &binder)) }
    for aggregate in query.aggregates { aggregates.append(try bind(aggregate, &binder)) }
  }

  /// Whether field `index` holds instants.
  func isTime(_ index: Int) -> Bool { request.fields[index].role == .timestamp }

  private mutating func slot(_ field: BoundField) -> Int {
    if let known = request.fields.firstIndex(of: field) { return known }
    request.fields.append(field)
    return request.fields.count - 1
  }

  private mutating func bindKey(_ text: String, _ binder: inout Binder) throws -> GroupKey {
    let components = FieldPath.components(of: text)
    if case .field(let field) = binder.catalog.resolve(components) {
      return GroupKey(name: text, source: .field(slot(field)))
    }
    let times: [String: String] = ["day": "toDate(timestamp)", "hour": "toStartOfHour(timestamp)"]
    let shape = try? Expression(parsing: times[text] ?? text)
    guard let shape else { return try missingKey(text, &binder) }
    if case .name = shape.root.kind { return try missingKey(text, &binder) }
    let bound = try binder.value(shape)
    var slots: [Int] = []
    for field in bound.fields { slots.append(slot(field)) }
    let expression = bound.expression.mapFields { slots[$0] }
    return GroupKey(
      name: text,
      source: Self.timeBucket(expression, self) ?? .expression(expression, fields: slots))
  }

  /// A name that means no field: an error, or null when names may be missing.
  private mutating func missingKey(_ text: String, _ binder: inout Binder) throws -> GroupKey {
    guard let field = try binder.field(text) else {
      return GroupKey(name: text, source: .expression(.constant(.null), fields: []))
    }
    return GroupKey(name: text, source: .field(slot(field)))
  }

  private static func timeBucket(
    _ expression: BoundExpression, _ plan: AggregatePlan
  ) -> GroupKey.Source? {
    guard case .call(let function, let arguments) = expression, arguments.count == 1,
      case .field(let field) = arguments[0], plan.isTime(field)
    else { return nil }
    let minute: Int64 = 60_000_000_000
    return switch function {
    case .toDate: .timeBucket(field, unit: UTCDay.nanoseconds, isDate: true)
    case .toStartOfDay: .timeBucket(field, unit: UTCDay.nanoseconds, isDate: false)
    case .toStartOfHour: .timeBucket(field, unit: 60 * minute, isDate: false)
    case .toStartOfFifteenMinutes: .timeBucket(field, unit: 15 * minute, isDate: false)
    case .toStartOfTenMinutes: .timeBucket(field, unit: 10 * minute, isDate: false)
    case .toStartOfFiveMinutes: .timeBucket(field, unit: 5 * minute, isDate: false)
    case .toStartOfMinute: .timeBucket(field, unit: minute, isDate: false)
    default: nil
    }
  }

  private mutating func bind(
    _ aggregate: Aggregate, _ binder: inout Binder
  ) throws -> BoundAggregate {
    let field: BoundField?
    switch aggregate.function {
    case .count: field = nil
    case .users: field = .canonical(.user)
    case .sessions: field = .canonical(.session)
    case .uniq, .sum, .avg, .min, .max: field = try binder.field(aggregate.field ?? "")
    }
    if let field { try Self.check(aggregate, field) }
    return BoundAggregate(
      function: aggregate.function, field: field.map { slot($0) },
      fieldName: field?.name ?? aggregate.field ?? "")
  }

  private static func check(_ aggregate: Aggregate, _ field: BoundField) throws(QueryError) {
    guard aggregate.function == .sum || aggregate.function == .avg else { return }
    let families = field.families
    guard families.isEmpty || families.contains(.number) else {
      throw .usage(
        "\(aggregate.name): \"\(field.name)\" holds \(families.description), not numbers")
    }
  }
}
