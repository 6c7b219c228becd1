// Aggregates that pick one of the values.

import EvtCore

/// `any`, `anyLast`: the first or the last value that is not null, in the order of rows.
struct AnyAccumulator: Accumulator {
  private let isLast: Bool
  private(set) var value: Value = .null

  init(isLast: Bool) { self.isLast = isLast }

  mutating func add(_ arguments: [Value]) {
    guard isLast || value.isNull, !arguments[0].isNull else { return }
    value = arguments[0]
  }

  mutating func merge(_ other: any Accumulator) { add([other.value]) }

  var heldBytes: Int { 0 }
}

/// `argMin`, `argMax`: the first argument of the row whose second is least or greatest; of several
/// such rows, of the first.
struct ArgumentAccumulator: Accumulator {
  private let isMax: Bool
  private(set) var value: Value = .null
  private var extreme: Value = .null

  init(isMax: Bool) { self.isMax = isMax }

  mutating func add(_ arguments: [Value]) {
    guard !arguments[0].isNull, !arguments[1].isNull else { return }
    let order = ValueOrder.total(arguments[1], extreme)
    guard extreme.isNull || order == (isMax ? .above : .below) else { return }
    (value, extreme) = (arguments[0], arguments[1])
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? ArgumentAccumulator else { return }
    add([other.value, other.extreme])
  }

  var heldBytes: Int { 0 }
}

/// `groupBitAnd` and its like, over integers.
struct BitAccumulator: Accumulator {
  enum Operation: Hashable, Sendable { case and, or, xor }

  private let operation: Operation
  private var bits: Int64?

  init(_ operation: Operation) { self.operation = operation }

  mutating func add(_ arguments: [Value]) {
    guard case .int(let number) = arguments[0] else { return }
    switch operation {
    case .and: bits = (bits ?? -1) & number
    case .or: bits = (bits ?? 0) | number
    case .xor: bits = (bits ?? 0) ^ number
    }
  }

  mutating func merge(_ other: any Accumulator) { add([other.value]) }

  var value: Value { bits.map { .int($0) } ?? .null }
  var heldBytes: Int { 0 }
}
