// Tests of EndpointURL: which addresses are taken, and which hosts are private in any notation.

import Testing

@testable import EvtCLI

@Suite("Endpoint URL")
struct EndpointURLTests {
  private static func check(_ text: String, allowsPrivate: Bool = false) -> EndpointURL? {
    try? EndpointURL(checking: text, allowsPrivate: allowsPrivate)
  }

  @Test(
    "what may be shown is scheme, host and port",
    arguments: [
      ("https://hooks.slack.com/services/T0/B1/x?y#z", "https://hooks.slack.com"),
      ("HTTP://Example.ORG:8080/x", "http://example.org:8080"),
      ("https://user:pass@example.org/", "https://example.org"),
      ("https://example.org", "https://example.org"),
      ("https://example.org?x=1", "https://example.org"),
      ("http://93.184.216.34/x", "http://93.184.216.34"),
      ("https://[2606:2800:220:1::1]:8443/x", "https://[2606:2800:220:1::1]:8443"),
      ("https://a-b.c_d.example./", "https://a-b.c_d.example."),
    ])
  func shown(_ text: String, _ shown: String) {
    let url = Self.check(text)
    #expect(url?.shown == shown)
    #expect(url?.secret == text)
  }

  @Test(
    "what could be understood in several ways, or is no HTTP, is refused",
    arguments: [
      "", "example.org", "ftp://example.org/", "file:///etc/passwd", "https:/example.org",
      "https://", "https:///x", "https://?x", "https://example.org:0/",
      "https://example.org:99999/",
      "https://example.org:80x/", "https://exa mple.org/", "https://example.org\\@127.0.0.1/",
      "https://a@b@example.org/", "https://example.org/\n", "https://exämple.org/",
      "https://127。0。0。1/", "https://%31%32%37.0.0.1/", "https://.example.org/",
      "https://a..b/", "https://256.256.256.256/", "https://1.2.3.4.5/", "https://0x100000000/",
      "https://08.1.1.1/", "https://[::1/", "https://[::g]/", "https://[fe80::1%25eth0]/",
      "https://example.org:+80/", "gopher://example.org/", "javascript://x",
      "https://example.org/\u{0}",
    ])
  func refused(_ text: String) {
    #expect(Self.check(text, allowsPrivate: true) == nil)
  }

  @Test(
    "private hosts are refused in every notation, unless they are allowed",
    arguments: [
      "localhost", "LOCALHOST", "localhost.", "x.localhost", "printer.local", "db.internal",
      "host.localdomain", "ip6-localhost", "127.0.0.1", "127.1", "127.0.1", "2130706433",
      "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "127.255.255.254", "0",
      "0.0.0.0", "0x", "10.0.0.1", "10.255.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
      "192.168.257", "169.254.169.254", "0xa9fea9fe", "2852039166", "100.64.0.1",
      "100.127.255.255", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[::]",
      "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a00:1]",
      "[::127.0.0.1]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]",
      "[64:ff9b::7f00:1]", "[64:ff9b::169.254.169.254]", "[2002:7f00:1::]", "[2002:c0a8:1::]",
    ])
  func privateHosts(_ host: String) {
    #expect(Self.check("http://\(host)/x") == nil, "\(host)")
    #expect(Self.check("http://u:p@\(host):81/x") == nil, "\(host)")
    #expect(Self.check("http://\(host)/x", allowsPrivate: true) != nil, "\(host)")
  }

  @Test(
    "public hosts are not",
    arguments: [
      "example.org", "localhost.example.org", "local", "internal", "mylocal.org", "11.0.0.1",
      "9.255.255.255", "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1",
      "100.63.255.255", "100.128.0.1", "169.253.255.255", "126.255.255.255", "128.0.0.1",
      "198.17.255.255", "198.20.0.1", "223.255.255.255", "134744072", "0x08080808",
      "010.8.8.8", "8.8.2056", "[2001:4860:4860::8888]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]",
      "[2002:808:808::]", "[fbff::1]", "1e100.net", "0xg.org", "7.example",
    ])
  func publicHosts(_ host: String) {
    #expect(Self.check("https://\(host)/x") != nil, "\(host)")
  }

  @Test("the error of an address does not show it")
  func errors() {
    for text in ["https://127.0.0.1/T0P", "ftp://x/T0P", "https://a b/T0P", "https://x:0/T0P"] {
      do {
        _ = try EndpointURL(checking: text, allowsPrivate: false)
        Issue.record("\(text) was taken")
      } catch {
        #expect(!error.message.contains("T0P") && error.help?.contains("T0P") != true)
      }
    }
  }
}
