// The address of a webhook: most of it is a secret, and not every host may be asked.

/// An address for HTTP, checked.
struct EndpointURL: Hashable {
  /// The address itself, which must not be shown.
  let secret: String
  /// Scheme, host and port, which may.
  let shown: String

  /// What is wrong with an address; the text does not hold any of it but the host.
  struct Problem: Error, Hashable {
    var message: String
    var help: String?
  }

  /// Checks `text`.
  ///
  /// Whatever a client could understand in another way than this does is refused: it must go where
  /// the check says.
  /// - Parameter allowsPrivate: whether hosts of the own machine and the own network may be asked.
  init(checking text: String, allowsPrivate: Bool) throws(Problem) {
    guard text.utf8.count <= 8_192 else { throw Problem(message: "it is too long") }
    let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F }
    guard isPlain, !text.contains("\\") else {
      throw Problem(
        message: "it holds a space, a backslash or a character beyond ASCII",
        help: "percent-encode them; write the host in its ASCII form")
    }
    guard let colon = text.firstRange(of: "://"),
      let scheme = ["http", "https"].first(where: { $0 == text[..<colon.lowerBound].lowercased() })
    else {
      throw Problem(message: "it does not begin with http:// or https://")
    }
    let rest = text[colon.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count <= 2, let place = parts.last else {
      throw Problem(message: "it holds more than one @ before its path")
    }
    let (host, port) = try Self.split(String(place))
    if !allowsPrivate, PrivateHost.contains(host) {
      throw Problem(
        message: "\(host) is on this machine or in a private network",
        help: "allow_private: true lets this channel reach it")
    }
    secret = text
    shown = "\(scheme)://\(host)" + (port.isEmpty ? "" : ":\(port)")
  }

  /// Splits host and port.
  private static func split(_ place: String) throws(Problem) -> (host: String, port: String) {
    var host = place[...]
    var port = place[place.endIndex...]
    if place.hasPrefix("["), let close = place.firstIndex(of: "]") {
      host = place[...close]
      port = place[place.index(after: close)...]
    } else if let colon = place.firstIndex(of: ":") {
      host = place[..<colon]
      port = place[colon...]
    }
    let digits = port.dropFirst()
    let isPort = digits.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt16(digits) ?? 0 > 0
    guard port.isEmpty || (port.hasPrefix(":") && isPort) else {
      throw Problem(message: "its port is no number from 1 to 65535")
    }
    let name = String(host).lowercased()
    if name.hasPrefix("[") {
      guard PrivateHost.isIPv6(name) else { throw Problem(message: "its host is no IPv6 address") }
    } else {
      let isName = name.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
          || [0x2D, 0x2E, 0x5F].contains(byte)
      }
      guard isName, name.utf8.contains(where: { $0 != 0x2E }), !name.hasPrefix("."),
        !name.contains("..")
      else { throw Problem(message: "its host is no name and no address") }
      guard PrivateHost.isSound(name) else {
        throw Problem(message: "its host is a number, but no IPv4 address")
      }
    }
    return (name, String(port.dropFirst()))
  }
}
