// Averages and quantiles of durations.

import TestSupport
import Testing

@testable import Analytics

@Suite("Statistics")
struct StatisticsTests {
  @Test("nothing has no statistics")
  func empty() {
    #expect(Durations().averageMillis == nil)
    #expect(Durations().quantileMillis(0.5) == nil)
  }

  @Test("quantiles interpolate between ranks as quantileExactInclusive does")
  func interpolation() {
    var durations = Durations()
    for millis in [4, 1, 3, 2] { durations.add(Int64(millis) * 1_000_000) }
    #expect(durations.quantileMillis(0) == 1)
    #expect(durations.quantileMillis(0.5) == 2.5)
    #expect(durations.quantileMillis(1) == 4)
    #expect(abs((durations.quantileMillis(0.9) ?? 0) - 3.7) < 1e-12)
    #expect(durations.averageMillis == 2.5)
  }

  @Test("the average of enormous durations does not overflow")
  func enormous() {
    var durations = Durations()
    for _ in 0..<3 { durations.add(.max) }
    #expect(durations.averageMillis == Double(Int64.max) / 1_000_000)
  }

  @Test("selection equals sorting", arguments: 0..<60)
  func selection(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bound = random.pick([Int64(1), 3, 1_000, 1 << 40, .max])
    let values = (0..<(1 + random.below(3_000))).map { _ in
      Int64.random(in: -bound...bound, using: &random)
    }
    let sorted = values.sorted()
    for rank in [0, values.count - 1] + (0..<20).map({ _ in random.below(values.count) }) {
      let (element, next) = values.select(rank: rank)
      #expect(element == sorted[rank], "seed \(seed)")
      #expect(next == sorted.dropFirst(rank + 1).first, "seed \(seed)")
    }
  }
}
