// Tests of JUnitXML: any name gives a document that parsers take.

import Foundation
import FoundationXML
import Testing

@testable import EvtCLI

@Suite("JUnit XML")
struct JUnitXMLTests {
  /// Collects what a parser of XML sees.
  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) { elements.append((name, attributes)) }
  }

  @Test("a document has a test case a check, and a failure in those that failed")
  func document() throws {
    let text = try captured { out in
      JUnitXML.write(
        [
          CheckOutcome(name: "a", status: .pass, observed: "1", expected: ">=1", detail: ""),
          CheckOutcome(name: "b", status: .fail, observed: "0", expected: ">=1", detail: "why"),
          CheckOutcome(name: "c", status: .warn, observed: "0", expected: "0", detail: "hm"),
        ], command: "verify", to: &out)
    }
    #expect(
      text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="evt" tests="3" failures="1" errors="0">
          <testsuite name="evt verify" tests="3" failures="1" errors="0" skipped="0">
            <testcase classname="evt.verify" name="a"/>
            <testcase classname="evt.verify" name="b">
              <failure message="observed 0, expected &gt;=1: why"/>
            </testcase>
            <testcase classname="evt.verify" name="c">
              <system-out>observed 0, expected 0: hm</system-out>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test("every character of the basic plane passes an XML parser, and the harmless ones unchanged")
  func everyCharacter() throws {
    let scalars = (0...0xFFFF).compactMap { Unicode.Scalar(UInt32($0)) }
    for start in stride(from: 0, to: scalars.count, by: 4096) {
      var name = ""
      for scalar in scalars[start..<min(start + 4096, scalars.count)] {
        name.unicodeScalars.append(scalar)
      }
      let text = try captured { out in
        JUnitXML.write(
          [CheckOutcome(name: name, status: .fail, observed: "0", expected: "1", detail: name)],
          command: "verify", to: &out)
      }
      let reader = Reader()
      let parser = XMLParser(data: Data(text.utf8))
      parser.delegate = reader
      #expect(parser.parse(), "from U+\(String(start, radix: 16)): \(parser.parserError as Any)")
      let found = reader.elements.first { $0.name == "testcase" }?.attributes["name"]
      var shown = ""
      for scalar in SafeText.escaped(name).unicodeScalars {
        if scalar.value < 0xFFFE {
          shown.unicodeScalars.append(scalar)
        } else {
          shown += "\\u{\(String(scalar.value, radix: 16))}"
        }
      }
      #expect(found?.unicodeScalars.elementsEqual(shown.unicodeScalars) == true)
    }
  }
}
