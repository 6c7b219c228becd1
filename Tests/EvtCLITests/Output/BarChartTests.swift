// Tests of BarChart.

import Testing

@testable import EvtCLI

@Suite("Bars")
struct BarChartTests {
  @Test("bars are fine to an eighth, and what is not nothing shows as something")
  func draws() {
    #expect(BarChart.bar(1, width: 4, ascii: false) == "████")
    #expect(BarChart.bar(0.5, width: 4, ascii: false) == "██")
    #expect(BarChart.bar(0.5625, width: 4, ascii: false) == "██▎")
    #expect(BarChart.bar(0.0001, width: 4, ascii: false) == "▏")
    #expect(BarChart.bar(0.0001, width: 4, ascii: true) == "#")
    #expect(BarChart.bar(0.5, width: 4, ascii: true) == "##")
  }

  @Test("nothing, nonsense and too much stay within the width")
  func staysWithin() {
    for share in [0, -1, Double.nan, .infinity] {
      #expect(BarChart.bar(share, width: 4, ascii: false) == "")
    }
    #expect(BarChart.bar(7, width: 4, ascii: false) == "████")
    #expect(BarChart.bar(1, width: 0, ascii: true) == "")
  }
}
