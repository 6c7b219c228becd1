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
          let isUser = segment.reader.footer.columns[column].role == .user
          if vector.runEnds.isEmpty {
            let hasText = (0..<vector.rowCount).contains { vector.kind($0) == .text }
            #expect(!(isUser && hasText), "seed \(seed)")
            continue
          }
          #expect(vector.runEnds.last == UInt32(vector.rowCount), "seed \(seed)")
          var start = 0
          for end in vector.runEnds {
            let values = Set((start..<Int(end)).map { vector.value($0) })
            #expect(values.count == 1, "seed \(seed), rows \(start)..<\(end)")
            start = Int(end)
          }
        }
      }
    }
  }
}
