// Takes a mapping of a configuration file apart: wanted keys, and nothing else.

import EvtCore

/// A mapping whose keys are known.
struct ConfigMap {
  let source: ConfigSource
  let place: ConfigPlace
  /// What the mapping is, for messages: "rule \"a\"".
  private let noun: String
  private let members: [(key: String, keyPlace: ConfigPlace, value: ConfigNode)]

  /// Takes `node`, which must be a mapping.
  /// - Throws: `ConfigError`.
  init(_ node: ConfigNode, _ source: ConfigSource, noun: String) throws(ConfigError) {
    guard case .map(let members) = node.value else {
      throw source.error(at: node.place, "\(noun) must be a mapping of keys, not \(node.kind)")
    }
    self.source = source
    self.noun = noun
    self.members = members
    place = node.place
  }

  /// The members in the order of the file.
  var all: [(key: String, keyPlace: ConfigPlace, value: ConfigNode)] { members }

  /// Refuses keys other than `known`.
  /// - Parameter elsewhere: keys that mean something, but not here.
  func requireKeys(_ known: [String], elsewhere: [String] = []) throws(ConfigError) {
    for member in members where !known.contains(member.key) {
      let help = "keys of \(noun) are \(known.joined(separator: ", "))"
      if elsewhere.contains(member.key) {
        throw source.error(
          at: member.keyPlace, "the key \"\(member.key)\" means nothing for \(noun)", help: help)
      }
      throw source.error(
        at: member.keyPlace,
        "unknown key \"\(member.key)\"" + NearestNames.question(member.key, among: known),
        help: help)
    }
  }

  /// The value of `key`, nil when it is not there.
  func node(_ key: String) -> ConfigNode? { members.first { $0.key == key }?.value }

  /// The value of `key`.
  /// - Throws: `ConfigError` when it is not there.
  func required(_ key: String) throws(ConfigError) -> ConfigNode {
    guard let node = node(key) else {
      throw source.error(at: place, "\(noun): the key \"\(key)\" is missing")
    }
    return node
  }

  /// The text of `node`, the value of `key`; numbers and words are texts, too.
  func text(_ node: ConfigNode, _ key: String) throws(ConfigError) -> String {
    guard case .text(let text, _) = node.value, !node.isEmpty, !text.isEmpty else {
      throw wrong(node, key, "a text")
    }
    return text
  }

  /// A name of letters, digits, `_`, `-` and `.`.
  func name(_ node: ConfigNode, _ key: String) throws(ConfigError) -> String {
    let text = try text(node, key)
    try ConfigMap.requireName(text, node.place, key, source)
    return text
  }

  /// Refuses a name of other characters than letters, digits, `_`, `-` and `.`, or of too many.
  static func requireName(
    _ text: String, _ place: ConfigPlace, _ key: String, _ source: ConfigSource
  ) throws(ConfigError) {
    let isSound = text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        || "_-.".unicodeScalars.contains(scalar)
    }
    guard isSound, !text.isEmpty, text.utf8.count <= 100 else {
      throw source.error(
        at: place, "\(key): \"\(text)\" is no name",
        help: "a name has up to 100 letters, digits, _, - and .")
    }
  }

  /// A number, which may have a fraction.
  func number(_ node: ConfigNode, _ key: String) throws(ConfigError) -> Double {
    guard case .text(let text, let isPlain) = node.value, let number = Self.number(text) else {
      throw wrong(node, key, "a number")
    }
    guard isPlain else { throw wrong(node, key, "a number without quotes") }
    return number
  }

  private static func number(_ text: String) -> Double? {
    guard NumberText.parse(text) != nil, let number = Double(text), number.isFinite else {
      return nil
    }
    return number
  }

  /// `true` or `false`.
  func flag(_ node: ConfigNode, _ key: String) throws(ConfigError) -> Bool {
    guard case .text(let text, isPlain: true) = node.value, let flag = Bool(text) else {
      throw wrong(node, key, "true or false")
    }
    return flag
  }

  /// A length of time in nanoseconds.
  func span(_ node: ConfigNode, _ key: String) throws(ConfigError) -> Int64 {
    let text = try text(node, key)
    do {
      guard let length = try TimeSpan(parsing: text).fixedNanoseconds else {
        throw source.error(
          at: node.place, "\(key): \(text) has no fixed length", help: "write it in days: 30d")
      }
      return length
    } catch let error as TimeInputError {
      throw source.error(at: node.place, "\(key): \(error.description)")
    } catch let error as ConfigError {
      throw error
    } catch {
      preconditionFailure("BUG: another error of a length of time")
    }
  }

  /// One of the values of an enumeration.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: ConfigNode, _ key: String
  ) throws(ConfigError) -> Choice where Choice.RawValue == String {
    let text = try text(node, key)
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    throw source.error(
      at: node.place, "unknown \(key) \"\(text)\"" + NearestNames.question(text, among: names),
      help: "\(key) is one of \(names.joined(separator: ", "))")
  }

  /// The elements of a list.
  func list(_ node: ConfigNode, _ key: String) throws(ConfigError) -> [ConfigNode] {
    guard case .list(let elements) = node.value else {
      throw wrong(node, key, "a list")
    }
    return elements
  }

  private func wrong(_ node: ConfigNode, _ key: String, _ expected: String) -> ConfigError {
    source.error(at: node.place, "\(key) must be \(expected), not \(node.kind)")
  }
}

extension NearestNames {
  /// `; did you mean "a" or "b"?`, or nothing when no name is near.
  static func question(_ name: String, among names: some Sequence<String>) -> String {
    let near = find(name, among: names)
    return near.isEmpty
      ? "" : "; did you mean " + near.map { "\"\($0)\"" }.joined(separator: " or ") + "?"
  }
}
