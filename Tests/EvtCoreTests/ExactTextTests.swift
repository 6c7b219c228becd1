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

  @Test("orders by UTF-8 bytes") func order() {
    let sorted = ["z", "", "é", "a", "a\u{0}", Self.decomposed].map(ExactText.init).sorted()
    #expect(sorted.map(\.text) == ["", "a", "a\u{0}", Self.decomposed, "z", "é"])
  }
}
