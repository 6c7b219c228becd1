// Tests of CurlRequest: what curl is told, and that nothing in it can become an option.

import Testing

@testable import EvtCLI

@Suite("Curl request")
struct CurlRequestTests {
  private static func request(_ body: String, timeout: Int = 10_000) throws -> CurlRequest {
    var endpoint = AlertEndpoint(
      url: try EndpointURL(checking: "https://example.org/a?b=[c]", allowsPrivate: false))
    endpoint.headers = [("X-A", "b \"c\"")]
    endpoint.timeoutMillis = timeout
    return CurlRequest(endpoint: endpoint, body: body)
  }

  @Test("the configuration says everything that matters")
  func config() throws {
    #expect(
      try Self.request(#"{"a":"\\ \" é"}"#, timeout: 500).config == #"""
        silent
        globoff
        proto = "=http,https"
        max-time = "0.500"
        output = "/dev/null"
        write-out = "%{http_code}"
        user-agent = "evt/\#(Version.number)"
        request = "POST"
        header = "Content-Type: application/json"
        header = "Expect:"
        header = "X-A: b \"c\""
        data-binary = "{\"a\":\"\\\\ \\\" é\"}"
        url = "https://example.org/a?b=[c]"

        """#)
  }

  @Test("no value ends its line or its quotes")
  func quoting() {
    let line = CurlRequest.option("header", "a\"\nurl = \"file:///etc/passwd\\\r\t")
    #expect(line == #"header = "a\"\nurl = \"file:///etc/passwd\\\r\t""#)
  }
}
