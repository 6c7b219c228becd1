// Names in a SELECT from several tables.

import Columnar
import EvtCore

/// One of the tables of a join.
struct JoinSide: Sendable {
  /// The name before its columns.
  var alias: String?
  /// Knows its fields.
  var binder: Binder
  var columns: [BoundField]
  /// Whether a row may stand without it.
  var mayBeMissing: Bool

  /// The name before its columns in a join.
  func name(_ number: Int) -> String { alias ?? "#\(number + 1)" }
}

/// A column of a table of a join.
struct JoinOrigin: Sendable {
  var side: Int
  var field: BoundField
}

extension Binder {
  /// The same binder for expressions over the columns of several tables.
  func over(_ sides: [JoinSide]) -> Binder {
    var binder = self
    binder.sides = sides
    return binder
  }

  /// Every column by its table, as `*` shows them.
  var columns: [(table: String?, name: String)] {
    if sides.isEmpty { return allFields.map { (nil, $0.name) } }
    return sides.enumerated().flatMap { number, side in
      side.columns.map { (side.name(number), $0.name) }
    }
  }

  /// The column that a field of the join stands for.
  func origin(of field: BoundField) -> JoinOrigin {
    guard let origin = origins[field] else {
      preconditionFailure("BUG: \(field.name) is of no table")
    }
    return origin
  }

  /// Whether the values of `field` are names of events.
  func isEventName(_ field: BoundField) -> Bool {
    (origins[field]?.field ?? field).role == .event
  }

  /// Finds the column of the dotted name in one of the joined tables: in the one it names, else in
  /// the first one that has it, as ClickHouse does.
  mutating func joinedField(
    _ components: [String], at place: SourceExcerpt?
  ) throws(QueryError) -> BoundField? {
    if components.count > 1,
      let number = sides.indices.first(where: { sides[$0].name($0) == components[0] })
    {
      guard let field = try sides[number].binder.field(Array(components.dropFirst()), at: place)
      else { return nil }
      return joined(field, side: number)
    }
    for number in sides.indices {
      if let field = sides[number].binder.known(components) { return joined(field, side: number) }
    }
    guard let field = try sides[0].binder.field(components, at: place) else { return nil }
    return joined(field, side: 0)
  }

  /// The two columns that USING makes equal.
  mutating func using(
    _ node: SyntaxNode, _ source: SourceText, side: Int
  ) throws(QueryError) -> (BoundField, BoundField) {
    guard case .name(let parts) = node.kind else {
      throw source.problem(node.span, "USING takes the names of columns")
    }
    let place = source.excerpt(node.span)
    let names = parts.map(\.text)
    guard let right = try sides[side].binder.field(names, at: place) else {
      throw .unknownField(name: source.slice(node.span), suggestions: [], at: place)
    }
    let owner = (0..<side).first { sides[$0].binder.known(names) != nil } ?? 0
    guard let left = try sides[owner].binder.field(names, at: place) else {
      throw .unknownField(name: source.slice(node.span), suggestions: [], at: place)
    }
    return (joined(left, side: owner), joined(right, side: side))
  }

  /// The field of a table as one of the join.
  private mutating func joined(_ field: BoundField, side: Int) -> BoundField {
    var joined = BoundField(
      name: "\(sides[side].name(side)).\(field.name)", role: .property, kinds: field.kinds,
      type: field.type)
    joined.isNullable = field.isNullable || sides[side].mayBeMissing
    origins[joined] = JoinOrigin(side: side, field: field)
    return joined
  }
}
