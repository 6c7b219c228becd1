// What the rewriter does to the events of one input: the transforms as seen through its mapping.

import Columnar
import EvtCore

/// The rules of the fields at and below one path.
final class RuleNode: Sendable {
  /// By the bytes of the key.
  let children: [(key: [UInt8], node: RuleNode)]
  /// What is done to the field itself.
  let action: FieldTransforms.Action?
  /// The rules that name it, as indices of `RewritePlan.rules`.
  let rules: [Int]

  /// Builds the tree of `paths`, all of which agree up to `depth`.
  init(_ paths: [RulePath], depth: Int = 0) {
    let own = paths.filter { $0.components.count == depth }
    action = own.map(\.action).max()
    rules = own.map(\.rule)
    var below: [(key: [UInt8], paths: [RulePath])] = []
    for path in paths where path.components.count > depth {
      let key = path.components[depth]
      if let index = below.firstIndex(where: { $0.key == key }) {
        below[index].paths.append(path)
      } else {
        below.append((key, [path]))
      }
    }
    children = below.map { ($0.key, RuleNode($0.paths, depth: depth + 1)) }
  }

  /// The rules of the field `key` of an object here.
  func child(_ key: UnsafeBufferPointer<UInt8>) -> RuleNode? {
    children.first { $0.key.count == key.count && $0.key.elementsEqual(key) }?.node
  }
}

/// One path at which a rule applies.
struct RulePath {
  var components: [[UInt8]]
  var action: FieldTransforms.Action
  var rule: Int
}

/// Everything that happens to the text of an event before it is scanned.
final class RewritePlan: Sendable {
  let lifts: [ParameterLift]
  /// The fields to hide; nil when there are none.
  let root: RuleNode?
  let hash: KeyedHash

  /// The plan for an input of that mapping, or nil when its events are taken as they are.
  ///
  /// A canonical field means all keys that may hold it.
  /// - Throws: `IngestError` of kind `.usage` when the events would have no name or time left.
  init?(_ transforms: FieldTransforms, mapping: FieldMapping) throws {
    lifts = mapping.lifts
    hash = KeyedHash(key: transforms.key)
    guard transforms.hidesFields || !lifts.isEmpty else { return nil }
    var paths: [RulePath] = []
    for (index, rule) in transforms.rules.enumerated() {
      for components in Self.places(of: rule, mapping) {
        try Self.check(rule, components, mapping)
        paths.append(
          RulePath(
            components: components.map { Array($0.utf8) }, action: rule.action, rule: index))
      }
    }
    root = paths.isEmpty ? nil : RuleNode(paths)
    try Self.checkDrops(paths, transforms.rules, mapping)
  }

  /// Whether something must not reach the disk.
  var hidesFields: Bool { root != nil }

  /// Whether a rule lies below the object that `lift` makes.
  func hasRules(below lift: ParameterLift) -> Bool {
    root?.children.contains { $0.key.elementsEqual(lift.target.utf8) } ?? false
  }

  /// The paths that `rule` means.
  private static func places(
    of rule: FieldTransforms.Rule, _ mapping: FieldMapping
  ) -> [[String]] {
    var places = [rule.path]
    if let field = CanonicalField(name: rule.field) {
      places += mapping[field].compactMap { KeyPathText.split($0) }
    }
    // By the time the rules apply, the array has become an object.
    for lift in mapping.lifts where rule.path == [lift.source] { places.append([lift.target]) }
    return places
  }

  private static func check(
    _ rule: FieldTransforms.Rule, _ path: [String], _ mapping: FieldMapping
  ) throws {
    for lift in mapping.lifts
    where lift.source != lift.target && path.count > 1 && path[0] == lift.source {
      throw IngestError(
        .usage,
        "\(rule.description): the values of \(lift.source) are called \(lift.target).KEY")
    }
    guard rule.action != .drop else { return }
    for field in [CanonicalField.event, .timestamp] {
      for key in mapping[field] where isAtOrBelow(key, path) {
        throw IngestError(
          .usage,
          "\(rule.description): '\(key)' can be the \(field.name) of an event "
            + "(mapping \(mapping.name)); name your fields with --map")
      }
    }
  }

  /// Other keys may hold the name and the time, but one must be left.
  private static func checkDrops(
    _ paths: [RulePath], _ rules: [FieldTransforms.Rule], _ mapping: FieldMapping
  ) throws {
    let dropped = paths.filter { $0.action == .drop }
    for field in [CanonicalField.event, .timestamp] {
      let killers = mapping[field].map { key in
        dropped.first { path in
          isAtOrBelow(key, path.components.map { String(decoding: $0, as: UTF8.self) })
        }
      }
      guard let last = killers.last, let last, killers.allSatisfy({ $0 != nil }) else { continue }
      throw IngestError(
        .usage,
        "\(rules[last.rule].description): nothing would be left to be the \(field.name) of an "
          + "event (mapping \(mapping.name))")
    }
  }

  private static func isAtOrBelow(_ key: String, _ path: [String]) -> Bool {
    let components = KeyPathText.split(key) ?? [key]
    return components.count >= path.count
      && zip(components, path).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }
}
