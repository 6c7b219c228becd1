// Puts the parts of an aggregation together.

import Columnar
import EvtCore

/// The groups of all parts and the states of their aggregates.
struct GroupMerge {
  private let plan: AggregatePlan
  private(set) var groups: GroupTable
  private var states: [MergedState]

  init(_ plan: AggregatePlan) {
    self.plan = plan
    let groups = GroupTable(plan)
    states = plan.aggregates.map { MergedState($0, groupCount: groups.count) }
    self.groups = groups
  }

  /// Adds a part.
  mutating func add(_ part: PartialResult) throws {
    let map = try groups.add(part)
    for index in states.indices {
      states[index].grow(groups.count)
      states[index].add(part.states[index], map, plan.aggregates[index])
    }
  }

  /// The figures of unions of the groups, by union.
  func figures(of unions: GroupUnions, _ pool: WorkerPool) throws -> [[Value]] {
    var rowCounts = [UInt64](repeating: 0, count: unions.count)
    for (group, union) in unions.unionByGroup.enumerated() {
      rowCounts[Int(union)] += groups.rowCounts[group]
    }
    rowCounts.cumulate(runLength: unions.runLength) { $0 += $1 }
    let figures = try zip(states, plan.aggregates).map { state, aggregate in
      var united = state.united(unions, aggregate)
      if unions.runLength > 1 { united.cumulate(runLength: unions.runLength, aggregate) }
      return try united.finish(
        aggregate, inputType(aggregate), unions.count, pool, runLength: unions.runLength)
    }
    return (0..<unions.count).map { union in figures.map { $0.value(union, rowCounts) } }
  }

  /// Returns all groups with their figures.
  consuming func finish(_ pool: WorkerPool) throws -> GroupTable {
    for (index, aggregate) in plan.aggregates.enumerated() {
      groups.figures.append(
        try states[index].finish(aggregate, inputType(aggregate), groups.count, pool))
    }
    return groups
  }

  /// What integers of the aggregate's input mean. Expressions are computed with their values, which
  /// quantiles do not keep; binding lets them have numbers only.
  private func inputType(_ aggregate: BoundAggregate) -> FieldType {
    if case .field(let index) = aggregate.input?.source { plan.type(index) } else { .plain }
  }
}

/// Groups and, once everything is merged, their figures.
struct GroupTable {
  private var tables: [ValueTable]
  private var joins: [PairTable]
  /// The number of groups, those without rows included.
  private(set) var count: Int
  private let isOfAllRows: Bool
  /// By group, the number of rows.
  private(set) var rowCounts: [UInt64]
  /// By aggregate.
  fileprivate(set) var figures: [Figures] = []

  fileprivate init(_ plan: AggregatePlan) {
    tables = plan.keys.map { _ in ValueTable() }
    joins = [PairTable](repeating: PairTable(), count: max(0, plan.keys.count - 1))
    isOfAllRows = plan.keys.isEmpty && !plan.hasConstantKeys
    count = plan.keys.isEmpty ? 1 : 0
    rowCounts = plan.keys.isEmpty ? [0] : []
  }

  /// The number of keys.
  var keyCount: Int { tables.count }

  /// Adds the groups of `part` and returns the numbers that they have here.
  fileprivate mutating func add(_ part: PartialResult) throws -> [UInt32] {
    let map = number(part)
    count = joins.last?.pairs.count ?? tables.first?.values.count ?? 1
    guard count <= AggregateQuery.groupsMax else {
      throw QueryError.tooManyGroups(limit: AggregateQuery.groupsMax)
    }
    rowCounts += [UInt64](repeating: 0, count: count - rowCounts.count)
    for (group, merged) in map.enumerated() { rowCounts[Int(merged)] += part.counts[group] }
    return map
  }

  private mutating func number(_ part: PartialResult) -> [UInt32] {
    if tables.isEmpty { return [0] }
    let keyCount = tables.count
    let codes = part.keyValues.enumerated().map { key, values in
      values.map { tables[key].code($0) }
    }
    var map: [UInt32] = []
    map.reserveCapacity(part.groupCount)
    for group in 0..<part.groupCount {
      var joined = codes[0][Int(part.groupCodes[group * keyCount])]
      for key in 1..<max(1, keyCount) {
        joined = joins[key - 1].code(
          joined, codes[key][Int(part.groupCodes[group * keyCount + key])])
      }
      map.append(joined)
    }
    return map
  }

  /// The groups that have rows; the one of all rows is there even if there are none.
  var present: [Int] { (0..<count).filter { rowCounts[$0] > 0 || isOfAllRows } }

  /// The values of the keys of `group`.
  func keys(of group: Int) -> [Value] {
    let codes = SegmentAggregator.parts(of: UInt32(group), joins, keyCount: tables.count)
    return zip(tables, codes).map { $0.values[Int($1)] }
  }

  /// By group, the place of its value of key `key` among the distinct ones, null last.
  func ranks(key: Int) -> [Int] {
    let values = tables[key].values
    let order = values.indices.sorted { ValueOrder.total(values[$0], values[$1]) == .below }
    var ranks = [Int](repeating: 0, count: values.count)
    for (rank, code) in order.enumerated() { ranks[code] = rank }
    return (0..<count).map { group in
      let codes = SegmentAggregator.parts(of: UInt32(group), joins, keyCount: tables.count)
      return ranks[Int(codes[key])]
    }
  }

  /// The figure of `group` for each aggregate.
  func figures(of group: Int) -> [Value] { figures.map { $0.value(group, rowCounts) } }
}

/// The figures of one aggregate by group.
enum Figures {
  case rows
  case counts([UInt64])
  case values([Value])

  fileprivate func value(_ group: Int, _ rowCounts: [UInt64]) -> Value {
    switch self {
    case .rows: .int(Int64(clamping: rowCounts[group]))
    case .counts(let counts): .int(Int64(clamping: counts[group]))
    case .values(let values): values[group]
    }
  }
}
