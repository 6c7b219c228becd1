// The argument of --expect: what reads, and what is refused and where.

import Analytics
import Testing

@Suite("ExpectationParser")
struct ExpectationParserTests {
  @Test("a step alone expects one event; comparisons stand behind a colon")
  func comparisons() throws {
    let text = #"page_view, purchase:>=10,a | b : > 3,c[x = ':>1']:<=4,"d:<5":<6,*:=0,e[y]:  =  7 "#
    let expectations = try Expectation.parse(text)
    #expect(
      expectations.map(\.condition) == [">=1", ">=10", ">3", "<=4", "<6", "=0", "=7"])
    #expect(
      expectations.map(\.step.name) == [
        "page_view", "purchase", "a | b", "c[x = ':>1']", "\"d:<5\"", "*", "e[y]",
      ])
    #expect(expectations[3].step.alternatives[0].condition?.text == "x = ':>1'")
    #expect(expectations[4].step.alternatives[0].event == "d:<5")
  }

  @Test(
    "colons within names are parts of them",
    arguments: ["page:view", "a:b:c", "a:", "a: b", ":a", "\"level:10\""])
  func colons(_ name: String) throws {
    let parsed = try Expectation.parse(name + ":>=2")
    #expect(parsed.count == 1 && parsed[0].count == 2)
    #expect(parsed[0].step.name == name)
  }

  @Test(
    "what is no list of expectations is refused with its place",
    arguments: [
      ("", 1), ("a,", 3), ("a:>", 4), ("a:>=", 5), ("a:>=x", 5), ("a:>=1x", 6), ("a:!=1", 3),
      ("a:==1", 4), ("a:>=-1", 5), ("a:>=99999999999999999999", 5), (":>=1", 1), ("a[", 2),
      ("a:10", 5), ("a: 10,b", 6), ("é:>=1 b", 7), ("a:<>1", 4),
    ])
  func refused(_ text: String, _ character: Int) {
    #expect {
      _ = try Expectation.parse(text)
    } throws: { error in
      guard case .expectations(text, let found, _) = error as? AnalyticsError else { return false }
      return found == character
    }
  }
}
