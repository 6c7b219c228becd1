// Aggregates that take rows one by one: in parts as in one go, and against plain definitions.

import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("AccumulatorFunction") struct AccumulatorFunctionTests {
  static let kinds: [AccumulatorFunction.Kind] = [
    .count, .sum, .average, .minimum, .maximum, .any(isLast: false), .any(isLast: true),
    .argument(isMax: false), .argument(isMax: true), .bits(.and), .bits(.or), .bits(.xor),
    .array(.first, limit: nil), .array(.first, limit: 3), .array(.last, limit: 3),
    .array(.unique, limit: nil), .array(.unique, limit: 2), .sorted(limit: 3),
    .frequent(limit: 2, isWeighted: false), .frequent(limit: 2, isWeighted: true), .unique,
    .quantiles(.quantile(.inclusive), [0.1, 0.5], isPlural: true),
    .quantiles(.quantile(.element), [0.9], isPlural: false),
    .quantiles(.low, [0.5], isPlural: false), .quantiles(.high, [0.5], isPlural: false),
    .quantiles(.weighted, [0.5], isPlural: false),
    .moments(.variance(isSample: false)), .moments(.deviation(isSample: true)),
    .moments(.covariance(isSample: true)), .moments(.correlation), .moments(.weightedMean),
    .distinct(.sum), .distinct(.array(.first, limit: nil)), .empty(.sum, ofNothing: .null),
    .empty(.count, ofNothing: .int(0)),
  ]

  private static func row(_ random: inout SeededGenerator) -> [Value] {
    let choices: [Value] = [
      .int(Int64(random.below(9)) - 4), .double(Double(random.below(40)) / 8), .null,
      .double(Double(random.below(1_000)) / 7), .int(1 << 60),
    ]
    return [random.pick(choices), .int(Int64(random.below(5)))]
  }

  @Test("is the same in parts as in one go", arguments: kinds)
  func parts(_ kind: AccumulatorFunction.Kind) {
    let function = AccumulatorFunction(kind: kind)
    for seed in 0..<40 {
      var random = SeededGenerator(seed: UInt64(seed))
      let rows = (0..<random.below(30)).map { _ in Self.row(&random) }
      var whole = function.make()
      for row in rows { whole.add(row) }
      var parts = [function.make(), function.make(), function.make()]
      let cuts = [0, random.below(rows.count + 1), random.below(rows.count + 1), rows.count]
        .sorted()
      for part in 0..<3 {
        for row in rows[cuts[part]..<cuts[part + 1]] { parts[part].add(row) }
      }
      var merged = function.make()
      for part in parts { merged.merge(part) }
      #expect(merged.value == whole.value, "\(kind), seed \(seed)")
      #expect(whole.heldBytes >= 0)
    }
  }

  // MARK: - Spread

  @Test("variance is that of the definition, wherever the values lie", arguments: 0..<60)
  func variance(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let values = (0..<(2 + random.below(40))).map { _ in Double(random.below(4_000)) / 16 }
    let mean = values.reduce(0, +) / Double(values.count)
    let expected = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    for offset in [0.0, 1e6, 1e12] {
      var state = AccumulatorFunction(kind: .moments(.variance(isSample: false))).make()
      for value in values { state.add([.double(value + offset)]) }
      guard case .double(let found) = state.value else {
        Issue.record("no variance, seed \(seed)")
        continue
      }
      #expect(abs(found - expected) <= 1e-9 * max(1, expected), "seed \(seed), \(offset)")
    }
  }

  @Test("correlation of a line is one, of a constant nothing") func correlation() {
    var line = AccumulatorFunction(kind: .moments(.correlation)).make()
    var constant = line
    for x in 0..<50 {
      line.add([.double(Double(x) / 3), .double(Double(x) / 3 * 2 + 5)])
      constant.add([.int(Int64(x)), .int(7)])
    }
    if case .double(let found) = line.value { #expect(abs(found - 1) < 1e-12) }
    #expect(constant.value == .null)
  }

  // MARK: - Events

  /// Events of few seconds, so that many are at the same time.
  private static func events(_ random: inout SeededGenerator, conditions: Int) -> [[Value]] {
    (0..<random.below(9)).map { _ in
      [.int(Int64(random.below(8)))] + (0..<conditions).map { _ in .bool(random.below(3) == 0) }
    }
  }

  /// The most conditions that different events can meet one after the other within the window.
  private static func longest(_ events: [[Value]], window: Int64, conditions: Int) -> Int {
    func time(_ row: [Value]) -> Int64 { if case .int(let time) = row[0] { time } else { 0 } }
    var best = 0
    func extend(_ used: Set<Int>, _ next: Int, _ first: Int64, _ last: Int64) {
      best = max(best, next)
      if next == conditions { return }
      for (index, row) in events.enumerated() where !used.contains(index) {
        guard row[next + 1] == .bool(true) else { continue }
        let at = time(row)
        guard next == 0 || at >= last && at - first <= window else { continue }
        extend(used.union([index]), next + 1, next == 0 ? at : first, at)
      }
    }
    extend([], 0, 0, 0)
    return best
  }

  @Test("strict_once finds what a search finds", arguments: 0..<300) func once(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let conditions = 1 + random.below(4)
    let window = Int64(random.below(8))
    let events = Self.events(&random, conditions: conditions)
    var state = AccumulatorFunction(
      kind: .funnel(window: window, .once, conditions: conditions)
    ).make()
    for event in events { state.add(event) }
    let expected = Self.longest(events, window: window, conditions: conditions)
    #expect(state.value == .int(Int64(expected)), "seed \(seed)")
  }

  @Test("gives up where one instant has more chains than memory") func manyChains() {
    var state = FunnelAccumulator(window: 10, .once, conditions: 6)
    for _ in 0..<200 { state.add([.int(5)] + [Value](repeating: .bool(true), count: 6)) }
    #expect(throws: QueryError.self) { try state.checkedValue() }
  }

  @Test("without modes it is the state that counts funnels fast", arguments: 0..<200)
  func plainFunnel(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let conditions = 1 + random.below(4)
    let window = Int64(random.below(8))
    let events = Self.events(&random, conditions: conditions)
    var state = FunnelAccumulator(window: window, [], conditions: conditions)
    for event in events { state.add(event) }
    let steps = events.compactMap { ConditionEvent($0) }.filter { $0.conditions != 0 }
      .sorted { $0.time < $1.time }
      .map { StepEvent(group: 0, steps: $0.conditions, time: $0.time) }
    var starts = [Int64?](repeating: nil, count: conditions)
    let expected = StepEvent.level(steps[...], stepCount: conditions, window: window, &starts)
    #expect(state.value == .int(Int64(expected)), "seed \(seed)")
  }

  static let sequences: [(String, [UInt32], Bool, Int64)] = [
    ("(?1)(?2)", [1, 2], true, 1), ("(?1)(?2)", [1, 4, 2], true, 0),
    ("(?1).*(?2)", [1, 4, 2], true, 1), ("(?1).(?2)", [1, 2, 2], true, 1),
    ("(?1)(?2)", [1, 2, 1, 2, 1], true, 2), ("(?1)", [1, 3, 2], true, 2),
    ("(?1).*(?2)", [1, 4, 2], false, 1), ("(?2).*(?1)", [1, 4, 2], false, 0),
    ("(?1)(?t<=1)(?2)", [1, 2], true, 1), ("(?1)(?t>=2)(?2)", [1, 2], true, 0),
    ("(?1)(?t>=2).*(?2)", [1, 4, 2], true, 1), ("(?1)(?t==2)(?2)", [1, 4, 2], true, 1),
    (".", [], true, 0), ("(?1)(?2)(?1)", [1, 2, 1], false, 1),
  ]

  @Test("patterns match or not", arguments: sequences)
  func sequence(row: (String, [UInt32], Bool, Int64)) throws {
    let pattern = try #require(SequencePattern(row.0, unit: 1))
    var state = SequenceAccumulator(pattern, counts: row.2)
    for (time, conditions) in row.1.enumerated() {
      state.add(
        [.int(Int64(time))] + (0..<3).map { .bool(conditions >> UInt32($0) & 1 == 1) })
    }
    #expect(state.value == .int(row.3), "\(row)")
  }

  @Test(
    "refuses what is no pattern", arguments: ["(?", "(?0)", "(?99)", "a", "(?t5)", "(?t<=)", "(?1"])
  func patterns(text: String) { #expect(SequencePattern(text, unit: 1) == nil) }

  // MARK: - In queries

  static let answered: [(String, [[ResultValue]])] = [
    (
      "SELECT any(event), anyLast(event) FROM events WHERE user_id = 'b'",
      [[.text("buy"), .text("view")]]
    ),
    (
      "SELECT event, groupArray(price) AS p FROM events GROUP BY event ORDER BY event",
      [[.text("buy"), .json("[2.5]")], [.text("view"), .json("[3,1]")]]
    ),
    (
      "SELECT uniqExact(event, country), count(DISTINCT event, country) FROM events",
      [[.int(2), .int(2)]]
    ),
    (
      "SELECT sumDistinct(price), sum(DISTINCT price), sumOrNull(price), maxOrDefaultIf(price, 1 = 2) FROM events",
      [[.double(6.5), .double(6.5), .double(6.5), .int(0)]]
    ),
    ("SELECT sum(event = 'view'), avg(event = 'buy') FROM events", [[.int(3), .double(0.25)]]),
    (
      "SELECT argMax(event, price), argMin(event, price) FROM events",
      [[.text("view"), .text("view")]]
    ),
    (
      "SELECT retention(event = 'view', event = 'buy') FROM events WHERE user_id = 'b'",
      [[.json("[1,1]")]]
    ),
    (
      "SELECT topK(1)(event), groupUniqArray(event) FROM events",
      [[.json(#"["view"]"#), .json(#"["buy","view"]"#)]]
    ),
    ("SELECT quantiles(0.5, 1)(price) FROM events", [[.json("[2.5,3.0]")]]),
    (
      "SELECT sequenceMatch('(?1).*(?2)')(timestamp, event = 'buy', event = 'view') FROM events WHERE user_id = 'b'",
      [[.int(1)]]
    ),
    (
      "SELECT windowFunnel(10, 'strict_order')(timestamp, event = 'buy', event = 'view') FROM events",
      [[.int(2)]]
    ),
    (
      "SELECT groupArray(event) OVER (ORDER BY timestamp) AS g FROM events ORDER BY timestamp LIMIT 2",
      [[.json(#"["view"]"#)], [.json(#"["view","buy"]"#)]]
    ),
  ]

  @Test("answers in queries, for any threads and segments", arguments: answered)
  func query(row: (String, [[ResultValue]])) throws {
    let source = try SQLQueryTests.small()
    for threads in [1, 3] {
      let rows = try SQLQueryTests.answer(row.0, source, threads: threads).rows
      #expect(rows.map { $0.map { "\($0)" } } == row.1.map { $0.map { "\($0)" } })
    }
  }

  @Test("ends when the memory does not do") func memory() throws {
    var query = try SQLQuery(parsing: "SELECT groupArray(event) FROM events", now: 0)
    query.memoryBytes = 100
    let source = try SQLQueryTests.small()
    #expect(throws: QueryError.self) { try query.run(on: source, pool: WorkerPool(threads: 1)) }
  }
}
