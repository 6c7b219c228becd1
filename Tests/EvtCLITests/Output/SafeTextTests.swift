// Tests of SafeText: what a terminal would obey is shown instead.

import Testing

@testable import EvtCLI

@Suite("Safe text")
struct SafeTextTests {
  @Test(
    "dangerous characters are escaped",
    arguments: [
      ("\u{1B}[31m", "\\u{1B}[31m"), ("a\nb\tc", "a\\u{A}b\\u{9}c"), ("\u{9B}2J", "\\u{9B}2J"),
      ("\u{7F}", "\\u{7F}"), ("\u{0}", "\\u{0}"), ("x\u{202E}y", "x\\u{202E}y"),
      ("\u{2066}", "\\u{2066}"), ("\u{200B}\u{200F}", "\\u{200B}\\u{200F}"),
      ("\u{FEFF}", "\\u{FEFF}"), ("\u{2028}", "\\u{2028}"),
    ])
  func escapes(_ text: String, _ shown: String) {
    #expect(SafeText.escaped(text) == shown)
  }

  @Test(
    "other text stays as it is",
    arguments: ["", "plain", "crème brûlée", "ノート", "👍🏽", "a\\b"])
  func keeps(_ text: String) {
    #expect(SafeText.escaped(text) == text)
  }
}
