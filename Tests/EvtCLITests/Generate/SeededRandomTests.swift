// Tests of SeededRandom: the same on every machine, and of the distribution it says.

import Testing

@testable import EvtCLI

@Suite("Seeded random numbers")
struct SeededRandomTests {
  @Test("the sequence is SplitMix64's, as its authors publish it")
  func isSplitMix() {
    var random = SeededRandom(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }

  @Test("bounded numbers stay within and cover their range", arguments: [1, 2, 3, 10, 1000])
  func staysWithin(_ bound: Int) {
    var random = SeededRandom(seed: 5)
    var seen = Set<Int>()
    for _ in 0..<bound * 40 { seen.insert(random.below(bound)) }
    #expect(seen.allSatisfy { $0 >= 0 && $0 < bound })
    #expect(seen.count >= bound * 9 / 10)
  }

  @Test("exponential numbers have their mean and never exceed nine times it")
  func hasMean() {
    var random = SeededRandom(seed: 6)
    let draws = (0..<100_000).map { _ in random.exponential(mean: 1000) }
    let mean = draws.reduce(0, +) / Int64(draws.count)
    #expect((980...1020).contains(mean))
    #expect(draws.allSatisfy { (0...9_100).contains($0) })
  }
}
