// Which hosts are on this machine or in a private network, in all ways they can be written.

import Glibc

/// Tells hosts that a file of rules may only reach when it says so: an address that somebody else
/// chose must not make evt ask the services behind the firewall.
///
/// Only what is written is judged. A public name that leads to a private address is not found out.
enum PrivateHost {
  /// Whether `host`, in lower case, is a name or an address that is not public.
  static func contains(_ host: String) -> Bool {
    if host.hasPrefix("[") { return groups(host).map(isPrivate) ?? true }
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    if let address = ipv4(name) { return isPrivate(address) }
    let names = ["localhost", "ip6-localhost", "ip6-loopback"]
    let domains = [".localhost", ".localdomain", ".local", ".internal"]
    return names.contains(name) || domains.contains { name.hasSuffix($0) }
  }

  /// Whether `host` in brackets is an IPv6 address, without a zone.
  static func isIPv6(_ host: String) -> Bool { groups(host) != nil }

  /// Whether `name` is a name, or an address of IPv4 that can be read: with a last label that is a
  /// number it can be nothing else.
  static func isSound(_ name: String) -> Bool {
    let labels = (name.hasSuffix(".") ? name.dropLast() : name[...]).split(
      separator: ".", omittingEmptySubsequences: false)
    guard let last = labels.last else { return false }
    let isNumber = last.utf8.allSatisfy { (0x30...0x39).contains($0) } || last.hasPrefix("0x")
    return !isNumber || ipv4(name.hasSuffix(".") ? String(name.dropLast()) : name) != nil
  }

  /// The address that `text` means to inet_aton(3) and so to every client: one to four numbers,
  /// decimal, octal with 0 or hexadecimal with 0x in front, the last one filling what is left.
  static func ipv4(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...4).contains(parts.count) else { return nil }
    var address: UInt64 = 0
    for (index, part) in parts.enumerated() {
      guard let number = number(part) else { return nil }
      let isLast = index == parts.count - 1
      let bits = UInt64(isLast ? 8 * (4 - index) : 8)
      guard number < 1 << bits else { return nil }
      address = address << bits | number
    }
    return UInt32(address)
  }

  private static func number(_ text: Substring) -> UInt64? {
    let (digits, radix) =
      text.hasPrefix("0x")
      ? (text.dropFirst(2), 16)
      : text.count > 1 && text.hasPrefix("0") ? (text.dropFirst(), 8) : (text, 10)
    // A bare 0x is zero to inet_aton.
    if digits.isEmpty { return radix == 16 ? 0 : nil }
    guard digits.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }) else { return nil }
    return UInt64(digits, radix: radix)
  }

  /// Networks that are not public, by first address and length of the prefix: RFC 6890 and others.
  private static let networks: [(first: UInt32, prefix: UInt32)] = [
    (0x0000_0000, 8),  // this network
    (0x0A00_0000, 8),  // private
    (0x6440_0000, 10),  // shared by carriers
    (0x7F00_0000, 8),  // loopback
    (0xA9FE_0000, 16),  // link-local
    (0xAC10_0000, 12),  // private
    (0xC000_0000, 24),  // protocol assignments
    (0xC0A8_0000, 16),  // private
    (0xC612_0000, 15),  // benchmarks
    (0xE000_0000, 3),  // multicast, reserved, broadcast
  ]

  private static func isPrivate(_ address: UInt32) -> Bool {
    networks.contains { (address ^ $0.first) >> (32 - $0.prefix) == 0 }
  }

  /// The eight groups of an IPv6 address in brackets.
  private static func groups(_ host: String) -> [UInt16]? {
    guard host.hasPrefix("["), host.hasSuffix("]") else { return nil }
    var address = in6_addr()
    guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1 else {
      return nil
    }
    return withUnsafeBytes(of: &address) { bytes in
      stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    }
  }

  private static func isPrivate(_ groups: [UInt16]) -> Bool {
    let low = UInt32(groups[6]) << 16 | UInt32(groups[7])
    if groups[..<5].allSatisfy({ $0 == 0 }), groups[5] == 0 || groups[5] == 0xFFFF {
      // Unspecified, loopback, and IPv4 in it, old and new.
      return groups[5] == 0 && low <= 1 || isPrivate(low)
    }
    // IPv4 behind a translator, and 6to4.
    if groups[0] == 0x64, groups[1] == 0xFF9B { return isPrivate(low) || groups[2] != 0 }
    if groups[0] == 0x2002 { return isPrivate(UInt32(groups[1]) << 16 | UInt32(groups[2])) }
    // Unique local, link-local and site-local, multicast.
    return groups[0] & 0xFE00 == 0xFC00 || groups[0] & 0xFF80 == 0xFE80
      || groups[0] & 0xFF00 == 0xFF00
  }
}
