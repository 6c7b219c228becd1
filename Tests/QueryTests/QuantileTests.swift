// Sorting numbers of one kind by their bits against comparing them.

import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("Quantile") struct QuantileTests {
  private enum Numbers: CaseIterable {
    case ints, doubles, zeros, both
  }

  private static func samples(
    _ numbers: Numbers, count: Int, _ random: inout SeededGenerator
  ) -> [Sample] {
    (0..<count).map { index in
      let int = Int64(bitPattern: random.next()) >> Int64(random.below(60))
      let double = Double(random.below(2_000) - 1_000) * pow10(random.below(40) - 20)
      let isInt = numbers == .ints || (numbers == .both && index % 2 == 0)
      let zero = random.chance(1, in: 3) ? -0.0 : Double(random.below(3) - 1)
      let value = numbers == .zeros ? zero : double
      return Sample(
        group: 7, isInt: isInt, bits: isInt ? int : Int64(bitPattern: value.bitPattern))
    }
  }

  private static func pow10(_ exponent: Int) -> Double {
    (0..<abs(exponent)).reduce(1.0) { power, _ in exponent < 0 ? power / 10 : power * 10 }
  }

  @Test("samples are sorted as comparing them would", arguments: Numbers.allCases)
  private func sorting(numbers: Numbers) {
    var random = SeededGenerator(seed: 12)
    for count in [0, 1, 2, 50, 2_000] {
      let samples = Self.samples(numbers, count: count, &random)
      let sorted = Sample.sorted(samples)
      let expected = samples.sorted { $0.precedes($1) }
      #expect(sorted.map(\.bits) == expected.map(\.bits), "\(numbers), \(count)")
      #expect(sorted.map(\.isInt) == expected.map(\.isInt) && sorted.allSatisfy { $0.group == 7 })
    }
  }
}
