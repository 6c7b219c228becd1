// Aggregates over arrays of keys and of values: sumMap, minMap, maxMap.

import EvtCore

/// The sum, or the least or greatest, of the values of each key.
struct MapAccumulator: Accumulator {
  enum Figure: Hashable, Sendable { case sum, minimum, maximum }

  private let figure: Figure
  /// Arrays of values beside that of keys.
  private var width: Int
  /// By key in the form that equal ones share: the key, and a state for each array of values.
  private var states: [Value: (key: Value, states: [any Accumulator])] = [:]
  private(set) var heldBytes = 0
  /// Lengths of arrays of one row that differ.
  private var mismatch: (Int, Int)?

  init(_ figure: Figure, width: Int) {
    self.figure = figure
    self.width = width
  }

  /// Takes arrays, or one tuple of them.
  mutating func add(_ arguments: [Value]) {
    let lists = arguments.count == 1 ? arguments[0].items ?? [] : arguments
    let arrays = lists.compactMap(\.items)
    guard arrays.count == lists.count, let keys = arrays.first else { return }
    width = max(width, arrays.count - 1)
    if let other = arrays.first(where: { $0.count != keys.count }) {
      mismatch = (keys.count, other.count)
      return
    }
    for place in keys.indices {
      for (column, values) in arrays.dropFirst().enumerated() {
        update(keys[place], column) { $0.add([values[place]]) }
      }
    }
  }

  private mutating func update(
    _ key: Value, _ column: Int, _ change: (inout any Accumulator) -> Void
  ) {
    let plain = key.plain
    if states[plain] == nil { heldBytes += 2 * key.heldBytes + 128 * width }
    var found = states[plain] ?? (key, [])
    while found.states.count < width { found.states.append(empty) }
    change(&found.states[column])
    states[plain] = found
  }

  private var empty: any Accumulator {
    switch figure {
    case .sum: SumAccumulator(.sum)
    case .minimum: ExtremeAccumulator(isMax: false)
    case .maximum: ExtremeAccumulator(isMax: true)
    }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? MapAccumulator else { return }
    mismatch = mismatch ?? other.mismatch
    width = max(width, other.width)
    for found in other.states.values {
      for (column, state) in found.states.enumerated() {
        update(found.key, column) { $0.merge(state) }
      }
    }
  }

  /// The keys in order, and the values of each; keys whose sums are all 0 are left out.
  var value: Value {
    let ascending = OrderKey(expression: .constant(.null), isDescending: false, nullsFirst: true)
    let rows = states.values.map { found in
      (key: found.key, values: found.states.map { $0.value })
    }
    let kept = rows.filter { row in
      figure != .sum || row.values.contains { ValueOrder.compare($0, .int(0)) != .equal }
    }
    let sorted = kept.sorted { ascending.compare($0.key, $1.key) == .below }
    let columns = (0..<width).map { column in
      Value.array(sorted.map { column < $0.values.count ? $0.values[column] : empty.value })
    }
    return .tuple([.array(sorted.map(\.key))] + columns)
  }

  func checkedValue() throws(QueryError) -> Value {
    if let (keys, values) = mismatch {
      throw .usage("arrays of \(keys) keys and of \(values) values stand in one row of a map")
    }
    return value
  }
}
