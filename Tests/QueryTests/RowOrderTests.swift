// Sorting rows against a comparison of all values.

import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("RowOrder") struct RowOrderTests {
  private static func value(_ random: inout SeededGenerator, _ kinds: Int) -> Value {
    switch random.below(kinds) {
    case 0: .int(Int64(random.below(7)) - 3)
    case 1: .null
    case 2: .double([0.0, -0.0, 1.5, -2.5, 3, 1e300, -.infinity][random.below(7)])
    case 3: .text(["", "a", "a\u{0}", "ab", "abcdefgh", "abcdefghi", "b"][random.below(7)])
    case 4: .int([.min, .max, 1 << 53, (1 << 53) + 1][random.below(4)])
    case 5: ExactDecimal(parsing: "9007199254740993.5".utf8).map { .decimal($0) } ?? .null
    case 6: .time(Int64(random.below(3)) * 86_400_000_000_000)
    case 7: .date(Int32(random.below(3)))
    case 8: .bool(random.below(2) == 0)
    default: .array([.int(Int64(random.below(3)))])
    }
  }

  @Test("sorts as comparing all values does", arguments: 0..<200) func sorts(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let kinds = [1, 2, 3, 4, 10][seed % 5]
    let keys = (0..<(1 + random.below(3))).map { _ in
      OrderKey(
        expression: .constant(.null), isDescending: random.below(2) == 0,
        nullsFirst: random.below(2) == 0)
    }
    let rows = (0..<random.below(60)).map { _ in
      SortableRow(columns: [], order: keys.map { _ in Self.value(&random, kinds) })
    }
    let expected = rows.indices.sorted { left, right in
      for (index, key) in keys.enumerated() {
        let order = key.compare(rows[left].order[index], rows[right].order[index])
        if order != .equal { return order == .below }
      }
      return left < right
    }
    let limit = random.below(70)
    let order = RowOrder(rows, keys, at: Array(keys.indices))
    #expect(Array(order.first(limit)) == Array(expected.prefix(limit)), "seed \(seed)")
  }
}
