// The text of key paths, there and back.

import Testing

@testable import Columnar

@Suite("Key path text")
struct KeyPathTextTests {
  @Test(
    "paths are joined and split",
    arguments: [
      (["a"], "a"), (["a", "b"], "a.b"), (["a.b"], "`a.b`"), ([""], "``"), (["a", "", "b"], "a.``.b"),
      (["`"], "````"), (["a`b", "c"], "`a``b`.c"), (["a b", "é:$"], "a b.é:$"), (["a\n"], "`a\n`"),
      (["\u{7F}"], "`\u{7F}`"), (["."], "`.`"), (["a\r\nb"], "`a\r\nb`"),
    ] as [([String], String)])
  func thereAndBack(components: [String], text: String) {
    #expect(KeyPathText.join(components) == text)
    #expect(KeyPathText.split(text) == components)
  }

  @Test("unfinished paths are refused", arguments: ["", ".", "a.", ".a", "a..b", "`a", "a`b", "`a`b", "a.`"])
  func refused(text: String) {
    #expect(KeyPathText.split(text) == nil)
  }
}
