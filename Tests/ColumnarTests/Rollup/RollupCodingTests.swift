// Tests of the bytes of rollups.

import Columnar
import EvtCore
import TestSupport
import Testing

@Suite struct RollupCodingTests {
  private func rollup(rows: Int, seed: UInt64) throws -> DayRollup {
    var random = SeededGenerator(seed: seed)
    let start = UTCDay(containing: StoreScenario.noon).start
    let events = (0..<rows).map { row in
      TestEvent(
        time: start + Int64.random(in: 0..<UTCDay.nanoseconds, using: &random),
        event: "e\(Int.random(in: 0..<3, using: &random))",
        user: "u\(Int.random(in: 0..<rows, using: &random))", session: "s\(row)",
        values: ["page": random.value(like: row), "os": random.value(like: 4)])
    }
    return try rollupBuilder(TestSegment.segments(of: [EventBatch(events)]))
      .build(names: ["page", "os", "plan"], paths: ["page", "os"])
  }

  @Test("the bytes give the same rollup back, with estimates too")
  func roundTrip() throws {
    for (rows, seed) in [(1, 1), (60, 2), (5_000, 3)] as [(Int, UInt64)] {
      let rollup = try rollup(rows: rows, seed: seed)
      let decoded = try RollupCoding.decode(RollupCoding.encode(rollup))
      #expect(decoded == rollup)
      try RollupCoding.check(decoded)
      #expect(try decoded.groups(by: "page") == rollup.groups(by: "page"))
    }
  }

  @Test("every truncation is an error")
  func truncation() throws {
    let bytes = RollupCoding.encode(try rollup(rows: 12, seed: 4))
    for end in 0..<bytes.count {
      #expect(throws: MalformedBytes.self) { try RollupCoding.decode(Array(bytes[..<end])) }
    }
    #expect(throws: MalformedBytes.self) { try RollupCoding.decode(bytes + [0]) }
  }

  @Test("no flipped bit is a trap, in any part of it")
  func flips() throws {
    let bytes = RollupCoding.encode(try rollup(rows: 6, seed: 5))
    var errors = 0
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      do {
        let rollup = try RollupCoding.decode(flipped)
        try RollupCoding.check(rollup)
        #expect(rollup.events.count < 1_000)
        _ = rollup.rows
      } catch {
        errors += 1
      }
    }
    #expect(errors > 100)
  }
}
