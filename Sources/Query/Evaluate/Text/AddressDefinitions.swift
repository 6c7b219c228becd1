// Functions of the addresses of pages.

extension FunctionDefinition {
  static let addresses: [FunctionDefinition] = [
    part("protocol") { Address($0).scheme },
    part("domain") { Address($0).host },
    part("domainWithoutWWW") { address in
      let host = Address(address).host
      return host.starts(with: "www.".utf8) ? Array(host.dropFirst(4)) : host
    },
    part("topLevelDomain") { address in
      let host = Address(address).host
      guard let dot = host.lastIndex(of: UInt8(ascii: ".")), dot > 0,
        let last = host.last, !(0x30...0x39).contains(last)
      else { return [] }
      return Array(host[(dot + 1)...])
    },
    part("path") { Address($0).path },
    part("queryString") { Address($0).query },
    part("fragment") { Address($0).fragment },
    part("cutQueryString") { address in
      let before = address.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
      return Array(before + address.dropFirst(before.count).drop { $0 != UInt8(ascii: "#") })
    },
    part("cutFragment") { address in Array(address.prefix { $0 != UInt8(ascii: "#") }) },
    FunctionDefinition("extractURLParameter", takes: [.text, .text], gives: .text) { arguments in
      guard let address = arguments[0].textBytes, let name = arguments[1].textBytes else {
        return .null
      }
      let parameters = Address(address).query.split(separator: UInt8(ascii: "&"))
      let wanted = name + [UInt8(ascii: "=")]
      return .text(
        parameters.first { $0.starts(with: wanted) }.map { Array($0.dropFirst(wanted.count)) } ?? []
      )
    },
  ]

  private static func part(
    _ name: String, _ body: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.text], gives: .text) { arguments in
      arguments[0].textBytes.map { .text(body($0)) } ?? .null
    }
  }
}

/// The parts of an address such as `https://user@example.com:80/path?query#fragment`.
private struct Address {
  var scheme: [UInt8] = []
  var host: [UInt8] = []
  var path: [UInt8] = []
  var query: [UInt8] = []
  var fragment: [UInt8] = []

  init(_ text: [UInt8]) {
    var rest = text[...]
    if let slashes = TextFunctions.place(of: Array("//".utf8), in: text) {
      if slashes > 0, text[slashes - 1] == UInt8(ascii: ":") {
        scheme = Array(text[..<(slashes - 1)])
      }
      if slashes == 0 || !scheme.isEmpty { rest = text[(slashes + 2)...] }
    }
    let ends = Array("/?#".utf8)
    let authority = rest.prefix { !ends.contains($0) }
    rest = rest.dropFirst(authority.count)
    let behindUser = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] }
    host = Array((behindUser ?? authority).prefix { $0 != UInt8(ascii: ":") })
    path = Array(rest.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
    rest = rest.dropFirst(path.count)
    if rest.first == UInt8(ascii: "?") {
      query = Array(rest.dropFirst().prefix { $0 != UInt8(ascii: "#") })
      rest = rest.dropFirst(query.count + 1)
    }
    fragment = Array(rest.dropFirst())
  }
}
