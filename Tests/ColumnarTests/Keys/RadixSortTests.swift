// Sorting by digits against sorting by comparison.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("RadixSort") struct RadixSortTests {
  @Test("sorts whole values", arguments: [0, 1, 2, 257, 10_000])
  func wholeValues(count: Int) {
    var random = SeededGenerator(seed: 5)
    var values = (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    let expected = values.sorted()
    RadixSort.sort(&values, bits: 0..<32)
    #expect(values == expected)
  }

  @Test("by some bits only, values that are equal there keep their order")
  func someBits() {
    var random = SeededGenerator(seed: 6)
    // Few upper halves, whose digits are partly all the same.
    var values = (0..<5_000).map { _ in
      UInt64(random.below(700)) << 40 | UInt64(UInt32(truncatingIfNeeded: random.next()))
    }
    let expected = values.enumerated()
      .sorted { ($0.element >> 32, $0.offset) < ($1.element >> 32, $1.offset) }.map(\.element)
    RadixSort.sort(&values, bits: 32..<64)
    #expect(values == expected)
  }
}
