// Columns of a batch against a plain list of (row, kind, bits).

import EvtCore
import Testing

@testable import Columnar

@Suite("Batch column")
struct BatchColumnTests {
  private typealias Entry = (row: Int, kind: ValueKind, bits: UInt64)

  private func entries(_ column: borrowing BatchColumn) -> [Entry] {
    var result: [Entry] = []
    for entry in 0..<column.count {
      result.append((column.row(of: entry), column.kind(of: entry), column.values[entry]))
    }
    return result
  }

  @Test("any sequence of sets and removes reads back", arguments: 0..<50)
  func randomSequences(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var column = BatchColumn(path: "a", role: .property)
    var expected: [Entry] = []
    var row = 0
    let kinds: [ValueKind] = seed % 2 == 0 ? [.int] : [.int, .double, .null, .bool]
    for _ in 0..<300 {
      row += seed % 3 == 0 ? 1 : random(3)
      if random(8) == 0 {
        column.remove(row: row)
        if expected.last?.row == row { expected.removeLast() }
        continue
      }
      let entry = (row: row, kind: kinds[random(kinds.count)], bits: UInt64(random(1_000)))
      let isNew = column.set(row: entry.row, kind: entry.kind, bits: entry.bits)
      #expect(isNew == (expected.last?.row != row), "seed \(seed)")
      if !isNew { expected.removeLast() }
      expected.append(entry)
    }
    let found = entries(column)
    #expect(found.count == expected.count)
    for (left, right) in zip(found, expected) { #expect(left == right, "seed \(seed)") }
    let isDense = expected.enumerated().allSatisfy { $0.offset == $0.element.row }
    let (entriesAreRows, uniformKind) = (column.entriesAreRows, column.uniformKind)
    #expect(isDense || !entriesAreRows)
    #expect(uniformKind == nil || expected.allSatisfy { $0.kind == uniformKind })
  }

  @Test("a column of one kind in every row is dense and uniform")
  func dense() {
    var column = BatchColumn(path: "a", role: .property)
    for row in 0..<100 { _ = column.set(row: row, kind: .int, bits: UInt64(row)) }
    let shape = (column.entriesAreRows, column.uniformKind, column.count)
    #expect(shape == (true, .int, 100))
  }
}
