// Binds comparisons, and refuses those that can never hold.

import Columnar
import EvtCore

extension ExpressionBinding {
  mutating func compare(
    _ comparison: ComparisonOperator, _ left: SyntaxNode, _ right: SyntaxNode, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    for side in [left, right] where side.kind == .null {
      throw source.problem(
        side.span, "nothing compares with NULL, so this never holds",
        hint: comparison == .notEqual ? "write IS NOT NULL" : "write IS NULL")
    }
    var leftPart = try bind(left)
    var rightPart = try bind(right)
    try asTime(&rightPart, right, besides: leftPart)
    try asTime(&leftPart, left, besides: rightPart)
    Self.asTruth(&rightPart, besides: leftPart)
    Self.asTruth(&leftPart, besides: rightPart)
    try checkFamilies(leftPart, left, rightPart, right, node)
    if comparison == .equal || comparison == .notEqual {
      try checkEventName(rightPart, right, besides: leftPart)
      try checkEventName(leftPart, left, besides: rightPart)
    }
    return BoundPart(
      expression: .compare(comparison, leftPart.expression, rightPart.expression),
      families: .bool)
  }

  mutating func membership(
    _ operand: SyntaxNode, _ items: [SyntaxNode], _ node: SyntaxNode
  ) throws(QueryError) -> BoundExpression {
    let operandPart = try bind(operand)
    var values: [Value] = []
    var fits = false
    for item in items {
      var part = try constantItem(item)
      try asTime(&part, item, besides: operandPart)
      try checkEventName(part, item, besides: operandPart)
      fits =
        fits || part.families.isEmpty || operandPart.families.isEmpty
        || !part.families.isDisjoint(with: operandPart.families)
      values.append(part.expression.constant ?? .null)
    }
    if !fits {
      let first = try constantItem(items[0])
      try checkFamilies(operandPart, operand, first, items[0], node)
    }
    return .membership(operandPart.expression, ValueSet(values))
  }

  private mutating func constantItem(_ item: SyntaxNode) throws(QueryError) -> BoundPart {
    if case .name(let parts) = item.kind, parts.count == 1, parts[0].quote == .none {
      throw source.problem(
        item.span, "\(parts[0].text) is a name, but IN takes a list of values",
        hint: "put a text in quotes: '\(parts[0].text)'")
    }
    let part = try bind(item)
    guard part.expression.constant != nil else {
      throw source.problem(item.span, "IN takes constant values only")
    }
    return part
  }

  mutating func like(
    _ operand: SyntaxNode, _ pattern: SyntaxNode, _ foldsCase: Bool
  ) throws(QueryError) -> BoundExpression {
    let operandPart = try bind(operand)
    let patternPart = try bind(pattern)
    guard case .text(let bytes) = patternPart.expression.constant else {
      throw source.problem(
        pattern.span, "the pattern of LIKE must be a text", hint: "write LIKE '%word%'")
    }
    guard operandPart.families.isEmpty || operandPart.families.contains(.text) else {
      throw source.problem(
        operand.span,
        "\(shown(operandPart, operand)), but LIKE takes text")
    }
    return .like(operandPart.expression, LikePattern(bytes, foldsCase: foldsCase))
  }

  /// Makes a constant text that stands beside a time a time.
  private func asTime(
    _ part: inout BoundPart, _ node: SyntaxNode, besides other: BoundPart
  ) throws(QueryError) {
    guard other.families == .time, case .text(let bytes) = part.expression.constant else { return }
    guard let time = bytes.withUnsafeBytes({ TimeText.parse($0) }) else {
      throw source.problem(
        node.span, "\(source.slice(node.span)) is not a time",
        hint: "write '2026-01-31', '2026-01-31 10:00:00' or '2026-01-31T10:00:00Z'")
    }
    part = BoundPart(.time(time))
  }

  /// Makes 0 or 1 that stands beside a truth value one: it is how ClickHouse shows them.
  private static func asTruth(_ part: inout BoundPart, besides other: BoundPart) {
    guard other.families == .bool, case .int(let number) = part.expression.constant,
      number == 0 || number == 1
    else { return }
    part = BoundPart(.bool(number == 1))
  }

  /// Refuses two sides that have no kind of value in common.
  private func checkFamilies(
    _ left: BoundPart, _ leftNode: SyntaxNode, _ right: BoundPart, _ rightNode: SyntaxNode,
    _ node: SyntaxNode
  ) throws(QueryError) {
    guard !left.families.isEmpty, !right.families.isEmpty,
      left.families.isDisjoint(with: right.families)
    else { return }
    throw source.problem(
      node.span, "\(shown(left, leftNode)), but \(shown(right, rightNode)): this never holds",
      hint: mendingHint(left, leftNode, right, rightNode)
        ?? mendingHint(right, rightNode, left, leftNode))
  }

  /// How to write the constant `part` so that it can equal `other`.
  private func mendingHint(
    _ part: BoundPart, _ node: SyntaxNode, _ other: BoundPart, _ otherNode: SyntaxNode
  ) -> String? {
    guard let constant = part.expression.constant else { return nil }
    let shown = source.slice(node.span)
    switch constant {
    case .text(let bytes):
      if other.families.contains(.number), ExactDecimal(parsing: bytes) != nil {
        return "write \(String(decoding: bytes, as: UTF8.self)) without quotes"
      }
      let word = String(decoding: bytes, as: UTF8.self).lowercased()
      if other.families.contains(.bool), word == "true" || word == "false" {
        return "write \(word) without quotes"
      }
      return nil
    case .int, .double, .decimal:
      if other.families.contains(.text) { return "write '\(shown)' in quotes" }
      if other.families.contains(.bool) { return "write true or false" }
      if other.families.contains(.time) { return "write a time in quotes: '2026-01-31'" }
      return nil
    case .bool:
      return other.families.contains(.text) ? "write '\(shown)' in quotes" : nil
    case .null, .json, .time, .date, .array, .tuple:
      return nil
    }
  }

  /// Refuses the name of an event that the store has never seen.
  private mutating func checkEventName(
    _ part: BoundPart, _ node: SyntaxNode, besides other: BoundPart
  ) throws(QueryError) {
    guard let field = field(other), binder.isEventName(field),
      case .text(let bytes) = part.expression.constant
    else {
      return
    }
    try binder.checkEvent(
      String(decoding: bytes, as: UTF8.self), at: source.excerpt(node.span))
  }
}
