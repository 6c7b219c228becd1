// Random programs of ingests and retains against an oracle that only counts.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct RetainProgramTests {
  private static let pool = WorkerPool(threads: 1)

  /// What a store must hold, worked out from the rules alone.
  private struct Oracle {
    var rows: [Int: Int] = [:]
    var watermark: Int?
    var expired = 0
    var generation: UInt64 = 0

    var total: Int { rows.values.reduce(0, +) }

    mutating func ingest(_ added: [Int: Int]) {
      generation += 1
      expired = 0
      for (day, count) in added {
        if let watermark, day < watermark {
          expired += count
        } else {
          rows[day, default: 0] += count
        }
      }
    }

    /// Returns whether the run is refused.
    mutating func retain(days: Int, hour: Int, isForced: Bool) -> Bool {
      // Day d ends at hour (d + 1) * 24.
      let expired = rows.keys.filter { ($0 + 1) * 24 <= hour - days * 24 }
      let removed = expired.reduce(0) { $0 + (rows[$1] ?? 0) }
      if !isForced, removed * 5 > total, watermark != nil || removed == total { return true }
      let cutoff = Int((Double(hour - days * 24) / 24).rounded(.down))
      let moved = isForced ? cutoff : max(cutoff, watermark ?? cutoff)
      if removed > 0 || moved != watermark { generation += 1 }
      watermark = moved
      for day in expired { rows[day] = nil }
      return false
    }
  }

  /// A reader that holds its generation, and what it must find as long as it does.
  private struct Reader {
    var snapshot: Snapshot
    var rows: [Int: Int]
  }

  @Test("a random program of ingests and retains holds what it must", arguments: 0..<60)
  func program(number: Int) throws {
    let seed = UInt64.random(in: 0..<1 << 32)
    var random = SeededGenerator(seed: seed)
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    var oracle = Oracle()
    var readers: [Reader] = []
    var hour = 10 * 24
    for step in 0..<40 {
      let place: Comment = "seed \(seed), step \(step)"
      hour += random.chance(1, in: 12) ? -random.below(200) : random.below(30)
      if random.chance(1, in: 2) {
        var added: [Int: Int] = [:]
        for _ in 0..<random.below(4) { added[hour / 24 - random.below(12)] = 1 + random.below(20) }
        let summary = try StoreScenario.ingest("\(step)", rowsByDay: added, into: store)
        oracle.ingest(added)
        #expect(summary.expired == UInt64(oracle.expired), place)
      } else {
        let (days, isForced) = (1 + random.below(9), random.chance(1, in: 3))
        let request = RetainRequest(
          days: days,
          now: StoreScenario.start(ofDay: 0) + Int64(hour) * (UTCDay.nanoseconds / 24),
          isForced: isForced)
        let dry = try store.planRetain(request)
        let outcome = try store.retain(request)
        #expect(outcome.plan == dry.plan, place)
        let isRefused = oracle.retain(days: days, hour: hour, isForced: isForced)
        #expect(outcome.plan.verdict.isRefusal == isRefused, place)
      }
      try check(store, files, oracle, place)
      try exercise(&readers, store, oracle, &random, place)
      if readers.isEmpty {
        // The next writer, even one that commits nothing, removes what the last one held.
        try store.beginIngest(pool: Self.pool, memoryBytes: 1).abandon()
        let stored = try Collector(files: files).storedFiles().count
        #expect(try stored == store.snapshot().segments.count, place)
      }
      let problems = try checkStore(files: files, pool: Self.pool).checks.filter {
        $0.status != .pass
      }
      #expect(problems.allSatisfy { $0.status == .warn && !readers.isEmpty }, place)
    }
  }

  private func check(
    _ store: Store, _ files: FaultyFiles, _ oracle: Oracle, _ place: Comment
  ) throws {
    let snapshot = try store.snapshot()
    #expect(try StoreScenario.rowsByDay(snapshot) == oracle.rows, place)
    #expect(snapshot.generation == oracle.generation, place)
    let first = Int(UTCDay(containing: StoreScenario.noon).number)
    #expect(snapshot.retainWatermark.map { Int($0.number) - first } == oracle.watermark, place)
    let counted = try RetainTests.countedEvents(snapshot, names: snapshot.eventCounts)
    #expect(snapshot.eventCounts == counted, place)
  }

  /// Lets some readers begin, some end, and all read what they hold.
  private func exercise(
    _ readers: inout [Reader], _ store: Store, _ oracle: Oracle,
    _ random: inout SeededGenerator, _ place: Comment
  ) throws {
    if random.chance(1, in: 5) {
      readers.append(Reader(snapshot: try store.snapshot(), rows: oracle.rows))
    }
    for reader in readers {
      #expect(try StoreScenario.rowsByDay(reader.snapshot) == reader.rows, place)
    }
    if random.chance(1, in: 4), !readers.isEmpty { readers.remove(at: random.below(readers.count)) }
  }
}
