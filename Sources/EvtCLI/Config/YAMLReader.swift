// YAML to values with their places. Nothing else knows that configuration files are YAML.

import Yams

/// Reads the one document of a YAML file.
struct YAMLReader {
  private let source: ConfigSource
  /// What stands for the `*` of an alias while Yams reads the text.
  private let mask: Unicode.Scalar
  /// The values with an anchor, by its name; a later one takes its place.
  private var anchors: [String: ConfigNode] = [:]

  /// Bounds of what a small file can unfold to.
  private static let depthMax = 32
  private static let valuesMax = 100_000
  /// Brackets that open, and indicators that may begin nested values on one line: Yams follows
  /// nesting by recursion, so its depth must be bounded before it begins.
  private static let openingsMax = 5_000
  private static let indentMax = 200

  /// Reads `source`.
  /// - Throws: `ConfigError` with the place of the first mistake.
  static func read(_ source: ConfigSource) throws -> ConfigNode {
    var reader = YAMLReader(source)
    return try reader.read()
  }

  private init(_ source: ConfigSource) {
    self.source = source
    let used = Set(source.text.unicodeScalars.lazy.filter { (0xE000...0xF8FF).contains($0.value) })
    let free = (0xE000...0xF8FF as ClosedRange<UInt32>).lazy.compactMap { Unicode.Scalar($0) }
    mask = free.first { !used.contains($0) } ?? "\u{E000}"
  }

  private mutating func read() throws -> ConfigNode {
    let text = try masked()
    do {
      // No rules: a tag by itself must not turn a text into something else.
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      guard let root = try parser.singleRoot() else {
        throw ConfigError(message: "\(source.path): it is empty")
      }
      // The parser holds the anchors' names.
      return try withExtendedLifetime(parser) { try convert(root, depth: 0) }
    } catch let error as YamlError {
      throw config(error)
    }
  }

  // MARK: - Before Yams

  /// The text with the aliases masked: Yams would put a copy of the value in the place of each, and
  /// compare keys by all that they then hold, so that a few lines could take for ever.
  private func masked() throws -> String {
    var masked = ""
    masked.reserveCapacity(source.text.utf8.count + 64)
    var place = ConfigPlace(line: 1, column: 0)
    var openings = 0
    var isIndent = true
    var previous: Unicode.Scalar = "\n"
    var pendingStar = false
    for scalar in source.text.unicodeScalars {
      if scalar == "\n" {
        place = ConfigPlace(line: place.line + 1, column: 0)
        isIndent = true
      } else {
        place.column += 1
        isIndent = isIndent && " \t-?:".unicodeScalars.contains(scalar)
        if scalar == "[" || scalar == "{" { openings += 1 }
        guard openings <= Self.openingsMax, !isIndent || place.column <= Self.indentMax else {
          throw source.error(at: place, "values are nested too deeply, or there are too many")
        }
      }
      if pendingStar { masked.unicodeScalars.append(Self.isInName(scalar) ? mask : "*") }
      pendingStar = scalar == "*" && Self.mayPrecedeAlias(previous)
      if !pendingStar { masked.unicodeScalars.append(scalar) }
      previous = scalar
    }
    return pendingStar ? masked + "*" : masked
  }

  private static func isInName(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (Character(scalar).isLetter || Character(scalar).isNumber)
      || scalar == "_" || scalar == "-"
  }

  private static func mayPrecedeAlias(_ scalar: Unicode.Scalar) -> Bool {
    " \t\r\n[{,:-?".unicodeScalars.contains(scalar)
  }

  /// `text` of a value with the stars that were no aliases.
  private func unmasked(_ text: String) -> String {
    guard text.unicodeScalars.contains(mask) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      result.unicodeScalars.append(scalar == mask ? "*" : scalar)
    }
    return result
  }

  // MARK: - After Yams

  private mutating func convert(_ node: Node, depth: Int) throws -> ConfigNode {
    let place = ConfigPlace(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    guard depth < Self.depthMax else {
      throw source.error(at: place, "values are nested more than \(Self.depthMax) deep")
    }
    var converted: ConfigNode
    switch node {
    case .scalar(let scalar): converted = try convert(scalar, place)
    case .sequence(let sequence):
      converted = ConfigNode(value: .list([]), place: place)
      var elements: [ConfigNode] = []
      for element in sequence {
        elements.append(try convert(element, depth: depth + 1))
        try add(elements.last, to: &converted)
      }
      converted.value = .list(elements)
    case .mapping(let mapping):
      converted = ConfigNode(value: .map([]), place: place)
      var members: [(key: String, keyPlace: ConfigPlace, value: ConfigNode)] = []
      for (key, value) in mapping {
        let keyNode = try convert(key, depth: depth + 1)
        guard case .text(let text, _) = keyNode.value else {
          throw source.error(at: keyNode.place, "a key must be a text, not \(keyNode.kind)")
        }
        members.append((text, keyNode.place, try convert(value, depth: depth + 1)))
        try add(members.last?.value, to: &converted)
      }
      converted.value = .map(members)
    case .alias: throw source.error(at: place, "an alias cannot stand here")
    }
    if let name = node.anchor?.rawValue { anchors[name] = converted }
    return converted
  }

  private func convert(_ scalar: Node.Scalar, _ place: ConfigPlace) throws -> ConfigNode {
    var place = place
    let isPlain = scalar.style == .plain
    let text = unmasked(scalar.string)
    place.length = max(1, text.prefix { !$0.isNewline }.unicodeScalars.count + (isPlain ? 0 : 2))
    guard isPlain, scalar.string.unicodeScalars.first == mask else {
      return ConfigNode(value: .text(text, isPlain: isPlain), place: place)
    }
    guard let value = anchors[String(text.dropFirst())] else {
      throw source.error(
        at: place, "there is no anchor for the alias \(text)",
        help: "a text that begins with * needs quotes")
    }
    return value
  }

  private func add(_ part: ConfigNode?, to whole: inout ConfigNode) throws {
    whole.size += part?.size ?? 0
    guard whole.size <= Self.valuesMax else {
      throw source.error(at: whole.place, "it unfolds to more than \(Self.valuesMax) values")
    }
  }

  // MARK: - Errors

  private func config(_ error: YamlError) -> ConfigError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return source.error(
        at: ConfigPlace(line: mark.line, column: mark.column), "this is no YAML: \(problem)",
        help: "texts with special characters, such as \"*\", need quotes")
    case .duplicatedKeysInMapping(let keys, let context):
      let key = unmasked(keys.first ?? "")
      return source.error(
        at: ConfigPlace(
          line: context.mark.line, column: context.mark.column, length: key.unicodeScalars.count),
        "duplicate key \"\(key)\": it stands here and again below")
    case .reader(let problem, _, _, _):
      return ConfigError(message: "\(source.path): this is no YAML: \(problem)")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return ConfigError(message: "\(source.path): this is no YAML")
    }
  }
}
