// Picking numbers by their bits against sorting them by comparison.

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

  @Test("neighbours are those that sorting would bring there", arguments: Numbers.allCases)
  private func neighbours(numbers: Numbers) {
    var random = SeededGenerator(seed: 12)
    for count in [1, 2, 3, 50, 700] {
      let samples = Self.samples(numbers, count: count, &random)
      let expected = samples.sorted { $0.precedes($1) }
      for place in Set([0, 1, count / 2, count - 2, count - 1]) where samples.indices ~= place {
        let (low, high) = Sample.neighbours(at: place, of: samples)
        let next = expected[min(place + 1, count - 1)]
        #expect(low.bits == expected[place].bits && low.isInt == expected[place].isInt)
        #expect(high.bits == next.bits && high.isInt == next.isInt, "\(numbers), \(place)")
        #expect(low.group == 7 && high.group == 7)
      }
    }
  }

  @Test("selecting is sorting as far as it goes, for orders that are bad for it too")
  func selecting() {
    var random = SeededGenerator(seed: 13)
    let orders: [[Int64]] = [
      (0..<500).map { Int64($0) }, (0..<500).map { -Int64($0) }, (0..<500).map { Int64($0 % 3) },
      (0..<500).map { Int64($0 % 2 == 0 ? $0 : 500 - $0) },
      (0..<500).map { _ in Int64(bitPattern: random.next()) }, [4], [2, 1],
    ]
    for numbers in orders {
      let sorted = numbers.sorted()
      for place in numbers.indices {
        var selected = numbers
        selected.select(place)
        #expect(selected[place] == sorted[place] && selected.sorted() == sorted)
        #expect(selected[place...].allSatisfy { $0 >= sorted[place] })
      }
    }
  }
}
