// Tests of SeparatedValues: RFC 4180, TSV, formulas.

import Query
import Testing

@testable import EvtCLI

@Suite("Separated values")
struct SeparatedValuesTests {
  private func line(_ values: [ResultValue], _ format: SeparatedValues) throws -> String {
    try captured { format.line(values, to: &$0) }
  }

  @Test("CSV quotes what needs quotes and leaves null empty")
  func writesCSV() throws {
    let csv = SeparatedValues(kind: .csv)
    #expect(
      try line([.text("a,b"), .text("say \"hi\""), .text("two\nlines"), .null, .int(7)], csv)
        == "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",,7\n")
    #expect(try line([.null], csv) == "\"\"\n")
    #expect(try line([.json(#"["a","b"]"#), .double(0.5)], csv) == #""[""a"",""b""]",0.5"# + "\n")
  }

  @Test("TSV escapes what would break its lines")
  func writesTSV() throws {
    let tsv = SeparatedValues(kind: .tsv)
    #expect(
      try line([.text("a\tb\nc\\d\re"), .null, .bool(true)], tsv) == "a\\tb\\nc\\\\d\\re\t\ttrue\n")
  }

  @Test("--csv-safe quotes formulas in text, never numbers")
  func guardsFormulas() throws {
    let csv = SeparatedValues(kind: .csv, guardsFormulas: true)
    #expect(
      try line([.text("=1+1"), .text("@x"), .int(-5), .text("a=b")], csv) == "'=1+1,'@x,-5,a=b\n")
    #expect(try line([.text("=1+1")], SeparatedValues(kind: .csv)) == "=1+1\n")
  }

  @Test("a terminal is not made to obey")
  func escapesForTerminals() throws {
    let csv = SeparatedValues(kind: .csv, isForTerminal: true)
    #expect(try line([.text("\u{1B}[2J")], csv) == "\\u{1B}[2J\n")
  }
}
