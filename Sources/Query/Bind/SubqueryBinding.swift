// Binds what other queries answered: values, sets, and whether there was a row.

import EvtCore

extension ExpressionBinding {
  /// The answer of a query in parentheses, which was run before the query around it was bound.
  func answer(_ query: QuerySyntax, _ node: SyntaxNode) throws(QueryError) -> SelectAnswer {
    guard let answer = select?.answers[query.span.start] else {
      throw source.problem(node.span, "a sub-query is not supported here")
    }
    return answer
  }

  /// The one value of a query; null when it has no row.
  func scalar(_ query: QuerySyntax, _ node: SyntaxNode) throws(QueryError) -> BoundPart {
    let answer = try answer(query, node)
    guard answer.rows.count <= 1 else {
      throw source.problem(
        node.span, "the sub-query gives \(answer.rows.count) rows where one value is expected",
        hint: "add LIMIT 1, or an aggregate")
    }
    let families = answer.columns.count == 1 ? answer.columns[0].families : .tuple
    guard let row = answer.rows.first else {
      return BoundPart(expression: .constant(.null), families: families)
    }
    let value = row.count == 1 ? row[0] : .tuple(row)
    return BoundPart(
      expression: .constant(value), families: value.family ?? families, isNullable: value.isNull)
  }

  /// Whether `operand` is among the rows of an answer.
  mutating func membership(
    _ operand: SyntaxNode, _ answer: SelectAnswer, _ node: SyntaxNode
  ) throws(QueryError) -> BoundExpression {
    let part = try bind(operand)
    let families = answer.columns.count == 1 ? answer.columns[0].families : .tuple
    guard part.families.isEmpty || families.isEmpty || !part.families.isDisjoint(with: families)
    else {
      throw source.problem(
        node.span,
        "\(shown(part, operand)), but the sub-query gives \(families.description):"
          + " this never holds")
    }
    let values = answer.rows.map { $0.count == 1 ? $0[0] : Value.tuple($0) }
    return .membership(part.expression, ValueSet(values, families: families))
  }

  /// `a IN name`: a table of WITH, or what the name stands for.
  mutating func membership(
    _ operand: SyntaxNode, named name: SyntaxNode, _ node: SyntaxNode
  ) throws(QueryError) -> BoundExpression {
    guard case .name(let parts) = name.kind else {
      preconditionFailure("BUG: a named list without a name")
    }
    if let meant = select?.alias(parts) {
      switch meant.kind {
      case .array(let items), .tuple(let items): return try membership(operand, items, node)
      case .query(let query): return try membership(operand, try answer(query, node), node)
      default: return try membership(operand, [meant], node)
      }
    }
    if parts.count == 1, let answer = select?.answers[name.span.start] {
      return try membership(operand, answer, node)
    }
    throw source.problem(
      name.span, "IN needs a list in parentheses", hint: "write IN ('a', 'b')")
  }
}
