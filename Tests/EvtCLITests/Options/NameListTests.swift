// Tests of NameList.

import Testing

@testable import EvtCLI

@Suite("Lists in arguments")
struct NameListTests {
  @Test(
    "commas separate, but not within brackets and quotes",
    arguments: [
      (["a,b", " c "], ["a", "b", "c"]), (["substring(a, 1, 2),b"], ["substring(a, 1, 2)", "b"]),
      (["'x,y',`p,q`"], ["'x,y'", "`p,q`"]), (["\"a\\\",b\",c"], ["\"a\\\",b\"", "c"]),
      ([",,"], []), ([""], []), (["a)b,c"], ["a)b", "c"]),
    ] as [([String], [String])])
  func splits(_ arguments: [String], _ items: [String]) {
    #expect(NameList.split(arguments) == items)
  }
}
