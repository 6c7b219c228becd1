// Reads one channel of a file of rules.

import EvtCore

/// Makes a channel of what the file says.
struct AlertChannelReader {
  let source: ConfigSource
  let name: String

  private static let timeouts = 100_000_000...60_000_000_000 as ClosedRange<Int64>

  /// Reads `node`.
  /// - Throws: `ConfigError`.
  func read(_ node: ConfigNode) throws(ConfigError) -> AlertChannel {
    let map = try ConfigMap(node, source, noun: "channel \"\(name)\"")
    let kind: AlertChannel.Kind = try map.choice(try map.required("type"), "type")
    let httpKeys = ["url", "url_file", "headers", "allow_private", "timeout"]
    try map.requireKeys(
      kind == .stdout ? ["type"] : ["type"] + httpKeys, elsewhere: kind == .stdout ? httpKeys : [])
    guard kind != .stdout else { return AlertChannel(name: name, kind: kind) }
    guard name != AlertChannel.standardOutput.name else {
      throw source.error(at: node.place, "the channel \"\(name)\" is always standard output")
    }
    var endpoint = AlertEndpoint(url: try url(map))
    if let headers = map.node("headers") { endpoint.headers = try self.headers(headers) }
    if let timeout = map.node("timeout") {
      let length = try map.span(timeout, "timeout")
      guard Self.timeouts.contains(length) else {
        throw source.error(at: timeout.place, "timeout must be from 100ms to 60s")
      }
      endpoint.timeoutMillis = Int(length / 1_000_000)
    }
    return AlertChannel(name: name, kind: kind, endpoint: endpoint)
  }

  private func url(_ map: ConfigMap) throws(ConfigError) -> EndpointURL {
    let key: String
    let node: ConfigNode
    var text: String
    switch (map.node("url"), map.node("url_file")) {
    case (let url?, nil):
      (key, node) = ("url", url)
      text = try SecretText.expanded(try map.text(url, key), key, at: url.place, source)
    case (nil, let file?):
      (key, node) = ("url_file", file)
      let path = try SecretText.expanded(try map.text(file, key), key, at: file.place, source)
      text = try SecretText.line(ofFile: resolved(path), key, at: file.place, source)
    case (_?, let file?):
      throw source.error(at: file.place, "url and url_file exclude each other")
    case (nil, nil):
      throw source.error(
        at: map.place, "channel \"\(name)\": the key \"url\" or \"url_file\" is missing")
    }
    let allowsPrivate = try map.node("allow_private").map { node throws(ConfigError) in
      try map.flag(node, "allow_private")
    }
    do {
      return try EndpointURL(checking: text, allowsPrivate: allowsPrivate ?? false)
    } catch {
      throw source.error(at: node.place, "\(key): \(error.message)", help: error.help)
    }
  }

  /// A path as seen from the directory of the file of rules.
  private func resolved(_ path: String) -> String {
    guard !path.hasPrefix("/"), let slash = source.path.lastIndex(of: "/") else { return path }
    return source.path[...slash] + path
  }

  private func headers(_ node: ConfigNode) throws(ConfigError) -> [(name: String, value: String)] {
    let map = try ConfigMap(node, source, noun: "headers")
    var headers: [(name: String, value: String)] = []
    for (key, place, value) in map.all {
      let isToken = key.utf8.allSatisfy { byte in
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
          || byte == 0x2D || byte == 0x5F
      }
      guard isToken, !key.isEmpty else {
        throw source.error(at: place, "headers: \"\(key)\" is no name of a header")
      }
      let text = try SecretText.expanded(
        try map.text(value, "headers: \(key)"), "headers: \(key)", at: value.place, source)
      guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
        throw source.error(at: value.place, "headers: \(key) holds a control character")
      }
      headers.append((key, text))
    }
    return headers
  }
}
