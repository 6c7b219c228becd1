// Tests of DisplayWidth: columns of a terminal, not characters.

import Testing

@testable import EvtCLI

@Suite("Display width")
struct DisplayWidthTests {
  @Test(
    "texts take as many columns as a terminal gives them",
    arguments: [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("ノート", 6), ("中文", 4), ("한국어", 6),
      ("👍", 2), ("👍🏽", 2), ("❤️", 2), ("Ａ", 2), ("…", 1), ("█▏", 2), ("🇩🇪", 2),
    ])
  func measures(_ text: String, _ columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test("a cut text fits and shows that it was cut")
  func cuts() {
    #expect(DisplayWidth.cut("abcdef", to: 6, ascii: false) == "abcdef")
    #expect(DisplayWidth.cut("abcdef", to: 4, ascii: false) == "abc…")
    #expect(DisplayWidth.cut("abcdef", to: 5, ascii: true) == "ab...")
    #expect(DisplayWidth.cut("ノート", to: 4, ascii: false) == "ノ…")
    for columns in 0...12 {
      let cut = DisplayWidth.cut("aノbートc👍d", to: columns, ascii: false)
      #expect(DisplayWidth.of(cut) <= columns)
    }
  }

  @Test("the tables are ascending and disjoint, as the search needs")
  func tablesAreSorted() {
    for table in [DisplayWidth.wide, DisplayWidth.zero] {
      for (left, right) in zip(table, table.dropFirst()) { #expect(left.last < right.first) }
      for range in table { #expect(range.first <= range.last) }
    }
  }
}
