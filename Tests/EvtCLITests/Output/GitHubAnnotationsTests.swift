// Tests of GitHubAnnotations.

import Testing

@testable import EvtCLI

@Suite("GitHub annotations")
struct GitHubAnnotationsTests {
  @Test("there is one line a failure, and nothing else")
  func lines() throws {
    let text = try captured { out in
      GitHubAnnotations.write(
        [
          CheckOutcome(name: "a:>=1", status: .pass, observed: "1", expected: ">=1", detail: ""),
          CheckOutcome(
            name: "b, c:>=50%", status: .fail, observed: "0", expected: ">=1", detail: "x,y: 5%"),
          CheckOutcome(name: "d", status: .warn, observed: "0", expected: "0", detail: "hm"),
        ], command: "verify", to: &out)
    }
    #expect(
      text == "::error title=evt verify%3A b%2C c%3A>=50%25::"
        + "observed 0, expected >=1: x,y: 5%25\n")
  }

  @Test("no name begins a command of its own")
  func escapes() {
    #expect(
      GitHubAnnotations.escaped("a\n::error::b\r\t\u{1B}", isProperty: false)
        == "a%0A::error::b%0D\\u{9}\\u{1B}")
    #expect(GitHubAnnotations.escaped("a::b,%0A", isProperty: true) == "a%3A%3Ab%2C%250A")
  }
}
