// The runs that a decoded block speaks of.

import Columnar
import TestSupport
import Testing

@Suite("Runs of a block")
struct RunEndsTests {
  @Test("hold one value each and cover the block, with and without rows that have none")
  func runs() throws {
    for seed in UInt64(0)..<60 {
      var shape = RandomLogShape()
      shape.rows = 1..<120
      shape.withoutUser = seed % 3 == 0 ? 1_000_000 : 4
      let log = RandomLog(seed: seed, shape: shape)
      for segment in try TestSegment.segments(of: log.batches()) {
        for column in segment.reader.footer.columns.indices {
          var vector = ColumnVector()
          try segment.reader.decode(column: column, block: 0, into: &vector)
          expectPicked(vector, seed: seed) { places in
            var picked = ColumnVector()
            try segment.reader.decode(column: column, block: 0, at: places, into: &picked)
            return picked
          }
          let isUser = segment.reader.footer.columns[column].role == .user
          if vector.runEnds.isEmpty {
            let hasText = (0..<vector.rowCount).contains { vector.kind($0) == .text }
            #expect(!(isUser && hasText), "seed \(seed)")
            continue
          }
          expectRuns(vector, seed: seed)
        }
      }
    }
  }

  /// Expects that the runs, if there are any, hold one value each and cover the rows.
  private func expectRuns(_ vector: ColumnVector, seed: UInt64) {
    if vector.runEnds.isEmpty { return }
    #expect(vector.runEnds.last == UInt32(vector.rowCount), "seed \(seed)")
    var start = 0
    for end in vector.runEnds {
      let values = Set((start..<Int(end)).map { vector.value($0) })
      #expect(values.count == 1, "seed \(seed), rows \(start)..<\(end)")
      start = Int(end)
    }
  }

  /// Expects that rows read on their own are those of the whole block, and so are their runs.
  private func expectPicked(
    _ whole: ColumnVector, seed: UInt64, _ pick: ([UInt32]) throws -> ColumnVector
  ) {
    var random = SeededGenerator(seed: seed)
    for share in [1, 2, 9] {
      let places = (0..<UInt32(whole.rowCount)).filter { _ in random.chance(1, in: share) }
      do {
        for picked in [try pick(places), whole.picked(at: places)] {
          #expect(picked.rowCount == places.count)
          #expect(
            (0..<places.count).map { picked.value($0) }
              == places.map { whole.value(Int($0)) }, "seed \(seed)")
          expectRuns(picked, seed: seed)
        }
        // Of what was there before, no run may get lost, nor two become one.
        guard !whole.runEnds.isEmpty, !places.isEmpty else { continue }
        let starts = places.indices.dropFirst().filter { row in
          whole.runEnds.contains { places[row - 1] < $0 && $0 <= places[row] }
        }
        #expect(whole.picked(at: places).runEnds.dropLast().map { Int($0) } == starts)
      } catch {
        Issue.record(error, "seed \(seed)")
      }
    }
  }
}
