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
  /// By group, the number of rows.
  var counts: [UInt64]
  /// By aggregate.
  var states: [PartialState]
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
  private var states: [AggregateState]
  /// By aggregate, what it reads; nothing for rows.
  private var inputs: [[InputColumns]]
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
    states = plan.aggregates.map { AggregateState($0, hasKeys: hasKeys) }
    let fields = plan.request.fields
    inputs = plan.aggregates.map { aggregate in
      (aggregate.input.map { [$0] } ?? aggregate.inputs).map { InputColumns($0, fields) }
    }
  }

  /// Adds the selected rows of `block`.
  mutating func add(_ block: borrowing ScanBlock) throws {
    let rows = SelectedRows(block)
    if !encoders.isEmpty { try group(block, rows) }
    count(rows)
    for (index, aggregate) in plan.aggregates.enumerated() {
      if case .rows = states[index] { continue }
      let taken = aggregate.condition.map { SelectedRows(rows, in: block.marks[$0]) } ?? rows
      if taken.count == 0 { continue }
      let columns = inputs[index].indices.map { inputs[index][$0].column(block, taken) }
      if !aggregate.inputs.isEmpty {
        states[index].add(columns, taken, groups: groups)
        continue
      }
      try states[index].add(
        columns.first, taken, groups: groups, groupCount: groupCount,
        steps: aggregate.steps.map { block.marks[$0] }, aggregate)
    }
    try account()
  }

  /// Returns what was aggregated.
  consuming func finish() throws -> PartialResult {
    let keyCount = encoders.count
    let codes: [UInt32] =
      keyCount == 1
      ? Array(0..<UInt32(groupCount))
      : (0..<groupCount).flatMap { Self.parts(of: UInt32($0), joins, keyCount: keyCount) }
    return PartialResult(
      keyValues: encoders.map(\.table.values), groupCodes: codes, groupCount: groupCount,
      counts: counts, states: states.map(\.part))
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

  private mutating func group(_ block: borrowing ScanBlock, _ rows: SelectedRows) throws {
    if groups.count != rows.count { groups = [UInt32](repeating: 0, count: rows.count) }
    let plan = self.plan
    encoders[0].encode(block, rows, types: { plan.type($0) }, into: &groups)
    groupCount = encoders[0].table.values.count
    for key in encoders.indices.dropFirst() {
      if codes.count != rows.count { codes = [UInt32](repeating: 0, count: rows.count) }
      encoders[key].encode(block, rows, types: { plan.type($0) }, into: &codes)
      join(key)
      groupCount = joins[key - 1].pairs.count
    }
    guard groupCount <= AggregateQuery.groupsMax else {
      throw QueryError.tooManyGroups(limit: AggregateQuery.groupsMax)
    }
    guard groupCount > counts.count else { return }
    counts += [UInt64](repeating: 0, count: groupCount - counts.count)
    for index in states.indices { states[index].grow(groupCount) }
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

  /// Takes from the budget what was added since the last block.
  private mutating func account() throws {
    let bytes = states.reduce(groupCount * (8 + encoders.count * 64)) { $0 + $1.heldBytes }
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
