// -Distinct, -OrNull, -OrDefault and -Array around any aggregate.

import EvtCore

/// Takes equal arguments only once.
struct DistinctAccumulator: Accumulator {
  private var inner: any Accumulator
  /// The arguments in the order in which they were first seen.
  private var rows: [[Value]] = []
  private var seen: Set<[Value]> = []
  private var ownBytes = 0

  init(_ inner: any Accumulator) { self.inner = inner }

  mutating func add(_ arguments: [Value]) {
    guard seen.insert(arguments.map(\.plain)).inserted else { return }
    rows.append(arguments)
    ownBytes += arguments.reduce(96) { $0 + 2 * $1.heldBytes }
    inner.add(arguments)
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? DistinctAccumulator else { return }
    for row in other.rows { add(row) }
  }

  var value: Value { inner.value }
  var heldBytes: Int { ownBytes + inner.heldBytes }
}

/// Null, or the default of numbers, where there was no row without a null.
struct EmptyAccumulator: Accumulator {
  private var inner: any Accumulator
  private let ofNothing: Value
  private var hasRows = false

  init(_ inner: any Accumulator, ofNothing: Value) {
    self.inner = inner
    self.ofNothing = ofNothing
  }

  mutating func add(_ arguments: [Value]) {
    if arguments.contains(where: \.isNull) { return }
    hasRows = true
    inner.add(arguments)
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? EmptyAccumulator else { return }
    hasRows = hasRows || other.hasRows
    inner.merge(other.inner)
  }

  var value: Value { hasRows ? inner.value : ofNothing }
  var heldBytes: Int { inner.heldBytes }
}

/// Takes the items of arrays one by one.
struct ItemsAccumulator: Accumulator {
  private var inner: any Accumulator

  init(_ inner: any Accumulator) { self.inner = inner }

  mutating func add(_ arguments: [Value]) {
    let lists = arguments.map { argument -> [Value] in
      if case .array(let items) = argument { items } else { [] }
    }
    for index in 0..<(lists.map(\.count).min() ?? 0) { inner.add(lists.map { $0[index] }) }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? ItemsAccumulator else { return }
    inner.merge(other.inner)
  }

  var value: Value { inner.value }
  var heldBytes: Int { inner.heldBytes }
}
