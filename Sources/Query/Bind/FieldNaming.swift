// The names by which a person can call the fields of a store.

import Columnar
import EvtCore

/// The fields of a store under the shortest names that mean them: `total` for `properties.total`
/// where no other path ends in it.
public struct FieldNaming: Sendable {
  private let catalog: FieldCatalog

  /// Creates the names of `known` fields.
  public init(_ known: [SegmentSummary.Field]) { catalog = FieldCatalog(known) }

  /// Returns each field that has a wanted name, with the shortest such name as components;
  /// canonical fields first, the others by path.
  public func names(
    where isWanted: ([String]) -> Bool
  ) -> [(field: BoundField, components: [String])] {
    var wanted: [(field: BoundField, names: [[String]])] = []
    // Whoever calls a name wanted calls it so for every field: what is counted here is complete.
    var endings: [ExactText: Int] = [:]
    var seen: Set<BoundField> = []
    for field in catalog.all where seen.insert(field).inserted {
      let path = FieldPath.components(of: field.name)
      let names = path.indices.reversed().map { Array(path[$0...]) }.filter(isWanted)
      for name in names where name.count < path.count {
        endings[ExactText(FieldPath.text(of: name)), default: 0] += 1
      }
      if !names.isEmpty { wanted.append((field, names)) }
    }
    return wanted.compactMap { field, names in
      names.first { means($0, field, endings) }.map { (field, $0) }
    }
  }

  /// Whether `FieldCatalog.resolve` finds `field` under `name`.
  private func means(_ name: [String], _ field: BoundField, _ endings: [ExactText: Int]) -> Bool {
    let text = FieldPath.text(of: name)
    var places = [text, "properties." + text, "context." + text]
    if name.count == 1 { places.insert(name[0], at: 0) }
    let exact = places.lazy.compactMap { catalog.exact($0) }.first
    return exact.map { $0 == field } ?? (endings[ExactText(text)] == 1)
  }

  /// The name as `--by`, `--agg` and `--columns` take it: odd components in backticks.
  public static func key(_ components: [String]) -> String { FieldPath.text(of: components) }

  /// The name as an expression takes it: what is no plain name, or a word of the language, in
  /// backticks.
  public static func expression(_ components: [String]) -> String {
    var parts = components.map { isPlain($0) ? $0 : quoted($0) }
    let text = parts.joined(separator: ".")
    if let expression = try? Expression(parsing: text), expression.isName { return text }
    parts[0] = quoted(components[0])
    return parts.joined(separator: ".")
  }

  private static func isPlain(_ component: String) -> Bool {
    component.utf8.first.map(Lexer.startsName) == true
      && component.utf8.allSatisfy { Lexer.startsName($0) || Lexer.isDigit($0) }
  }

  private static func quoted(_ component: String) -> String {
    let doubled = component.replacing("\\", with: "\\\\").replacing("`", with: "``")
    return "`" + doubled + "`"
  }
}
