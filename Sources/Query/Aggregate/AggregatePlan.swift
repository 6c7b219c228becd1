// An aggregation with its names bound: what each segment is asked for.

import Columnar
import EvtCore

/// What makes the groups.
struct GroupKey: Sendable {
  enum Source: Sendable {
    /// The values of field `index` of the plan.
    case field(Int)
    /// Stretches of time of the field at `index`, which is the timestamp, by their starts or first
    /// dates.
    case timeBucket(Int, CalendarBuckets, isDate: Bool)
    /// An expression over the fields of the plan.
    case expression(BoundExpression, fields: [Int])
  }

  var name: String
  var source: Source

  /// Its value for all instants of `span`; nil when they differ, or it is no stretch of time.
  func value(of span: ClosedRange<Int64>) -> Value? {
    guard case .timeBucket(_, let buckets, let isDate) = source else { return nil }
    let bucket = buckets.bucket(containing: span.lowerBound)
    guard bucket.upperBound >= span.upperBound else { return nil }
    return isDate
      ? .date(buckets.firstDate(of: span.lowerBound).number) : .time(bucket.lowerBound)
  }
}

/// Groups, their figures, and the scan that feeds them.
struct AggregatePlan: Sendable {
  var keys: [GroupKey] = []
  /// Whether rows are grouped by constants besides: then there is no group without rows.
  var hasConstantKeys = false
  var aggregates: [BoundAggregate] = []
  var request: ScanRequest
  /// Bytes that all its states may hold.
  var memoryBytes = Limits.queryMemoryBytes
  /// Whether groups will be united, for which their entities must be known one by one.
  var unitesGroups = false

  /// Whether there is a condition besides events and range.
  var hasFilter: Bool { request.filter != nil }

  /// What integers of field `index` mean.
  func type(_ index: Int) -> FieldType { request.fields[index].type }

  /// Whether a key or an aggregate takes field `index`.
  func reads(_ index: Int) -> Bool {
    let keys = keys.contains { key in
      switch key.source {
      case .field(let field), .timeBucket(let field, _, _): field == index
      case .expression(_, let fields): fields.contains(index)
      }
    }
    return keys
      || aggregates.contains {
        $0.input?.reads(index) ?? false || $0.inputs.contains { $0.reads(index) }
      }
  }

  /// The index of `field` among the fields of the request, to which it is added when missing.
  mutating func slot(_ field: BoundField) -> Int {
    if let known = request.fields.firstIndex(of: field) { return known }
    request.fields.append(field)
    return request.fields.count - 1
  }

  /// The key that groups by `value`.
  mutating func key(_ name: String, _ value: BoundValue) -> GroupKey {
    let slots = value.fields.map { slot($0) }
    let expression = value.expression.mapFields { slots[$0] }
    if case .field(let index) = expression {
      return GroupKey(name: name, source: .field(index))
    }
    return GroupKey(
      name: name, source: timeBucket(expression) ?? .expression(expression, fields: slots))
  }

  /// What aggregates `value`.
  mutating func input(_ name: String, _ value: BoundValue) -> AggregateInput {
    let slots = value.fields.map { slot($0) }
    let expression = value.expression.mapFields { slots[$0] }
    if case .field(let index) = expression {
      return AggregateInput(source: .field(index), name: name)
    }
    return AggregateInput(source: .expression(expression, fields: slots), name: name)
  }

  private func timeBucket(_ expression: BoundExpression) -> GroupKey.Source? {
    guard case .call(let function, let arguments) = expression, let bucket = function.bucket,
      case .field(let field) = arguments[0], type(field) == .instant,
      !request.fields[field].isNullable
    else { return nil }
    return .timeBucket(
      field, CalendarBuckets(bucket.unit, zone: function.zone), isDate: bucket.isDate)
  }

  /// Runs the plan over the segments of `source`, as far as metadata does not answer it.
  /// - Throws: `QueryError`, and the errors of `source`.
  func run(on source: any QuerySource, pool: WorkerPool) throws -> GroupTable {
    try groups(on: source, pool: pool).finish(pool)
  }

  /// Gathers what `run` makes figures of.
  func groups(on source: any QuerySource, pool: WorkerPool) throws -> GroupMerge {
    let budget = MemoryBudget(bytes: memoryBytes)
    let parts = try MetadataAnswer.split(self, source)
    let scanned = try pool.map(count: parts.toScan.count) { number in
      try source.reading(segment: parts.toScan[number]) { reader in
        let footer = reader.footer
        let settled = SettledKeys(
          self, min(footer.minTime, footer.maxTime)...footer.maxTime)
        let plan = settled?.removed(from: self) ?? self
        var aggregator = SegmentAggregator(plan, budget)
        try scan(reader, plan.request) { try aggregator.add($0) }
        let part = try aggregator.finish()
        return settled.map { $0.restored(to: part) } ?? part
      }
    }
    return try merge(parts.answered + scanned.compactMap { $0 })
  }

  /// Gathers the groups of any rows.
  /// - Throws: `QueryError`, and the errors of `rows`.
  func groups(on rows: any RowSource, pool: WorkerPool) throws -> GroupMerge {
    if let segments = rows as? SegmentRows { return try groups(on: segments.events, pool: pool) }
    let budget = MemoryBudget(bytes: memoryBytes)
    let parts = rows.parts(request)
    return try merge(
      try pool.map(count: parts.count) { number in
        var aggregator = SegmentAggregator(self, budget)
        try rows.scan(part: parts[number], request) { try aggregator.add($0) }
        return try aggregator.finish()
      })
  }

  private func merge(_ parts: [PartialResult]) throws -> GroupMerge {
    var merge = GroupMerge(self)
    for part in parts { try merge.add(part) }
    return merge
  }
}
