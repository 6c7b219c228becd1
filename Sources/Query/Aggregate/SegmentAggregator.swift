// Aggregates the rows of one segment.

import Columnar
import EvtCore

/// What one segment, or metadata, contributes to an answer.
struct PartialResult: Sendable {
  /// By key, the distinct values.
  var keyValues: [[Value]]
  /// By group, the code of each key's value, one behind the other.
  var groupCodes: [UInt32]
  var groupCount: Int
  var counts: [UInt64]
  /// By aggregate that sums, by group.
  var sums: [[ExactSum]]
  /// By aggregate that is a minimum or maximum, by group.
  var extremes: [[Extreme]]
  /// By aggregate that counts distinct entities.
  var entities: [EntityList]
  /// By such an aggregate, by group: entities counted elsewhere, in no other part.
  var countedEntities: [[UInt64]]
}

/// The groups and the states of the aggregates over the rows of one segment.
struct SegmentAggregator: ~Copyable {
  private let plan: AggregatePlan
  private let budget: MemoryBudget
  private var encoders: [KeyEncoder]
  /// Joins the codes of the first keys and of the next one; one fewer than keys.
  private var joins: [PairTable]
  private var groupCount: Int
  private var counts: [UInt64]
  private var sums: [[ExactSum]]
  private var extremes: [[Extreme]]
  private var collectors: [EntityCollector]
  private var heldBytes = 0
  // Kept from block to block for their memory.
  private var groups: [UInt32] = []
  private var codes: [UInt32] = []

  init(_ plan: borrowing AggregatePlan, _ budget: MemoryBudget) {
    self.plan = copy plan
    self.budget = budget
    encoders = plan.keys.map { KeyEncoder($0) }
    joins = [PairTable](repeating: PairTable(), count: max(0, plan.keys.count - 1))
    let hasKeys = !plan.keys.isEmpty
    groupCount = hasKeys ? 0 : 1
    counts = hasKeys ? [] : [0]
    sums = plan.aggregates.filter(\.isSum).map { _ in hasKeys ? [] : [ExactSum()] }
    extremes = plan.aggregates.filter(\.isExtreme).map { _ in hasKeys ? [] : [Extreme()] }
    collectors = plan.aggregates.compactMap(\.entityKind).map {
      EntityCollector($0, hasGroups: hasKeys)
    }
  }

  /// Adds the selected rows of `block`.
  mutating func add(_ block: borrowing ScanBlock) throws {
    let rows = SelectedRows(block)
    if !encoders.isEmpty { try group(block, rows) }
    count(rows)
    var sum = 0
    var extreme = 0
    var collector = 0
    for aggregate in plan.aggregates {
      guard let field = aggregate.field else { continue }
      if aggregate.isSum {
        try add(block.columns[field], rows, to: sum, aggregate)
        sum += 1
      } else if aggregate.isExtreme {
        addExtremes(
          block.columns[field], rows, to: extreme, isMax: aggregate.function == .max,
          isTime: plan.isTime(field))
        extreme += 1
      } else {
        collectors[collector].add(
          block.columns[field], rows, groups: groups, groupCount: groupCount,
          isTime: plan.isTime(field))
        collector += 1
      }
    }
    try account()
  }

  /// Returns what was aggregated.
  consuming func finish() throws -> PartialResult {
    let keyCount = encoders.count
    var codes: [UInt32] = []
    codes.reserveCapacity(groupCount * keyCount)
    for group in 0..<groupCount {
      codes += Self.parts(of: UInt32(group), joins, keyCount: keyCount)
    }
    let entities = collectors.map { $0.finish() }
    return PartialResult(
      keyValues: encoders.map(\.table.values), groupCodes: codes, groupCount: groupCount,
      counts: counts, sums: sums, extremes: extremes, entities: entities,
      countedEntities: entities.map { _ in [] })
  }

  /// The codes of the keys' values in `group`.
  static func parts(of group: UInt32, _ joins: [PairTable], keyCount: Int) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: keyCount)
    var joined = group
    for key in stride(from: keyCount - 1, to: 0, by: -1) {
      (joined, codes[key]) = joins[key - 1].parts(joined)
    }
    if keyCount > 0 { codes[0] = joined }
    return codes
  }

  // MARK: - Groups

  private mutating func group(_ block: borrowing ScanBlock, _ rows: SelectedRows) throws {
    if groups.count != rows.count { groups = [UInt32](repeating: 0, count: rows.count) }
    let plan = self.plan
    encoders[0].encode(block, rows, isTime: { plan.isTime($0) }, into: &groups)
    groupCount = encoders[0].table.values.count
    for key in encoders.indices.dropFirst() {
      if codes.count != rows.count { codes = [UInt32](repeating: 0, count: rows.count) }
      encoders[key].encode(block, rows, isTime: { plan.isTime($0) }, into: &codes)
      join(key)
      groupCount = joins[key - 1].pairs.count
    }
    guard groupCount <= AggregateQuery.groupsMax else {
      throw QueryError.tooManyGroups(limit: AggregateQuery.groupsMax)
    }
    let missing = groupCount - counts.count
    guard missing > 0 else { return }
    counts += [UInt64](repeating: 0, count: missing)
    for index in sums.indices { sums[index] += [ExactSum](repeating: ExactSum(), count: missing) }
    for index in extremes.indices {
      extremes[index] += [Extreme](repeating: Extreme(), count: missing)
    }
  }

  /// Replaces the groups of the first keys by those of one key more.
  private mutating func join(_ key: Int) {
    var last: (first: UInt32, second: UInt32, joined: UInt32)?
    for ordinal in groups.indices {
      let (first, second) = (groups[ordinal], codes[ordinal])
      if let last, last.first == first, last.second == second {
        groups[ordinal] = last.joined
        continue
      }
      let joined = joins[key - 1].code(first, second)
      last = (first, second, joined)
      groups[ordinal] = joined
    }
  }

  /// The group of a selected row.
  @inline(__always)
  private func group(_ ordinal: Int) -> Int { encoders.isEmpty ? 0 : Int(groups[ordinal]) }

  private mutating func count(_ rows: SelectedRows) {
    if encoders.isEmpty {
      counts[0] += UInt64(rows.count)
      return
    }
    counts.withUnsafeMutableBufferPointer { counts in
      groups.withUnsafeBufferPointer { groups in
        for ordinal in 0..<rows.count { counts[Int(groups[ordinal])] &+= 1 }
      }
    }
  }

  // MARK: - Sums and extremes

  private mutating func add(
    _ vector: ColumnVector, _ rows: SelectedRows, to index: Int, _ aggregate: BoundAggregate
  ) throws {
    // Taken out for the loop, so that the states are reached without checks for other owners.
    var states: [ExactSum] = []
    swap(&states, &sums[index])
    defer { swap(&states, &sums[index]) }
    switch vector.uniformKind {
    case .int: rows.forEach { states[group($0)].add(vector.numbers[$1]) }
    case .double: rows.forEach { states[group($0)].add(vector.double($1)) }
    case .absent, .null, .bool, .text, .json: break
    case .decimal, nil:
      let (int, double) = (ValueKind.int.rawValue, ValueKind.double.rawValue)
      let decimal = ValueKind.decimal.rawValue
      let uniform = vector.uniformKind?.rawValue
      try rows.forEach { ordinal, row in
        let kind = uniform ?? vector.kinds[row]
        if kind == double {
          states[group(ordinal)].add(vector.double(row))
        } else if kind == int {
          states[group(ordinal)].add(vector.numbers[row])
        } else if kind == decimal {
          guard case .decimal(let value) = vector.evaluated(row, isTime: false),
            states[group(ordinal)].add(value)
          else { throw QueryError.numberTooLong(field: aggregate.fieldName) }
        }
      }
    }
  }

  private mutating func addExtremes(
    _ vector: ColumnVector, _ rows: SelectedRows, to index: Int, isMax: Bool, isTime: Bool
  ) {
    var states: [Extreme] = []
    swap(&states, &extremes[index])
    defer { swap(&states, &extremes[index]) }
    switch vector.uniformKind {
    case .absent, .null: break
    case .int where !isTime:
      rows.forEach { states[group($0)].add(vector.numbers[$1], isMax: isMax) }
    case .double: rows.forEach { states[group($0)].add(vector.double($1), isMax: isMax) }
    case .bool, .int, .decimal, .text, .json, nil:
      rows.forEach { ordinal, row in
        if vector.kind(row) == .text {
          vector.texts.withBytes(Int(vector.codes[row])) {
            states[group(ordinal)].add(text: $0, isMax: isMax)
          }
        } else {
          let value = vector.evaluated(row, isTime: isTime)
          states[group(ordinal)].add(value, isMax: isMax)
        }
      }
    }
  }

  /// Takes from the budget what was added since the last block.
  private mutating func account() throws {
    let stateBytes =
      8 + sums.count * MemoryLayout<ExactSum>.stride
      + extremes.count * MemoryLayout<Extreme>.stride + encoders.count * 64
    let bytes = groupCount * stateBytes + collectors.reduce(0) { $0 + $1.heldBytes }
    if bytes > heldBytes {
      guard budget.take(bytes - heldBytes) else {
        throw QueryError.tooMuchMemory(what: "the aggregation", limitBytes: budget.limitBytes)
      }
      heldBytes = bytes
    }
  }
}

extension ColumnVector {
  /// The double of `row`, which is one.
  @inline(__always)
  func double(_ row: Int) -> Double { Double(bitPattern: UInt64(bitPattern: numbers[row])) }
}

extension BoundAggregate {
  var isSum: Bool { function == .sum || function == .avg }
  var isExtreme: Bool { function == .min || function == .max }

  /// What it counts, when it counts distinct entities.
  var entityKind: EntityKind? {
    switch function {
    case .users, .sessions: .identified
    case .uniq: .value
    case .count, .sum, .avg, .min, .max: nil
    }
  }
}
