// Computes window functions over rows in memory.

import EvtCore

/// One window function over all rows.
struct WindowEvaluation {
  private let window: BoundWindow
  private let rows: [[Value]]
  private let arguments: [[Value]]
  private let orders: [[Value]]
  private let budget: MemoryBudget

  /// Bytes that a value takes about.
  private static let valueBytes = 64

  init(_ window: BoundWindow, _ rows: [[Value]], _ budget: MemoryBudget) throws {
    self.window = window
    self.rows = rows
    self.budget = budget
    let width = window.arguments.count + window.order.count + window.partition.count + 1
    guard budget.take(rows.count * width * Self.valueBytes) else {
      throw QueryError.tooMuchMemory(what: "a window", limitBytes: budget.limitBytes)
    }
    arguments = rows.map { row in window.arguments.map { $0.evaluate(row) } }
    orders = rows.map { row in window.order.map { $0.expression.evaluate(row) } }
  }

  /// The value for each row.
  func run() throws -> [Value] {
    var results = [Value](repeating: .null, count: rows.count)
    for partition in partitions() {
      let ordered = partition.sorted { precedes($0, $1) }
      let values = try compute(ordered)
      for (row, value) in zip(ordered, values) { results[row] = value }
    }
    return results
  }

  private func partitions() -> [[Int]] {
    if window.partition.isEmpty { return rows.isEmpty ? [] : [Array(rows.indices)] }
    var numbers: [[Value]: Int] = [:]
    var partitions: [[Int]] = []
    for (index, row) in rows.enumerated() {
      let key = window.partition.map { $0.evaluate(row).plain }
      let number = numbers[key] ?? partitions.count
      if number == partitions.count {
        numbers[key] = number
        partitions.append([])
      }
      partitions[number].append(index)
    }
    return partitions
  }

  /// Rows of equal order stand as they came.
  private func precedes(_ left: Int, _ right: Int) -> Bool {
    let order = compare(left, right)
    return order == .equal ? left < right : order == .below
  }

  private func compare(_ left: Int, _ right: Int) -> Order {
    for (index, key) in window.order.enumerated() {
      let order = key.compare(orders[left][index], orders[right][index])
      if order != .equal { return order }
    }
    return .equal
  }

  // MARK: - One partition

  private func compute(_ ordered: [Int]) throws -> [Value] {
    let peers = self.peers(ordered)
    let count = ordered.count
    switch window.function {
    case .rowNumber: return (0..<count).map { .int(Int64($0 + 1)) }
    case .rank: return peers.starts.map { .int(Int64($0 + 1)) }
    case .denseRank: return peers.numbers.map { .int(Int64($0 + 1)) }
    case .percentRank:
      return peers.starts.map { .double(count < 2 ? 0 : Double($0) / Double(count - 1)) }
    case .cumeDist: return peers.ends.map { .double(Double($0) / Double(count)) }
    case .ntile(let buckets): return (0..<count).map { .int(Self.ntile($0, count, buckets)) }
    case .shifted(let distance, let inFrame):
      return (0..<count).map { place in
        let target = place + distance
        let frame = inFrame ? self.frame(place, peers, ordered) : 0..<count
        if frame.contains(target) { return arguments[ordered[target]].first ?? .null }
        return arguments[ordered[place]].count > 1 ? arguments[ordered[place]][1] : .null
      }
    case .firstValue, .lastValue, .nthValue:
      return (0..<count).map { picked(frame($0, peers, ordered), ordered) }
    case .aggregate(let function):
      return try aggregates(function, ordered, peers)
    }
  }

  private static func ntile(_ place: Int, _ count: Int, _ buckets: Int) -> Int64 {
    let (size, larger) = (count / buckets, count % buckets)
    let inLarger = larger * (size + 1)
    if place < inLarger { return Int64(place / (size + 1) + 1) }
    return Int64(larger + (place - inLarger) / max(1, size) + 1)
  }

  private func picked(_ frame: Range<Int>, _ ordered: [Int]) -> Value {
    let place: Int
    switch window.function {
    case .firstValue: place = frame.lowerBound
    case .lastValue: place = frame.upperBound - 1
    case .nthValue(let number): place = frame.lowerBound + number - 1
    default: preconditionFailure("BUG: no place in a frame")
    }
    return frame.contains(place) ? arguments[ordered[place]].first ?? .null : .null
  }

  /// Frames mostly grow from row to row, so that one state goes along; else each begins anew.
  private func aggregates(
    _ function: AccumulatorFunction, _ ordered: [Int], _ peers: Peers
  ) throws -> [Value] {
    var state = function.make()
    var taken = 0..<0
    var known: Value?
    return try ordered.indices.map { place in
      let frame = frame(place, peers, ordered)
      if frame.lowerBound != taken.lowerBound || frame.upperBound < taken.upperBound {
        state = function.make()
        taken = frame.lowerBound..<frame.lowerBound
        known = nil
      }
      for next in taken.upperBound..<max(frame.upperBound, taken.upperBound) {
        known = nil
        let row = ordered[next]
        if let condition = window.condition, condition.evaluate(rows[row]).truth != true {
          continue
        }
        state.add(arguments[row])
      }
      taken = frame
      let value = try known ?? state.checkedValue()
      known = value
      return value
    }
  }

  /// Which rows of a partition have the same order.
  private struct Peers {
    /// By row: the first of its peers, the end of them, and how many others come before.
    var starts: [Int] = []
    var ends: [Int] = []
    var numbers: [Int] = []
  }

  private func peers(_ ordered: [Int]) -> Peers {
    var peers = Peers()
    for place in ordered.indices {
      let isNew = place == 0 || compare(ordered[place - 1], ordered[place]) != .equal
      peers.starts.append(isNew ? place : peers.starts[place - 1])
      peers.numbers.append(place == 0 ? 0 : peers.numbers[place - 1] + (isNew ? 1 : 0))
    }
    peers.ends = [Int](repeating: ordered.count, count: ordered.count)
    for place in ordered.indices.dropLast().reversed() {
      let isLast = peers.starts[place + 1] == place + 1
      peers.ends[place] = isLast ? place + 1 : peers.ends[place + 1]
    }
    return peers
  }

  /// The rows that the row at `place` sees, as places in the order.
  private func frame(_ place: Int, _ peers: Peers, _ ordered: [Int]) -> Range<Int> {
    let count = ordered.count
    let countsRows = window.frame.countsRows
    let start: Int =
      switch window.frame.start {
      case .unboundedPreceding: 0
      case .currentRow: countsRows ? place : peers.starts[place]
      case .preceding(let rows) where countsRows: rows > place ? 0 : place - rows
      case .following(let rows) where countsRows: rows >= count - place ? count : place + rows
      case .preceding(let distance): edge(place, -distance, ordered) ?? peers.starts[place]
      case .following(let distance): edge(place, distance, ordered) ?? peers.starts[place]
      case .unboundedFollowing: count
      }
    let end: Int =
      switch window.frame.end {
      case .unboundedPreceding: 0
      case .currentRow: countsRows ? place + 1 : peers.ends[place]
      case .preceding(let rows) where countsRows: rows > place ? 0 : place - rows + 1
      case .following(let rows) where countsRows: rows >= count - place ? count : place + rows + 1
      case .preceding(let distance):
        edge(place, -distance, ordered, isEnd: true) ?? peers.ends[place]
      case .following(let distance):
        edge(place, distance, ordered, isEnd: true) ?? peers.ends[place]
      case .unboundedFollowing: count
      }
    return start..<max(start, min(end, count))
  }

  /// The first place in the order that is no less than `distance` from what the row at `place` is
  /// ordered by, or that is more; nil for nulls, which are far from nothing.
  private func edge(
    _ place: Int, _ distance: Int, _ ordered: [Int], isEnd: Bool = false
  ) -> Int? {
    let key = window.order[0]
    let value = orders[ordered[place]][0]
    guard !value.isNull else { return nil }
    let limit = value.moved(by: Int64(key.isDescending ? -distance : distance))
    var (low, high) = (0, ordered.count)
    while low < high {
      let middle = (low + high) / 2
      let order = key.compare(orders[ordered[middle]][0], limit)
      if order == .below || isEnd && order == .equal { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Value {
  /// The number that is `count` more, the day so many days on, or the time so many seconds on; null
  /// where there is none.
  func moved(by count: Int64) -> Value {
    let unit: IntervalUnit
    switch self {
    case .time: unit = .second
    case .date: unit = .day
    default: return Arithmetic.apply(.add, self, .int(count))
    }
    return TimeSpan(count, unit).map { BoundExpression.add($0, to: self) } ?? .null
  }
}
