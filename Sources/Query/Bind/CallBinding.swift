// Binds calls of functions of one row.

import EvtCore

extension ExpressionBinding {
  mutating func call(
    _ syntax: CallSyntax, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    let (name, nameSpan, arguments) = (syntax.name, syntax.nameSpan, syntax.arguments)
    if name == "arrayJoin" { return try arrayJoin(syntax, node) }
    if let select, AggregateName(name) != nil {
      throw source.problem(nameSpan, select.misplaced(aggregate: name), hint: select.hint)
    }
    if syntax.parameters != nil || syntax.isDistinct {
      throw source.problem(
        nameSpan, syntax.isDistinct ? "\(name) takes no DISTINCT" : "\(name) takes no parameters")
    }
    if let written = OperatorCall.kind(name, arguments) {
      return try bind(SyntaxNode(written, span: node.span))
    }
    if let part = try extract(syntax) { return part }
    if let part = try accurateCast(syntax, node) { return part }
    guard FunctionDefinition.named(name) != nil else {
      throw UnknownFunction.problem(
        name, isInSelect: select != nil, nameSpan, source)
    }
    return try call(name, arguments, name, nameSpan)
  }

  /// Binds a call of a function that is there.
  mutating func call(
    _ name: String, _ arguments: [SyntaxNode], _ shownName: String, _ nameSpan: SourceSpan
  ) throws(QueryError) -> BoundPart {
    var parts: [BoundPart] = []
    var nodes = arguments
    if let first = arguments.first, case .lambda(let names, let body) = first.kind {
      guard FunctionDefinition.named(name)?.takesLambda == true else {
        throw source.problem(first.span, "\(shownName) takes no function ->")
      }
      for argument in arguments.dropFirst() { parts.append(try bind(argument)) }
      parts.insert(try map(names, body, parts, first), at: 0)
    } else {
      let takesInterval = FunctionDefinition.named(name)?.takesInterval == true
      for argument in arguments {
        guard takesInterval, case .interval(let amount, let unit) = argument.kind else {
          parts.append(try bind(argument))
          continue
        }
        nodes.insert(amount, at: parts.count)
        parts += [try bind(amount), BoundPart(.text(unit.rawValue.lowercased()))]
      }
    }
    return try call(named: name, parts, nodes, shownName, nameSpan)
  }

  /// Binds a call whose arguments are bound.
  func call(
    named name: String, _ arguments: [BoundPart], _ nodes: [SyntaxNode], _ shownName: String,
    _ span: SourceSpan, variant: String = ""
  ) throws(QueryError) -> BoundPart {
    guard let definition = FunctionDefinition.named(name) else {
      preconditionFailure("BUG: there is no function \(name)")
    }
    return try call(definition, arguments, nodes, shownName, span, variant: variant)
  }

  func call(
    _ function: FunctionDefinition, _ arguments: [BoundPart], _ nodes: [SyntaxNode],
    _ shownName: String, _ span: SourceSpan, variant: String = "",
    readsColumn: Bool = false
  ) throws(QueryError) -> BoundPart {
    guard function.arity.contains(arguments.count) else {
      let arity = function.arity
      let wanted =
        arity.count == 1 ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
      throw source.problem(
        span,
        "\(shownName) takes \(wanted) argument\(wanted == "1" ? "" : "s"), not \(arguments.count)")
    }
    var parts = arguments
    for (index, part) in arguments.enumerated() {
      let wanted = function.parameter(index)
      guard !part.families.isEmpty, part.families.isDisjoint(with: wanted) else { continue }
      guard part.families == .bool, wanted.contains(.number) else {
        throw source.problem(
          nodes[index].span,
          "\(shown(part, nodes[index])), but \(shownName) takes \(wanted.description) here")
      }
      parts[index].expression = .arithmetic(.add, part.expression, .constant(.int(0)))
      parts[index].families = .number
    }
    let families = function.result(parts)
    guard families == .time || families == .any || !families.contains(.time) else {
      throw source.problem(
        span, "\(shownName) would give \(families.description): times mix with nothing else")
    }
    var zone = parts.first?.zone
    if let place = function.zonePlace, place < parts.count {
      zone = try self.zone(parts[place], nodes[place])
    }
    let context = CallContext(
      constants: parts.map(\.expression.constant), zone: zone ?? .utc, now: binder.now,
      readsColumn: readsColumn)
    let bound: ScalarFunction
    do throws(CallProblem) {
      bound = try ScalarFunction(
        function, context, families: families,
        variant: variant + (readsColumn ? " of a column" : ""))
    } catch {
      let place = nodes.indices.contains(error.argument) ? nodes[error.argument].span : span
      throw source.problem(place, error.message, hint: error.hint)
    }
    var part = BoundPart(
      expression: .call(bound, parts.map(\.expression)), families: families,
      isNullable: function.isNullable(parts.map(\.isNullable)))
    part.element = function.element(parts)
    if function.keepsZone { part.zone = zone }
    return part
  }

  /// The time zone that a constant text names.
  private func zone(_ part: BoundPart, _ node: SyntaxNode) throws(QueryError) -> ZoneRules? {
    guard case .text(let bytes) = part.expression.constant else {
      if case .null = part.expression.constant { return nil }
      throw source.problem(
        node.span, "a time zone is a text in quotes", hint: "write 'Europe/Berlin'")
    }
    return try zone(named: String(decoding: bytes, as: UTF8.self), node.span)
  }

  /// The rules of a time zone.
  func zone(named name: String, _ span: SourceSpan) throws(QueryError) -> ZoneRules {
    do throws(ZoneProblem) {
      return try binder.zones.rules(name)
    } catch {
      throw source.problem(span, error.message, hint: error.hint)
    }
  }

  // MARK: - Functions of items

  /// The argument of a function `x -> …` around `node`, if it is the name of one.
  func local(_ node: SyntaxNode) -> BoundPart? {
    guard !locals.isEmpty, case .name(let parts) = node.kind, parts.count == 1,
      let place = locals.lastIndex(where: { $0.name == parts[0].text })
    else { return nil }
    return BoundPart(expression: .local(place), families: locals[place].families)
  }

  /// The array of what a function gives for the items of `arrays`.
  private mutating func map(
    _ names: [String], _ body: SyntaxNode, _ arrays: [BoundPart], _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    guard !arrays.isEmpty, names.count == arrays.count || arrays.count == 1 else {
      throw source.problem(
        node.span, "the function takes \(names.count) values, but there are \(arrays.count) arrays")
    }
    guard names.count == arrays.count else {
      throw source.problem(
        node.span, "the function takes \(names.count) values of one array",
        hint: "write x.1 and x.2 for the parts of a tuple x")
    }
    let depth = locals.count
    for (name, array) in zip(names, arrays) { locals.append((name, array.element)) }
    defer { locals.removeLast(names.count) }
    let result = try bind(body)
    var part = BoundPart(
      expression: .map(result.expression, firstLocal: depth, arrays.map(\.expression)),
      families: .array, isNullable: arrays.contains { $0.isNullable })
    part.element = result.families
    return part
  }
}
