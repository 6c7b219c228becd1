// Puts the parts of an answer together.

import Columnar
import EvtCore

/// The groups of all parts and the states of their aggregates.
struct GroupMerge {
  private let plan: AggregatePlan
  private var tables: [ValueTable]
  private var joins: [PairTable]
  private var groupCount: Int
  private var counts: [UInt64]
  private var sums: [[ExactSum]]
  private var extremes: [[Extreme]]
  /// By aggregate that counts distinct entities: its lists, and by list the groups of the answer.
  private var entities: [[EntityList]]
  private var groupMaps: [[[UInt32]]]
  private var distinct: [[UInt64]]

  init(_ plan: AggregatePlan) {
    self.plan = plan
    tables = plan.keys.map { _ in ValueTable() }
    joins = [PairTable](repeating: PairTable(), count: max(0, plan.keys.count - 1))
    let hasKeys = !plan.keys.isEmpty
    groupCount = hasKeys ? 0 : 1
    counts = hasKeys ? [] : [0]
    sums = plan.aggregates.filter(\.isSum).map { _ in hasKeys ? [] : [ExactSum()] }
    extremes = plan.aggregates.filter(\.isExtreme).map { _ in hasKeys ? [] : [Extreme()] }
    let kinds = plan.aggregates.compactMap(\.entityKind)
    entities = kinds.map { _ in [] }
    groupMaps = kinds.map { _ in [] }
    distinct = kinds.map { _ in hasKeys ? [] : [0] }
  }

  /// Adds a part.
  mutating func add(_ part: PartialResult) throws {
    let map = try groups(of: part)
    let missing = groupCount - counts.count
    if missing > 0 {
      counts += [UInt64](repeating: 0, count: missing)
      for index in sums.indices { sums[index] += [ExactSum](repeating: ExactSum(), count: missing) }
      for index in extremes.indices {
        extremes[index] += [Extreme](repeating: Extreme(), count: missing)
      }
      for index in distinct.indices { distinct[index] += [UInt64](repeating: 0, count: missing) }
    }
    let isMax = plan.aggregates.filter(\.isExtreme).map { $0.function == .max }
    for (group, merged) in map.enumerated() {
      let merged = Int(merged)
      counts[merged] += part.counts[group]
      for index in sums.indices { sums[index][merged].merge(part.sums[index][group]) }
      for index in extremes.indices {
        extremes[index][merged].merge(part.extremes[index][group], isMax: isMax[index])
      }
    }
    for index in entities.indices {
      if part.countedEntities[index].isEmpty {
        entities[index].append(part.entities[index])
        groupMaps[index].append(map)
      } else {
        for (group, merged) in map.enumerated() {
          distinct[index][Int(merged)] += part.countedEntities[index][group]
        }
      }
    }
  }

  /// The group of the answer for each group of `part`.
  private mutating func groups(of part: PartialResult) throws -> [UInt32] {
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
    groupCount = joins.last?.pairs.count ?? tables[0].values.count
    guard groupCount <= AggregateQuery.groupsMax else {
      throw QueryError.tooManyGroups(limit: AggregateQuery.groupsMax)
    }
    return map
  }

  /// Counts the distinct entities of all parts added so far.
  mutating func mergeDistinct(_ pool: WorkerPool) throws {
    for index in entities.indices {
      let merge = DistinctMerge(
        entities[index], groupMaps: groupMaps[index], groupCount: groupCount)
      let found = try merge.counts(pool)
      for group in found.indices { distinct[index][group] += found[group] }
      entities[index] = []
    }
  }

  /// The rows of the answer in order.
  func rows(top: Int?) throws -> [[ResultValue]] {
    let byKeyOnly = top == nil && (plan.keys.first?.isTime(plan) ?? false)
    let groups = candidates(top: top)
    let rows = groups.map { group in
      Row(
        keys: keyValues(of: UInt32(group)),
        figures: plan.aggregates.indices.map { figure($0, group) })
    }
    let ordered = rows.sorted { left, right in
      if !byKeyOnly, let isFirst = Self.order(left.figures[0], right.figures[0]) { return isFirst }
      for (a, b) in zip(left.keys, right.keys) {
        if let order = ValueOrder.total(a, b), order != .equal { return order == .below }
      }
      return false
    }
    return ordered.prefix(top ?? .max).map { $0.keys.map(\.result) + $0.figures.map(\.result) }
  }

  private struct Row {
    var keys: [Value]
    var figures: [Value]
  }

  /// The groups that may be among the first `top`: a first figure that is a count rules most out
  /// before any key is looked at.
  private func candidates(top: Int?) -> [Int] {
    // Groups without rows are none, unless there is nothing to group by.
    let present = (0..<groupCount).filter { counts[$0] > 0 || tables.isEmpty }
    guard let top, top < present.count else { return present }
    let figures: [UInt64]
    switch plan.aggregates[0].function {
    case .count: figures = counts
    case .users, .sessions, .uniq: figures = distinct[0]
    case .sum, .avg, .min, .max: return present
    }
    let least = present.map { figures[$0] }.sorted(by: >)[top - 1]
    return present.filter { figures[$0] >= least }
  }

  /// Whether the greater figure, which comes first, is on the left; nil when they are equal.
  private static func order(_ left: Value, _ right: Value) -> Bool? {
    if left.isNull || right.isNull { return left.isNull == right.isNull ? nil : right.isNull }
    let order = ValueOrder.total(left, right) ?? .equal
    return order == .equal ? nil : order == .above
  }

  private func keyValues(of group: UInt32) -> [Value] {
    let codes = SegmentAggregator.parts(of: group, joins, keyCount: tables.count)
    return zip(tables, codes).map { $0.values[Int($1)] }
  }

  /// The value of aggregate `number` for `group`.
  private func figure(_ number: Int, _ group: Int) -> Value {
    let aggregate = plan.aggregates[number]
    let before = plan.aggregates[..<number]
    switch aggregate.function {
    case .count: return .int(Int64(clamping: counts[group]))
    case .users, .sessions, .uniq:
      return .int(Int64(clamping: distinct[before.count { $0.entityKind != nil }][group]))
    case .sum: return Value(sums[before.count(where: \.isSum)][group].value)
    case .avg: return sums[before.count(where: \.isSum)][group].average.map { .double($0) } ?? .null
    case .min, .max:
      let extreme = extremes[before.count(where: \.isExtreme)][group]
      return extreme.value(isMax: aggregate.function == .max)
    }
  }
}

extension GroupKey {
  /// Whether its values are times.
  func isTime(_ plan: AggregatePlan) -> Bool {
    switch source {
    case .field(let index): plan.isTime(index)
    case .timeBucket: true
    case .expression(let expression, _):
      if case .call(let function, _) = expression { function.result([[]]) == .time } else { false }
    }
  }
}

extension Value {
  /// A sum as a value.
  init(_ sum: SumValue) {
    switch sum {
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .decimal(let text):
      self = ExactDecimal(parsing: text.utf8).map { .decimal($0) } ?? .null
    }
  }

  /// The value as an answer shows it; infinite numbers are null.
  var result: ResultValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .double(let value): value.isFinite ? .double(value) : .null
    case .decimal(let value): .decimal(value.text)
    case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    case .json(let bytes): .json(String(decoding: bytes, as: UTF8.self))
    case .time(let time): .time(time)
    case .date(let day): .text(UTCDay(number: day).description)
    }
  }
}

extension ValueOrder {
  /// Orders any two values: by family first, null last.
  static func total(_ left: Value, _ right: Value) -> Order? {
    func rank(_ value: Value) -> Int { value.family.map { Int($0.rawValue) } ?? 255 }
    if let order = compare(left, right) { return order }
    return Order(rank(left) < rank(right), rank(left) == rank(right))
  }
}
