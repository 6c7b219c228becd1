// Binds calls of functions of one row.

import EvtCore

extension ExpressionBinding {
  mutating func call(
    _ syntax: CallSyntax, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    let (name, nameSpan, arguments) = (syntax.name, syntax.nameSpan, syntax.arguments)
    if let select, AggregateName(name) != nil {
      throw source.problem(nameSpan, select.misplaced(aggregate: name), hint: select.hint)
    }
    if syntax.parameters != nil || syntax.isDistinct {
      throw source.problem(
        nameSpan, syntax.isDistinct ? "\(name) takes no DISTINCT" : "\(name) takes no parameters")
    }
    switch name.lowercased() {
    case "now" where arguments.isEmpty:
      return BoundPart(.time(TimeFunctions.floor(binder.now, to: 1_000_000_000)))
    case "today" where arguments.isEmpty, "current_date" where arguments.isEmpty:
      return BoundPart(.date(UTCDay(containing: binder.now).number))
    case "yesterday" where arguments.isEmpty:
      return BoundPart(.date(UTCDay(containing: binder.now).number &- 1))
    default: break
    }
    guard let function = ScalarFunction(name: name) else {
      throw UnknownFunction.problem(name, nameSpan, source)
    }
    if function.extractsJSON { return try extract(function, syntax) }
    return try call(function, arguments, name, nameSpan)
  }

  mutating func call(
    _ function: ScalarFunction, _ arguments: [SyntaxNode], _ shownName: String,
    _ nameSpan: SourceSpan
  ) throws(QueryError) -> BoundPart {
    guard function.arity.contains(arguments.count) else {
      let arity = function.arity
      let wanted =
        arity.count == 1 ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
      throw source.problem(
        nameSpan,
        "\(shownName) takes \(wanted) argument\(wanted == "1" ? "" : "s"),"
          + " not \(arguments.count)")
    }
    var parts: [BoundPart] = []
    for (index, argument) in arguments.enumerated() {
      let part = try bind(argument)
      let wanted = function.parameter(index)
      guard part.families.isEmpty || !part.families.isDisjoint(with: wanted) else {
        throw source.problem(
          argument.span,
          "\(shown(part, argument)), but \(shownName) takes \(wanted.description) here")
      }
      parts.append(part)
    }
    let families = function.result(parts.map(\.families))
    guard families == .time || !families.contains(.time) else {
      throw source.problem(
        nameSpan, "\(shownName) would give \(families.description): times mix with nothing else")
    }
    return BoundPart(
      expression: .call(function, parts.map(\.expression)), families: families,
      isNullable: function.isNullable(parts.map(\.isNullable)))
  }

  /// `CAST(x AS Type)`: the function that converts to the type.
  mutating func cast(
    _ operand: SyntaxNode, _ type: TypeSyntax, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    throw source.problem(type.span, "CAST to \(source.slice(type.span)) is not supported")
  }

  /// `[a, b]` and `(a, b)`.
  mutating func collection(
    _ items: [SyntaxNode], _ node: SyntaxNode, _ make: ([Value]) -> Value
  ) throws(QueryError) -> BoundPart {
    throw source.problem(node.span, "arrays and tuples are not supported here")
  }
}
