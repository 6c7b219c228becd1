// Names are equal when their bytes are, whatever Unicode says.

import Testing

@testable import EvtCore

@Suite("ExactText") struct ExactTextTests {
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  @Test("tells normal forms apart that String takes for equal") func normalForms() {
    #expect(Self.composed == Self.decomposed)
    #expect(ExactText(Self.composed) != ExactText(Self.decomposed))
    #expect(Set([Self.composed, Self.decomposed].map(ExactText.init)).count == 2)
    #expect(ExactText(Self.composed) == ExactText(Self.composed))
  }

  @Test("compares long names as their bytes compare") func longNames() {
    let prefix = String(repeating: "n", count: 300)
    for (left, right) in [("a", "b"), ("", "a"), ("é", "e"), ("x", "x"), ("\u{0}", "")] {
      for head in ["", prefix] {
        let (less, more) = (Array((head + left).utf8), Array((head + right).utf8))
        let names = (ExactText(head + left), ExactText(head + right))
        #expect((names.0 < names.1) == less.lexicographicallyPrecedes(more))
        #expect((names.0 == names.1) == (less == more))
      }
    }
  }

  @Test("orders by UTF-8 bytes") func order() {
    let sorted = ["z", "", "é", "a", "a\u{0}", Self.decomposed].map(ExactText.init).sorted()
    #expect(sorted.map(\.text) == ["", "a", "a\u{0}", Self.decomposed, "z", "é"])
  }
}
