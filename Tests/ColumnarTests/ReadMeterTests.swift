// Tests of what is counted while segments are read.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite struct ReadMeterTests {
  @Test("blocks and rows count once a block, bytes as often as they are read")
  func counts() {
    let meter = ReadMeter()
    #expect(meter.counts.blocks == 0 && meter.counts.begin == nil)
    meter.noteLeft()
    #expect(meter.counts.end == nil)
    meter.noteBlock(0, rows: 10, segment: 3)
    meter.noteBlock(0, rows: 10, segment: 3)
    meter.noteBlock(1, rows: 7, segment: 3)
    meter.noteBlock(0, rows: 5, segment: 4)
    meter.noteRead(bytes: 100)
    meter.noteRead(bytes: 11)
    for segment in [4, 5, 6, 6] { meter.noteAnswered(segment: segment) }
    meter.noteLeft()
    let counts = meter.counts
    #expect(counts.segmentsRead == 2 && counts.segmentsAnswered == 2)
    #expect(counts.blocks == 4 && counts.rows == 22 && counts.bytes == 111)
    #expect(counts.begin.map { begin in counts.end.map { begin <= $0 } ?? false } == true)
  }

  @Test("several threads lose nothing")
  func threads() throws {
    let meter = ReadMeter()
    _ = try WorkerPool(threads: 4).map(count: 40) { job in
      for block in 0..<100 { meter.noteBlock(block, rows: 2, segment: job % 10) }
      meter.noteRead(bytes: 3)
    }
    #expect(meter.counts.blocks == 4_000 && meter.counts.rows == 2_000)
    #expect(meter.counts.bytes == 120 && meter.counts.segmentsRead == 10)
  }
}
