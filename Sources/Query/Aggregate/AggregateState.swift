// What an aggregate has gathered so far.

import Columnar
import EvtCore

/// The state of one aggregate over the rows of a segment, by group.
enum AggregateState {
  /// The groups' own row counts say it all.
  case rows
  case counts([UInt64])
  case sums([ExactSum])
  case extremes([Extreme])
  case distinct(EntityCollector)
  case samples([Sample])
  case steps([StepEvent])
  case accumulators([any Accumulator], AccumulatorFunction)

  /// The state before any row.
  init(_ aggregate: BoundAggregate, hasKeys: Bool) {
    switch aggregate.function {
    case .count where aggregate.input == nil && aggregate.condition == nil: self = .rows
    case .count: self = .counts(hasKeys ? [] : [0])
    case .sum, .average: self = .sums(hasKeys ? [] : [ExactSum()])
    case .extreme: self = .extremes(hasKeys ? [] : [Extreme()])
    case .distinct(let kind): self = .distinct(EntityCollector(kind, hasGroups: hasKeys))
    case .quantile: self = .samples([])
    case .windowFunnel: self = .steps([])
    case .accumulator(let function):
      self = .accumulators(hasKeys ? [] : [function.make()], function)
    }
  }

  /// Makes room for `groupCount` groups.
  mutating func grow(_ groupCount: Int) {
    switch self {
    case .counts(var counts):
      self = .rows
      counts += [UInt64](repeating: 0, count: groupCount - counts.count)
      self = .counts(counts)
    case .sums(var sums):
      self = .rows
      sums += [ExactSum](repeating: ExactSum(), count: groupCount - sums.count)
      self = .sums(sums)
    case .extremes(var extremes):
      self = .rows
      extremes += [Extreme](repeating: Extreme(), count: groupCount - extremes.count)
      self = .extremes(extremes)
    case .accumulators(var states, let function):
      self = .rows
      while states.count < groupCount { states.append(function.make()) }
      self = .accumulators(states, function)
    case .rows, .distinct, .samples, .steps: break
    }
  }

  /// The memory held.
  var heldBytes: Int {
    switch self {
    case .rows: 0
    case .counts(let counts): counts.count * MemoryLayout<UInt64>.stride
    case .sums(let sums): sums.count * MemoryLayout<ExactSum>.stride
    case .extremes(let extremes): extremes.count * MemoryLayout<Extreme>.stride
    case .distinct(let collector): collector.heldBytes
    case .samples(let samples): samples.count * MemoryLayout<Sample>.stride
    case .steps(let steps): steps.count * MemoryLayout<StepEvent>.stride
    case .accumulators(let states, _): states.reduce(states.count * 96) { $0 + $1.heldBytes }
    }
  }

  /// What the segment contributes.
  var part: PartialState {
    switch self {
    case .rows: .rows
    case .counts(let counts): .counts(counts)
    case .sums(let sums): .sums(sums)
    case .extremes(let extremes): .extremes(extremes)
    case .distinct(let collector): .entities(collector.finish())
    case .samples(let samples): .samples(samples)
    case .steps(let steps): .steps(steps)
    case .accumulators(let states, _): .accumulators(states)
    }
  }
}

/// What one segment, or metadata, contributes to an aggregate, by group.
enum PartialState: Sendable {
  case rows
  case counts([UInt64])
  case sums([ExactSum])
  case extremes([Extreme])
  case entities(EntityList)
  /// Entities that occur in no other part.
  case countedEntities([UInt64])
  case samples([Sample])
  case steps([StepEvent])
  case accumulators([any Accumulator])
}

extension AggregateState {
  /// Adds `rows` of a block.
  /// - Parameters:
  ///   - groups: the group of each selected row; empty when there is only one group.
  ///   - steps: the marks of a funnel's steps.
  mutating func add(
    _ column: (vector: ColumnVector, type: FieldType)?, _ rows: SelectedRows, groups: [UInt32],
    groupCount: Int, steps: [RowMask], _ aggregate: BoundAggregate
  ) throws {
    guard let (vector, type) = column else {
      addCounts(rows, groups)
      return
    }
    // States are taken out for the loops, so that they have one owner and are changed in place.
    switch self {
    case .rows: break
    case .counts(var counts):
      self = .rows
      Self.count(vector, rows, groups, &counts)
      self = .counts(counts)
    case .sums(var sums):
      self = .rows
      defer { self = .sums(sums) }
      try Self.sum(vector, rows, groups, &sums, aggregate.input?.name ?? "")
    case .extremes(var extremes):
      self = .rows
      let isMax = aggregate.function == .extreme(isMax: true)
      Self.extremes(vector, type, rows, groups, &extremes, isMax: isMax)
      self = .extremes(extremes)
    case .distinct(let collector):
      collector.add(vector, rows, groups: groups, groupCount: groupCount, type: type)
    case .samples(var samples):
      self = .rows
      Self.collect(vector, rows, groups, &samples)
      self = .samples(samples)
    case .steps(var events):
      self = .rows
      Self.collect(vector, rows, groups, steps, &events)
      self = .steps(events)
    case .accumulators: break
    }
  }

  /// Adds `rows` of a block to accumulators, which take the values of all `columns`.
  mutating func add(
    _ columns: [(vector: ColumnVector, type: FieldType)], _ rows: SelectedRows, groups: [UInt32]
  ) {
    guard case .accumulators(var states, let function) = self else { return }
    self = .rows
    var readers = columns.map { ValueReader($0.vector, $0.type) }
    var arguments = [Value](repeating: .null, count: columns.count)
    rows.forEach { ordinal, row in
      for index in readers.indices { arguments[index] = readers[index].value(row) }
      states[groups.isEmpty ? 0 : Int(groups[ordinal])].add(arguments)
    }
    self = .accumulators(states, function)
  }

  private mutating func addCounts(_ rows: SelectedRows, _ groups: [UInt32]) {
    guard case .counts(var counts) = self else { return }
    self = .rows
    if groups.isEmpty {
      counts[0] += UInt64(rows.count)
    } else {
      rows.forEach { ordinal, _ in counts[Int(groups[ordinal])] &+= 1 }
    }
    self = .counts(counts)
  }

  /// Counts values that are not null.
  private static func count(
    _ vector: ColumnVector, _ rows: SelectedRows, _ groups: [UInt32], _ counts: inout [UInt64]
  ) {
    let hasGroups = !groups.isEmpty
    if let kind = vector.uniformKind, kind == .absent || kind == .null { return }
    let null = ValueKind.null.rawValue
    let isUniform = vector.uniformKind != nil
    rows.forEach { ordinal, row in
      if isUniform || vector.kinds[row] > null {
        counts[hasGroups ? Int(groups[ordinal]) : 0] &+= 1
      }
    }
  }

  private static func sum(
    _ vector: ColumnVector, _ rows: SelectedRows, _ groups: [UInt32], _ sums: inout [ExactSum],
    _ name: String
  ) throws {
    let hasGroups = !groups.isEmpty
    @inline(__always)
    func group(_ ordinal: Int) -> Int { hasGroups ? Int(groups[ordinal]) : 0 }
    switch vector.uniformKind {
    case .int: rows.forEach { sums[group($0)].add(vector.numbers[$1]) }
    case .double: rows.forEach { sums[group($0)].add(vector.double($1)) }
    case .absent, .null, .bool, .text, .json: break
    case .decimal, nil:
      let (int, double) = (ValueKind.int.rawValue, ValueKind.double.rawValue)
      let decimal = ValueKind.decimal.rawValue
      let uniform = vector.uniformKind?.rawValue
      try rows.forEach { ordinal, row in
        let kind = uniform ?? vector.kinds[row]
        if kind == double {
          sums[group(ordinal)].add(vector.double(row))
        } else if kind == int {
          sums[group(ordinal)].add(vector.numbers[row])
        } else if kind == decimal {
          guard case .decimal(let value) = vector.evaluated(row, as: .plain),
            sums[group(ordinal)].add(value)
          else { throw QueryError.numberTooLong(field: name) }
        }
      }
    }
  }

  private static func extremes(
    _ vector: ColumnVector, _ type: FieldType, _ rows: SelectedRows, _ groups: [UInt32],
    _ extremes: inout [Extreme], isMax: Bool
  ) {
    let hasGroups = !groups.isEmpty
    @inline(__always)
    func group(_ ordinal: Int) -> Int { hasGroups ? Int(groups[ordinal]) : 0 }
    switch vector.uniformKind {
    case .absent, .null: break
    case .int where !type.isTime:
      rows.forEach { extremes[group($0)].add(vector.numbers[$1], isMax: isMax) }
    case .double: rows.forEach { extremes[group($0)].add(vector.double($1), isMax: isMax) }
    case .bool, .int, .decimal, .text, .json, nil:
      rows.forEach { ordinal, row in
        if vector.kind(row) == .text {
          vector.texts.withBytes(Int(vector.codes[row])) {
            extremes[group(ordinal)].add(text: $0, isMax: isMax)
          }
        } else {
          extremes[group(ordinal)].add(vector.evaluated(row, as: type), isMax: isMax)
        }
      }
    }
  }

  /// Collects numbers; decimals beyond doubles are rounded to the nearest.
  private static func collect(
    _ vector: ColumnVector, _ rows: SelectedRows, _ groups: [UInt32], _ samples: inout [Sample]
  ) {
    rows.forEach { ordinal, row in
      let group = groups.isEmpty ? 0 : groups[ordinal]
      switch vector.kind(row) {
      case .int: samples.append(Sample(group: group, isInt: true, bits: vector.numbers[row]))
      case .double:
        samples.append(Sample(group: group, isInt: false, bits: vector.numbers[row]))
      case .decimal:
        guard let number = Arithmetic.double(vector.evaluated(row, as: .plain)) else { return }
        samples.append(
          Sample(group: group, isInt: false, bits: Int64(bitPattern: number.bitPattern)))
      case .absent, .null, .bool, .text, .json: break
      }
    }
  }

  /// Collects the rows that are a step.
  private static func collect(
    _ vector: ColumnVector, _ rows: SelectedRows, _ groups: [UInt32], _ marks: [RowMask],
    _ events: inout [StepEvent]
  ) {
    rows.forEach { ordinal, row in
      var steps: UInt32 = 0
      for (step, mark) in marks.enumerated() where mark[row] { steps |= 1 << UInt32(step) }
      guard steps != 0, vector.kind(row) == .int else { return }
      events.append(
        StepEvent(
          group: groups.isEmpty ? 0 : groups[ordinal], steps: steps, time: vector.numbers[row]))
    }
  }
}
