// Aggregates that take the rows of one group one by one.

import EvtCore

/// The state of an aggregate over the rows of one group. The answer may depend on the order of
/// rows; it is that in which they are stored, or that of a window.
protocol Accumulator: Sendable {
  /// Takes the arguments of one row.
  mutating func add(_ arguments: [Value])
  /// Takes the rows of `other`, which is of the same type, behind its own.
  mutating func merge(_ other: any Accumulator)
  /// The figure of all rows so far.
  var value: Value { get }
  /// The same, for states that may not come to an end.
  /// - Throws: `QueryError` when it would take too long.
  func checkedValue() throws(QueryError) -> Value
  /// The memory held besides the state itself, in bytes.
  var heldBytes: Int { get }
}

extension Accumulator {
  /// The figure.
  func checkedValue() throws(QueryError) -> Value { value }
}

/// The sum, average and count of values that are not null.
struct SumAccumulator: Accumulator {
  enum Figure: Sendable { case count, sum, average }

  private let figure: Figure
  private var sum = ExactSum()
  private var rows: Int64 = 0

  init(_ figure: Figure) { self.figure = figure }

  mutating func add(_ arguments: [Value]) {
    if let argument = arguments.first, argument.isNull { return }
    rows += 1
    guard figure != .count, let argument = arguments.first else { return }
    switch argument {
    case .int(let number): sum.add(number)
    case .double(let number): sum.add(number)
    case .decimal(let number): _ = sum.add(number)
    case .bool(let truth): sum.add(truth ? 1 : 0 as Int64)
    case .null, .text, .json, .time, .date, .array, .tuple: break
    }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? SumAccumulator else { return }
    rows += other.rows
    sum.merge(other.sum)
  }

  var value: Value {
    switch figure {
    case .count: .int(rows)
    case .sum: Value(sum.value)
    case .average: sum.average.map { .double($0) } ?? .null
    }
  }

  var heldBytes: Int { 0 }
}

/// The least or the greatest value.
struct ExtremeAccumulator: Accumulator {
  private let isMax: Bool
  private var extreme = Extreme()

  init(isMax: Bool) { self.isMax = isMax }

  mutating func add(_ arguments: [Value]) {
    if let argument = arguments.first { extreme.add(argument, isMax: isMax) }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? ExtremeAccumulator else { return }
    extreme.merge(other.extreme, isMax: isMax)
  }

  var value: Value { extreme.value(isMax: isMax) }

  var heldBytes: Int { 0 }
}
