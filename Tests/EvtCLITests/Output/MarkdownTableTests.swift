// Tests of MarkdownTable.

import Query
import Testing

@testable import EvtCLI

@Suite("Markdown tables")
struct MarkdownTableTests {
  @Test("markup in values stays text")
  func escapes() throws {
    let report = Report(
      meta: ReportMeta(command: "test", store: "s", now: 0),
      columns: [ReportColumn("a"), ReportColumn("n", .quantity)],
      rows: [[.text("x|y_z<b>`"), .int(1000)]])
    #expect(
      try captured { MarkdownTable.write(report, to: &$0) }
        == "| a | n |\n| --- | ---: |\n| x\\|y\\_z\\<b\\>\\` | 1,000 |\n")
  }
}
