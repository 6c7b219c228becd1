// Rows in the order of their keys against sets of them.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("KeyOrder") struct KeyOrderTests {
  private static func order(_ hashes: [UInt64]) -> KeyOrder {
    var order = KeyOrder()
    for (row, hash) in hashes.enumerated() { order.add(row, hash: hash) }
    order.sort()
    return order
  }

  @Test(
    "the rows in a filter are those with a fingerprint of it, few rows or many",
    arguments: [0, 1, 3, 50, 3_000], [0, 1, 40, 5_000])
  func rowsInFilter(rows: Int, keys: Int) {
    var random = SeededGenerator(seed: UInt64(rows * 7 + keys))
    // Both dense and thin stretches, and rows that share a key or a fingerprint only.
    func hash() -> UInt64 {
      let upper = random.chance(1, in: 2) ? UInt64(random.below(4_000)) : random.next() >> 32
      return upper << 32 | UInt64(random.below(3))
    }
    let hashes = (0..<rows).map { _ in hash() }
    let filter = KeyFilter(
      hashes: (0..<keys).map { _ in random.chance(1, in: 8) ? hashes.first ?? 1 : hash() })
    let wanted = Set(filter.fingerprints)
    let found = Self.order(hashes).rows(in: filter)
    #expect(
      found.sorted() == hashes.indices.filter { wanted.contains(UInt32(hashes[$0] >> 32)) })
  }

  @Test("the ends of the range are keys like others")
  func extremes() {
    let order = Self.order([1, .max, 1 << 63, 7 << 32])
    #expect(order.rows(in: KeyFilter(hashes: [2, .max, 1 << 63])) == [0, 2, 1])
  }

  @Test("a group has all rows of a fingerprint that several have, in the order they were added")
  func groups() {
    var random = SeededGenerator(seed: 9)
    let hashes = (0..<2_000).map { _ in UInt64(random.below(1_500)) << 32 | 5 }
    let order = Self.order(hashes)
    let groups = order.groups().map { Array(order.rows(at: $0)) }
    let expected = Dictionary(grouping: hashes.indices, by: { hashes[$0] })
      .filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map(\.value)
    #expect(groups == expected)
    #expect(Self.order([3 << 32]).groups().isEmpty && Self.order([]).groups().isEmpty)
    #expect(Self.order([3 << 32, 3 << 32]).groups() == [0..<2])
  }
}
