// IP addresses become networks, and everything else is told to be none.

import Testing

@testable import Ingest

@Suite("Network addresses")
struct NetworkAddressTests {
  private static func network(_ text: String) -> String? {
    Array(text.utf8).withUnsafeBufferPointer { NetworkAddress.network(of: $0) }
  }

  @Test(
    "an address becomes its network",
    arguments: [
      ("203.0.113.77", "203.0.113.0"), ("10.1.2.0", "10.1.2.0"),
      ("255.255.255.255", "255.255.255.0"),
      ("0.0.0.1", "0.0.0.0"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"), ("::1", "::"),
      ("2001:DB8:1::", "2001:db8:1::"), ("fe80::1", "fe80::"),
      ("::ffff:203.0.113.77", "::ffff:203.0.113.0"), ("::FFFF:cb00:714d", "::ffff:203.0.113.0"),
    ])
  func networks(address: String, network: String) { #expect(Self.network(address) == network) }

  @Test(
    "what is no address is none",
    arguments: [
      "", "x", "203.0.113", "203.0.113.256", "203.0.113.7 ", " 203.0.113.7", "203.0.113.7:80",
      "203.0.113.7, 10.0.0.1", "[::1]", "fe80::1%eth0", "1", "203.0.113.07.1", "::1\u{0}",
      "203.0.113.7\u{0}", ":::", String(repeating: "1", count: 100),
    ])
  func noAddresses(text: String) { #expect(Self.network(text) == nil) }
}
