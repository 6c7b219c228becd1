// Equality and order of byte strings against the standard library's.

import TestSupport
import Testing

@testable import EvtCore

@Suite("ByteOrder") struct ByteOrderTests {
  @Test("agrees with the standard library", arguments: 0..<500) func agrees(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let left = (0..<random.below(20)).map { _ in UInt8(random.below(3)) &* 127 }
    // Often a prefix, an equal copy or a near miss.
    var right = Array(left.prefix(random.below(21)))
    if random.chance(1, in: 2) { right.append(UInt8(random.below(3)) &* 127) }
    left.withUnsafeBytes { a in
      right.withUnsafeBytes { b in
        #expect(ByteOrder.equal(a, b) == (left == right), "seed \(seed)")
        #expect(ByteOrder.precedes(a, b) == left.lexicographicallyPrecedes(right), "seed \(seed)")
      }
    }
  }
}
