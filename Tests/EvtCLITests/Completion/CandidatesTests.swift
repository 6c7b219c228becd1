// Tests of CandidateList: which candidates fit.

import Testing

@testable import EvtCLI

@Suite("Candidates")
struct CandidatesTests {
  private let names = [
    Candidate("signup"), Candidate("\"sign in, now\"", bare: "sign in, now"), Candidate("search"),
    Candidate("\"two, three\"", bare: "two, three"),
  ]

  @Test(
    "those that begin as typed come in their order; quoted ones when nothing else fits",
    arguments: [
      ("", [0, 1, 2, 3], false), ("s", [0, 2], false), ("sign", [0], false),
      ("sign ", [1], true), ("t", [3], true), ("\"", [1, 3], false), ("\"s", [1], false),
      ("x", [], true),
    ])
  func fit(_ partial: String, _ found: [Int], _ isReplacement: Bool) {
    let list = CandidateList(head: "", partial: partial, among: names)
    #expect(list.candidates == found.map { names[$0] })
    #expect(list.isReplacement == isReplacement)
  }

  @Test("there are no more than anybody reads")
  func areBounded() {
    let all = (0..<2_000).map { Candidate("n\($0)", bare: "b\($0)") }
    for partial in ["", "n", "b"] {
      let list = CandidateList(head: "", partial: partial, among: all)
      #expect(list.candidates == Array(all.prefix(500)))
    }
  }

  @Test("what a terminal would obey is none", arguments: HostileNames.dangerous)
  func areHarmless(_ name: String) {
    #expect(CandidateList(head: "", partial: "", among: [Candidate(name)]).candidates.isEmpty)
  }

  @Test("names begin with bytes, not with characters")
  func comparesBytes() {
    #expect(CandidateList.begins("cafe\u{301}", with: "cafe"))
    #expect(!CandidateList.begins("café", with: "cafe\u{301}"))
    #expect(!CandidateList.begins("ab", with: "abc"))
  }
}
