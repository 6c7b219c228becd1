// Whole ingests with repeated events, against an oracle that compares each event with all others.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite("Deduplicator") struct DeduplicatorTests {
  private static let hour: Int64 = 3_600_000_000_000
  private static let start = UTCDay(year: 2026, month: 1, day: 30).start

  /// How a random program ingests.
  private struct Setting {
    var policy: DedupePolicy
    var rowsMax: Int
    var threads: Int
    var batchRows: Int
  }

  private static func setting(_ random: inout SeededGenerator) -> Setting {
    let keys = ["event_id", "event_id", "event_id", "event,properties.order", "timestamp"]
    return Setting(
      policy: DedupePolicy(
        key: EventKey(random.pick(keys)) ?? .eventID,
        windowNanos: random.pick([0, hour, 24 * hour, 24 * hour, 50 * hour])),
      rowsMax: random.pick([1, 3, 10, 40, 1_000]), threads: random.pick([1, 3]),
      batchRows: random.pick([1, 4, 100]))
  }

  private static func event(_ number: Int, _ random: inout SeededGenerator) -> TestEvent {
    TestEvent(
      time: start + Int64(random.below(80)) * hour, event: random.pick(["view", "buy"]),
      user: random.pick([nil, "", "ann", "bob", "cem"]),
      eventID: random.pick([nil, "", "1", "2", "3", "4"]),
      values: [
        "n": .int(Int64(number)), "properties.order": random.pick([.absent, .int(1), .text("1")]),
      ])
  }

  /// The property `n` of every row that is stored.
  static func numbers(_ snapshot: Snapshot) throws -> Set<Int64> {
    var numbers: Set<Int64> = []
    for index in snapshot.segments.indices {
      let reader = try snapshot.reader(index)
      for block in 0..<reader.footer.blockCount {
        var vector = ColumnVector()
        try reader.decode(path: "n", block: block, into: &vector)
        for row in 0..<vector.rowCount {
          #expect(numbers.insert(vector.numbers[row]).inserted, "a row is stored twice")
        }
      }
    }
    return numbers
  }

  private static func expected(_ oracle: NaiveDedupe) -> Set<Int64> {
    Set(oracle.kept.compactMap { if case .int(let n) = $0.values["n"] { n } else { nil } })
  }

  @Test(
    "what is kept is what an event-by-event comparison keeps, over several ingests and flushes",
    arguments: 0..<300 as Range<UInt64>)
  func matchesOracle(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let setting = Self.setting(&random)
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let pool = WorkerPool(threads: setting.threads)
    var oracle = NaiveDedupe(key: setting.policy.key, windowNanos: setting.policy.windowNanos)
    var number = 0
    for ingest in 0..<3 {
      let transaction = try store.beginIngest(
        pool: pool, memoryBytes: 64 << 20, repeats: .refuse, memtableRowsMax: setting.rowsMax,
        dedupe: setting.policy, build: buildSegment)
      var dropped: [UInt64] = []
      var inputs = 0
      for ordinal in 0..<3 {
        let isDamaged = random.chance(1, in: 4)
        let before = oracle
        let events = (0..<random.below(25)).map { _ in
          number += 1
          return Self.event(number, &random)
        }
        for start in stride(from: 0, to: events.count, by: setting.batchRows) {
          let end = min(start + setting.batchRows, events.count)
          try transaction.accept(EventBatch(Array(events[start..<end]), source: ordinal))
        }
        let kept = events.count { oracle.add($0) }
        if isDamaged {
          try transaction.abandonSource(ordinal)
          oracle = before
        } else {
          let name = "\(ingest)-\(ordinal)-\(seed)"
          try transaction.finishSource(StoreScenario.record(name, rows: events.count))
          dropped.append(UInt64(events.count - kept))
          inputs += 1
        }
      }
      let summary = try transaction.commit()
      #expect(summary.duplicates == dropped.reduce(0, +), "seed \(seed)")
      let ledger = try store.snapshot().ledger.suffix(inputs)
      #expect(ledger.map(\.source.duplicates) == dropped, "seed \(seed)")
    }
    #expect(try Self.numbers(store.snapshot()) == Self.expected(oracle), "seed \(seed)")
    let report = try checkStore(files: files, pool: pool)
    #expect(report.isClean, "seed \(seed): \(report.checks.filter { $0.status != .pass })")
  }

  @Test("without a policy everything is kept")
  func noPolicy() throws {
    let store = try Store.create(files: FaultyFiles())
    let transaction = try store.beginIngest(pool: WorkerPool(threads: 1), memoryBytes: 64 << 20)
    var random = SeededGenerator(seed: 1)
    let events = (0..<50).map { Self.event($0, &random) }
    try transaction.accept(EventBatch(events))
    try transaction.finishSource(StoreScenario.record("a", rows: 50))
    #expect(try transaction.commit().duplicates == 0)
    #expect(try Self.numbers(store.snapshot()).count == 50)
  }

  @Test("keys of a whole day are found again in its blocks, rows without a user too")
  func manyBlocks() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let pool = WorkerPool(threads: 2)
    let count = 2 * Limits.blockRowsMax + 500
    func load(_ rows: Range<Int>) throws -> CommitSummary {
      let transaction = try store.beginIngest(
        pool: pool, memoryBytes: 256 << 20, dedupe: .standard)
      let events = rows.map { row in
        TestEvent(
          time: Self.start + Int64(row), event: "e", user: row % 3 == 0 ? nil : "u\(row % 1_000)",
          eventID: "id-\(row)", values: ["n": .int(Int64(row))])
      }
      try transaction.accept(EventBatch(events))
      try transaction.finishSource(StoreScenario.record("\(rows)", rows: rows.count))
      return try transaction.commit()
    }
    #expect(try load(0..<count).duplicates == 0)
    #expect(try load(count - 1_000..<count + 1_000).duplicates == 1_000)
    #expect(try load(0..<count).duplicates == UInt64(count))
    #expect(try Self.numbers(store.snapshot()).count == count + 1_000)
  }

  @Test("an event that repeats rows of two blocks is one duplicate")
  func twoBlocks() throws {
    let store = try Store.create(files: FaultyFiles())
    let count = Limits.blockRowsMax + 500
    func load(_ events: [TestEvent], windowNanos: Int64) throws -> CommitSummary {
      let transaction = try store.beginIngest(
        pool: WorkerPool(threads: 2), memoryBytes: 256 << 20,
        dedupe: DedupePolicy(key: .eventID, windowNanos: windowNanos))
      try transaction.accept(EventBatch(events))
      try transaction.finishSource(
        StoreScenario.record("\(windowNanos)", rows: events.count))
      return try transaction.commit()
    }
    func event(_ row: Int, _ id: String) -> TestEvent {
      TestEvent(
        time: Self.start + Int64(row) * 1_000_000_000, event: "e", user: nil, eventID: id,
        values: ["n": .int(Int64(row))])
    }
    // The same id at the beginning and at the end of the day.
    let stored = (0..<count).map { event($0, $0 == 0 || $0 == count - 1 ? "x" : "\($0)") }
    #expect(try load(stored, windowNanos: 1).duplicates == 0)
    let summary = try load(
      [event(count / 2, "x"), event(count / 2, "new")], windowNanos: 24 * Self.hour)
    #expect(summary.duplicates == 1 && summary.rows == 1)
  }

  @Test("of two writers with the same events the later one keeps none of them twice")
  func twoWriters() throws {
    var busy = 0
    for seed in 0..<40 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let setting = Self.setting(&random)
      let files = FaultyFiles()
      let store = try Store.create(files: files)
      let pool = WorkerPool(threads: setting.threads)
      let names = ["first", "second"]
      let logs = names.indices.map { writer in
        (0..<20).map { Self.event(100 * writer + $0, &random) }
      }
      func begin(_ writer: Int) throws -> IngestTransaction {
        let transaction = try store.beginIngest(
          pool: pool, memoryBytes: 64 << 20, repeats: .refuse, memtableRowsMax: setting.rowsMax,
          dedupe: setting.policy, build: buildSegment)
        for event in logs[writer] { try transaction.accept(EventBatch([event])) }
        try transaction.finishSource(StoreScenario.record("\(names[writer]) \(seed)", rows: 20))
        return transaction
      }
      let transactions = try names.indices.map(begin)
      _ = try transactions[0].commit()
      do {
        _ = try transactions[1].commit()
      } catch let error as StoreError where error.category == .busy {
        // What a later run does.
        busy += 1
        _ = try begin(1).commit()
      }
      var oracle = NaiveDedupe(key: setting.policy.key, windowNanos: setting.policy.windowNanos)
      for event in logs.joined() { oracle.add(event) }
      #expect(try Self.numbers(store.snapshot()) == Self.expected(oracle), "seed \(seed)")
      #expect(try checkStore(files: files, pool: pool).isClean, "seed \(seed)")
    }
    #expect(busy > 0 && busy < 30, "rewriting and giving up are both to be tested")
  }

  @Test("events that a commit takes back do not stand in the way of those that replace them")
  func replacing() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    func load(_ name: String, _ ids: Range<Int>, replacing: String? = nil) throws -> CommitSummary {
      let transaction = try store.beginIngest(
        pool: WorkerPool(threads: 1), memoryBytes: 64 << 20, dedupe: .standard,
        replacing: replacing)
      let events = ids.map { id in
        TestEvent(
          time: Self.start, event: "e", user: "u", eventID: "\(id)",
          values: ["n": .int(Int64(id))])
      }
      try transaction.accept(EventBatch(events))
      try transaction.finishSource(StoreScenario.record(name, rows: ids.count))
      return try transaction.commit()
    }
    _ = try load("other", 0..<10)
    #expect(try load("wrong", 5..<20).duplicates == 5)
    let summary = try load("right", 8..<25, replacing: "wrong")
    #expect(summary.duplicates == 2 && summary.replacedRows == 10)
    #expect(try Self.numbers(store.snapshot()) == Set(0..<25))
    #expect(try checkStore(files: files, pool: WorkerPool(threads: 1)).isClean)
  }
}
