// Aggregates that keep values: arrays of them, the most frequent, how many different.

import EvtCore

/// `groupArray` and its like: the values that are not null, in the order of rows.
struct ArrayAccumulator: Accumulator {
  enum Keeping: Hashable, Sendable { case first, last, unique }

  private let keeping: Keeping
  /// How many at most.
  private let limit: Int
  private var items: [Value] = []
  private var seen: Set<Value> = []
  private(set) var heldBytes = 0

  init(_ keeping: Keeping, limit: Int?) {
    self.keeping = keeping
    self.limit = limit ?? .max
  }

  mutating func add(_ arguments: [Value]) {
    guard !arguments[0].isNull else { return }
    insert(arguments[0])
  }

  private mutating func insert(_ value: Value) {
    if keeping != .last, items.count >= limit { return }
    if keeping == .unique, !seen.insert(value.plain).inserted { return }
    items.append(value)
    heldBytes += value.heldBytes
    guard keeping == .last, items.count / 2 >= limit else { return }
    items.removeFirst(items.count - limit)
    heldBytes = items.reduce(0) { $0 + $1.heldBytes }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? ArrayAccumulator else { return }
    for item in other.items { insert(item) }
  }

  var value: Value { .array(keeping == .last ? Array(items.suffix(limit)) : items) }
}

/// `groupArraySorted`: the least values.
struct SortedAccumulator: Accumulator {
  private let limit: Int
  private var items: [Value] = []
  private(set) var heldBytes = 0

  init(limit: Int) { self.limit = limit }

  mutating func add(_ arguments: [Value]) {
    guard !arguments[0].isNull else { return }
    items.append(arguments[0])
    heldBytes += arguments[0].heldBytes
    guard items.count >= 1_024, items.count / 2 >= limit else { return }
    items = least
    heldBytes = items.reduce(0) { $0 + $1.heldBytes }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? SortedAccumulator else { return }
    for item in other.items { add([item]) }
  }

  private var least: [Value] {
    Array(items.sorted { ValueOrder.total($0, $1) == .below }.prefix(limit))
  }

  var value: Value { .array(least) }
}

/// `topK`, `topKWeighted`: the most frequent values, exactly; of equally frequent ones the least
/// first.
struct FrequentAccumulator: Accumulator {
  private let limit: Int
  private let isWeighted: Bool
  private var counts: [Value: Int64] = [:]
  private(set) var heldBytes = 0

  init(limit: Int, isWeighted: Bool) {
    self.limit = limit
    self.isWeighted = isWeighted
  }

  mutating func add(_ arguments: [Value]) {
    guard !arguments[0].isNull else { return }
    var weight: Int64 = 1
    if isWeighted {
      guard case .int(let given) = arguments[1] else { return }
      weight = given
    }
    insert(arguments[0].plain, weight)
  }

  private mutating func insert(_ value: Value, _ weight: Int64) {
    if counts[value] == nil { heldBytes += value.heldBytes + 16 }
    counts[value, default: 0] &+= weight
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? FrequentAccumulator else { return }
    for (value, weight) in other.counts { insert(value, weight) }
  }

  var value: Value {
    let ordered = counts.sorted { left, right in
      left.value != right.value
        ? left.value > right.value : ValueOrder.total(left.key, right.key) == .below
    }
    return .array(ordered.prefix(limit).map(\.key))
  }
}

/// `uniqExact` of one or several arguments, none of them null.
struct UniqueAccumulator: Accumulator {
  private var seen: Set<[Value]> = []
  private(set) var heldBytes = 0

  mutating func add(_ arguments: [Value]) {
    guard !arguments.contains(where: \.isNull) else { return }
    insert(arguments.map(\.plain))
  }

  private mutating func insert(_ values: [Value]) {
    guard seen.insert(values).inserted else { return }
    heldBytes += values.reduce(48) { $0 + $1.heldBytes }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? UniqueAccumulator else { return }
    for values in other.seen { insert(values) }
  }

  var value: Value { .int(Int64(seen.count)) }
}

extension Value {
  /// The memory that it takes, about.
  var heldBytes: Int {
    switch self {
    case .text(let bytes), .json(let bytes): 64 + bytes.count
    case .array(let items), .tuple(let items): items.reduce(64) { $0 + $1.heldBytes }
    case .decimal: 96
    case .null, .bool, .int, .double, .time, .date: 24
    }
  }
}
