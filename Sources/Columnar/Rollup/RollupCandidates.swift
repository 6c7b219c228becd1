// Which values of a dimension are worth a place in a rollup, and their figures.

import EvtCore

/// The number of each distinct value. Once there are too many, further ones have none.
private struct RollupValueNumbers {
  private(set) var values: [RollupValue] = []
  private var numberByValue: [RollupValue: Int] = [:]
  private var bytes = 0
  /// Whether new values get a number.
  var isOpen = true

  /// By row, the number of its value, nil for one that has none.
  mutating func numbers(of vector: ColumnVector, rows: [Int]) -> [Int?] {
    var numbers = [Int?](repeating: nil, count: vector.rowCount)
    // By text, its number once it is known.
    var numberByCode = [Int??](repeating: nil, count: vector.texts.count)
    for row in rows {
      guard vector.kind(row) == .text else {
        numbers[row] = number(of: RollupValue(of: row, in: vector))
        continue
      }
      let code = Int(vector.codes[row])
      if let known = numberByCode[code] {
        numbers[row] = known
      } else {
        numbers[row] = number(of: RollupValue(of: row, in: vector))
        numberByCode[code] = .some(numbers[row])
      }
    }
    return numbers
  }

  private mutating func number(of value: RollupValue) -> Int? {
    if let number = numberByValue[value] { return number }
    guard isOpen, value.text.count <= Limits.rollupValueBytesMax,
      values.count < Limits.rollupCandidatesMax,
      bytes + value.text.count <= Limits.rollupCandidateBytesMax
    else { return nil }
    numberByValue[value] = values.count
    values.append(value)
    bytes += value.text.count
    return values.count - 1
  }
}

/// An event and a value.
private struct RollupPair: Hashable {
  var event: Int
  var value: Int
}

/// Counts the rows of each event and value.
struct RollupCandidates {
  private var numbers = RollupValueNumbers()
  private var rows: [RollupPair: UInt64] = [:]

  private var hasUnnumbered = false

  /// Whether no row had another value than null.
  var areAllNull: Bool { !hasUnnumbered && numbers.values.allSatisfy { $0.kind == .null } }

  mutating func count(_ vector: ColumnVector, _ block: RollupRows) {
    let valueNumbers = numbers.numbers(of: vector, rows: block.rows)
    for row in block.rows {
      guard let value = valueNumbers[row] else {
        hasUnnumbered = true
        continue
      }
      let pair = RollupPair(event: block.events[row], value: value)
      if rows.count >= Limits.rollupCandidatesMax, rows[pair] == nil { continue }
      rows[pair, default: 0] += 1
    }
  }

  /// The totals, still zero, of the most frequent values of each event.
  func mostFrequent(eventCount: Int) -> RollupTotals {
    var byEvent = [[(value: Int, rows: UInt64)]](repeating: [], count: eventCount + 1)
    for (pair, rows) in rows { byEvent[pair.event].append((pair.value, rows)) }
    var totals = RollupTotals(numbers, eventCount: eventCount)
    for (event, candidates) in byEvent.enumerated() {
      let frequent = candidates.sorted { left, right in
        left.rows == right.rows
          ? numbers.values[left.value] < numbers.values[right.value] : left.rows > right.rows
      }
      for (value, _) in frequent.prefix(Limits.rollupValuesMax) {
        totals.list(RollupPair(event: event, value: value))
      }
    }
    return totals
  }
}

/// Adds up the rows of each listed event and value, and of all other values by event.
struct RollupTotals {
  private var numbers: RollupValueNumbers
  private let eventCount: Int
  private var listed: [RollupPair: Int] = [:]
  private var order: [RollupPair] = []
  private var figures: [RollupFigures] = []
  private var others: [RollupFigures]

  fileprivate init(_ numbers: RollupValueNumbers, eventCount: Int) {
    self.numbers = numbers
    self.numbers.isOpen = false
    self.eventCount = eventCount
    others = [RollupFigures](repeating: RollupFigures(), count: eventCount + 1)
  }

  fileprivate mutating func list(_ pair: RollupPair) {
    listed[pair] = order.count
    order.append(pair)
    figures.append(RollupFigures())
  }

  mutating func add(_ vector: ColumnVector, _ block: RollupRows) {
    let valueNumbers = numbers.numbers(of: vector, rows: block.rows)
    for row in block.rows {
      let event = block.events[row]
      let (user, session) = (block.users[row], block.sessions[row])
      if let value = valueNumbers[row], let place = listed[RollupPair(event: event, value: value)] {
        figures[place].addRow(user: user, session: session)
      } else {
        others[event].addRow(user: user, session: session)
      }
    }
  }

  /// By event, then by rows, greatest first, all other values last.
  var groups: [RollupGroup] {
    var groups: [RollupGroup] = []
    var next = 0
    for event in 0...eventCount {
      let index = event < eventCount ? event : nil
      while next < order.count, order[next].event == event {
        groups.append(
          RollupGroup(
            event: index, value: numbers.values[order[next].value], figures: figures[next]))
        next += 1
      }
      if others[event].rows > 0 {
        groups.append(RollupGroup(event: index, value: nil, figures: others[event]))
      }
    }
    return groups
  }
}
