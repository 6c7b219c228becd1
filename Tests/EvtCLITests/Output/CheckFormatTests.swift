// Tests of CheckFormat.

import Testing

@testable import EvtCLI

@Suite("Check format")
struct CheckFormatTests {
  @Test("every name that help lists is a format")
  func names() {
    let formats = CheckFormat.allValueStrings.map { CheckFormat(argument: $0) }
    #expect(formats.count == 8)
    for (name, format) in zip(CheckFormat.allValueStrings, formats) {
      #expect(format?.defaultValueDescription == name)
    }
    #expect(CheckFormat(argument: "xml") == nil)
  }

  @Test(
    "the suffix of a file tells its format",
    arguments: [
      ("evt.xml", .junit), ("a/EVT.XML", .junit), ("x.json", .answer(.json)),
      ("x.md", .answer(.markdown)), ("xml", nil), ("x.yaml", nil),
    ] as [(String, CheckFormat?)])
  func suffixes(_ path: String, _ format: CheckFormat?) {
    #expect(CheckFormat(suffixOf: path) == format)
  }
}
