// Aggregates over the events of a group in the order of time: windowFunnel, sequenceMatch; and
// retention.

import EvtCore

/// `retention`: whether the first condition held for any row, and whether each other one did too.
struct RetentionAccumulator: Accumulator {
  private var held: [Bool]

  init(conditions: Int) { held = [Bool](repeating: false, count: conditions) }

  mutating func add(_ arguments: [Value]) {
    for (index, argument) in arguments.enumerated() where argument.truth == true {
      held[index] = true
    }
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? RetentionAccumulator else { return }
    for index in held.indices where other.held[index] { held[index] = true }
  }

  var value: Value { .array(held.map { .int($0 && held[0] ? 1 : 0) }) }

  var heldBytes: Int { held.count }
}

/// A row for which conditions hold.
struct ConditionEvent: Sendable {
  /// In nanoseconds, or whatever numbers count.
  var time: Int64
  /// Bit i stands for condition i, from 0.
  var conditions: UInt32

  /// Reads a time and conditions; nil when there is no time.
  init?(_ arguments: [Value]) {
    switch arguments[0] {
    case .time(let time): self.time = time
    case .date(let day): time = UTCDay(number: day).start
    case .int(let number): time = number
    default: return nil
    }
    conditions = 0
    for (index, argument) in arguments.dropFirst().enumerated() where argument.truth == true {
      conditions |= 1 << UInt32(index)
    }
  }
}

/// `windowFunnel` with modes, as ClickHouse's: the highest condition that a chain reaches within
/// the window.
struct FunnelAccumulator: Accumulator {
  struct Modes: OptionSet, Hashable, Sendable {
    let rawValue: UInt8
    /// A condition that holds for the second time ends the chain.
    static let deduplication = Modes(rawValue: 1)
    /// No other events in between.
    static let order = Modes(rawValue: 2)
    /// Times must ascend.
    static let increase = Modes(rawValue: 4)
    /// An event serves one condition only.
    static let once = Modes(rawValue: 8)
    /// With `order`: what is out of order does not end the chain, only an event of no condition.
    static let reentry = Modes(rawValue: 16)
  }

  private let window: Int64
  private let modes: Modes
  private let conditions: Int
  private var events: [ConditionEvent] = []

  init(window: Int64, _ modes: Modes, conditions: Int) {
    self.window = window
    self.modes = modes
    self.conditions = conditions
  }

  mutating func add(_ arguments: [Value]) {
    guard let event = ConditionEvent(arguments),
      event.conditions != 0 || modes.contains(.order)
    else { return }
    events.append(event)
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? FunnelAccumulator else { return }
    events += other.events
  }

  var heldBytes: Int { events.count * MemoryLayout<ConditionEvent>.stride }

  var value: Value { (try? checkedValue()) ?? .null }

  func checkedValue() throws(QueryError) -> Value {
    .int(Int64(modes.contains(.once) ? try levelOnce() : level))
  }

  /// Chains beyond which a group is given up: many events of one instant that meet several
  /// conditions each could be chained in ever more ways.
  private static let chainsMax = 1_000_000

  /// A condition met by an event; -1 stands for none.
  private struct Step {
    var time: Int64
    var condition: Int
    var event: Int
  }

  /// The steps in the order of time, those of the same time by condition.
  private var steps: [Step] {
    var steps: [Step] = []
    for (number, event) in events.enumerated() {
      if event.conditions == 0 {
        steps.append(Step(time: event.time, condition: -1, event: number))
      }
      var left = event.conditions
      while left != 0 {
        steps.append(
          Step(time: event.time, condition: left.trailingZeroBitCount, event: number))
        left &= left - 1
      }
    }
    return steps.sorted { ($0.time, $0.condition, $0.event) < ($1.time, $1.condition, $1.event) }
  }

  private func isWithin(_ start: Int64, _ end: Int64) -> Bool {
    UInt64(bitPattern: end &- start) <= UInt64(window)
  }

  /// Whether a condition whose forerunner was not met ends the chain.
  private var endsOutOfOrder: Bool { modes.contains(.order) && !modes.contains(.reentry) }

  private var level: Int {
    var reached = [(first: Int64, last: Int64)?](repeating: nil, count: conditions)
    var hasBegun = false
    for step in steps {
      let condition = step.condition
      if condition < 0 {
        if hasBegun { break }
        continue
      }
      if condition == 0 {
        reached[0] = (step.time, step.time)
        hasBegun = true
      } else if modes.contains(.deduplication), reached[condition] != nil {
        break
      } else if endsOutOfOrder, hasBegun, reached[condition - 1] == nil {
        return reached.firstIndex { $0 == nil } ?? conditions
      } else if let before = reached[condition - 1] {
        let ascends = !modes.contains(.increase) || before.last < step.time
        guard isWithin(before.first, step.time), ascends else { continue }
        reached[condition] = (before.first, step.time)
        if condition + 1 == conditions { return conditions }
      }
    }
    return (reached.lastIndex { $0 != nil } ?? -1) + 1
  }

  /// A chain of steps and the events that serve it.
  private struct Chain {
    var first: Int64
    var last: Int64
    var events: [Int]
  }

  private func levelOnce() throws(QueryError) -> Int {
    var chains = [[Chain]](repeating: [], count: conditions)
    var hasBegun = false
    for step in steps {
      let condition = step.condition
      if condition < 0 {
        if hasBegun { break }
        continue
      }
      if condition == 0 {
        chains[0].append(Chain(first: step.time, last: step.time, events: [step.event]))
        hasBegun = true
      } else if modes.contains(.deduplication), !chains[condition].isEmpty {
        break
      } else if endsOutOfOrder, hasBegun, chains[condition - 1].isEmpty {
        return chains.firstIndex { $0.isEmpty } ?? conditions
      } else {
        try extend(&chains, step)
        if condition + 1 == conditions, !chains[condition].isEmpty { return conditions }
      }
      for index in chains.indices { Self.prune(&chains[index], at: step.time) }
    }
    return (chains.lastIndex { !$0.isEmpty } ?? -1) + 1
  }

  private func extend(_ chains: inout [[Chain]], _ step: Step) throws(QueryError) {
    for chain in chains[step.condition - 1] {
      let ascends = !modes.contains(.increase) || chain.last < step.time
      guard isWithin(chain.first, step.time), ascends, !chain.events.contains(step.event) else {
        continue
      }
      chains[step.condition].append(
        Chain(first: chain.first, last: step.time, events: chain.events + [step.event]))
      // One that reaches the end is all that is asked for.
      if step.condition + 1 == conditions { return }
    }
    guard chains[step.condition].count <= Self.chainsMax else {
      throw .usage(
        "windowFunnel with strict_once finds more than \(Self.chainsMax) chains among the events of"
          + " one instant; evt funnel counts them")
    }
  }

  /// Leaves out chains for which a later one does as well, now that its events are past: those that
  /// began earlier. The last of all is kept, whatever its window, since it says what was reached.
  private static func prune(_ chains: inout [Chain], at time: Int64) {
    guard chains.count > 1 else { return }
    let latest = chains.filter { $0.last < time }.map(\.first).max()
    guard let latest else { return }
    var keepsOne = false
    chains.removeAll { chain in
      guard chain.last < time else { return false }
      if chain.first == latest, !keepsOne {
        keepsOne = true
        return false
      }
      return true
    }
  }
}

/// `sequenceMatch`, `sequenceCount`: whether, or how often, events follow a pattern.
struct SequenceAccumulator: Accumulator {
  private let pattern: SequencePattern
  private let counts: Bool
  private var events: [ConditionEvent] = []

  init(_ pattern: SequencePattern, counts: Bool) {
    self.pattern = pattern
    self.counts = counts
  }

  mutating func add(_ arguments: [Value]) {
    guard let event = ConditionEvent(arguments), event.conditions != 0 else { return }
    events.append(event)
  }

  mutating func merge(_ other: any Accumulator) {
    guard let other = other as? SequenceAccumulator else { return }
    events += other.events
  }

  var heldBytes: Int { events.count * MemoryLayout<ConditionEvent>.stride }

  var value: Value { (try? checkedValue()) ?? .null }

  func checkedValue() throws(QueryError) -> Value {
    let places = events.indices.sorted { (events[$0].time, $0) < (events[$1].time, $1) }
    let ordered = places.map { events[$0] }
    var start = 0
    var found: Int64 = 0
    var steps = SequencePattern.stepsMax
    while start < ordered.count, let end = try pattern.match(ordered, from: start, &steps) {
      found += 1
      if !counts { break }
      start = max(end, start + 1)
    }
    return .int(found)
  }
}
