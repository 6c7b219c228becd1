// The outcome of checks as JUnit's XML, which every build server reads.

/// Writes a test suite with a test case a check.
enum JUnitXML {
  /// Appends the document.
  static func write(_ outcomes: [CheckOutcome], command: String, to out: inout OutputBuffer) {
    let failures = outcomes.count { $0.status == .fail }
    let counts = "tests=\"\(outcomes.count)\" failures=\"\(failures)\" errors=\"0\""
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    out.append("<testsuites name=\"evt\" \(counts)>\n")
    out.append("  <testsuite name=\"evt \(escaped(command))\" \(counts) skipped=\"0\">\n")
    for outcome in outcomes { write(outcome, command: command, to: &out) }
    out.append("  </testsuite>\n</testsuites>\n")
  }

  private static func write(
    _ outcome: CheckOutcome, command: String, to out: inout OutputBuffer
  ) {
    out.append(
      "    <testcase classname=\"evt.\(escaped(command))\" name=\"\(escaped(outcome.name))\"")
    switch outcome.status {
    case .pass where outcome.detail.isEmpty:
      out.append("/>\n")
    case .pass, .warn:
      out.append(">\n      <system-out>\(escaped(outcome.message))</system-out>\n    </testcase>\n")
    case .fail:
      out.append(">\n      <failure message=\"\(escaped(outcome.message))\"/>\n    </testcase>\n")
    }
  }

  /// `text` for an attribute or between tags. XML has no way to write most control characters, so
  /// they are shown as a terminal would show them; and so are the two that are no characters.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in SafeText.escaped(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case "\u{FFFE}", "\u{FFFF}": result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
