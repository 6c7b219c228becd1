// The walk over one syntax tree that makes it a bound expression.

import Columnar
import EvtCore

/// A bound part of an expression: what it computes, and what it can be (nothing when unknown).
struct BoundPart {
  var expression: BoundExpression
  var families: ValueFamilies
  /// Whether it can be null for a row.
  var isNullable: Bool
  /// What the items can be if it is an array (nothing when unknown).
  var element: ValueFamilies = []
  /// The clock of a time, as far as the expression names one.
  var zone: ZoneRules?

  static let null = BoundPart(.null)

  init(expression: BoundExpression, families: ValueFamilies, isNullable: Bool = true) {
    self.expression = expression
    self.families = families
    self.isNullable = isNullable
  }

  init(_ value: Value) {
    self.init(
      expression: .constant(value), families: value.family ?? [], isNullable: value.isNull)
    if case .array(let items) = value {
      element = items.reduce(into: []) { if let family = $1.family { $0.insert(family) } }
    }
  }
}

/// Binds expressions and collects their fields.
struct ExpressionBinding {
  var binder: Binder
  let source: SourceText
  /// What stands around the expression, when it is part of a SELECT.
  var select: SelectScope?
  /// The groups over which it is computed; nil over rows.
  var grouping: Grouping?
  private(set) var fields: [BoundField] = []
  /// The window functions met so far, each once.
  var windows: [BoundWindow] = []
  var isInWindow = false
  /// What makes rows of items, over rows, and over groups: arrays over their values.
  var arrayJoins: [ArrayJoin] = []
  var groupArrays: [BoundExpression] = []
  /// What ARRAY JOIN named, and the arrays that became items themselves.
  var itemsByName: [String: BoundField] = [:]
  var itemsByField: [BoundField: BoundField] = [:]
  /// By column of `arrayJoins`, what integers of its items mean, as far as it is known.
  var itemTypes: [FieldType?] = []
  /// The arguments of the functions `x -> …` around, outermost first.
  var locals: [(name: String, families: ValueFamilies)] = []
  private var nodeCount = 0

  /// More nodes than anybody writes: aliases of aliases could make ever more of a short text.
  private static let nodesMax = 20_000

  init(binder: Binder, source: SourceText) {
    self.binder = binder
    self.source = source
  }

  /// Binds a node and computes it at once if it is constant.
  mutating func bind(_ node: SyntaxNode) throws(QueryError) -> BoundPart {
    nodeCount += 1
    guard nodeCount <= Self.nodesMax else {
      throw source.problem(node.span, "the query has more than \(Self.nodesMax) parts")
    }
    if let part = local(node) { return part }
    if grouping != nil, let part = try bindOverGroups(node) { return part }
    let part = try bindNode(node)
    guard part.expression.constant == nil, part.expression.isFixed(depth: locals.count) else {
      return part
    }
    let none = [Value](repeating: .null, count: locals.count)
    var folded = BoundPart(part.expression.evaluate([], none))
    if folded.isNullable { folded.families = part.families }
    // Aggregates of no rows depend on what could have been null, not on what is. A division is
    // taken to be null only because of its operands.
    let isDivision = if case .arithmetic(.divide, _, _) = part.expression { true } else { false }
    if part.isNullable, !isDivision { folded.isNullable = true }
    folded.zone = part.zone
    return folded
  }

  private mutating func bindNode(_ node: SyntaxNode) throws(QueryError) -> BoundPart {
    switch node.kind {
    case .null: return .null
    case .bool(let value): return BoundPart(.bool(value))
    case .number(let text): return BoundPart(try number(text, node))
    case .text(let bytes): return BoundPart(.text(bytes))
    case .name(let parts): return try name(parts, node)
    case .negate(let operand):
      let bound = try bindNumber(operand, "-")
      return BoundPart(
        expression: .negate(bound.expression), families: .number, isNullable: bound.isNullable)
    case .not(let operand):
      return BoundPart(expression: .not(try bindCondition(operand)), families: .bool)
    case .and(let operands):
      return BoundPart(expression: .and(try bindConditions(operands)), families: .bool)
    case .or(let operands):
      return BoundPart(expression: .or(try bindConditions(operands)), families: .bool)
    case .compare(let comparison, let left, let right):
      return try compare(comparison, left, right, node)
    case .between(let operand, let low, let high, let isNegated):
      let above = try compare(.greaterOrEqual, operand, low, node)
      let below = try compare(.lessOrEqual, operand, high, node)
      return negated(.and([above.expression, below.expression]), isNegated)
    case .membership(let operand, let items, let isNegated):
      return negated(try membership(operand, items, node), isNegated)
    case .like(let operand, let pattern, let foldsCase, let isNegated):
      return negated(try like(operand, pattern, foldsCase), isNegated)
    case .isNull(let operand, let isNegated):
      var part = negated(.isNull(try bind(operand).expression), isNegated)
      part.isNullable = false
      return part
    case .arithmetic(let operation, let left, let right):
      return try arithmetic(operation, left, right, node)
    case .concatenate(let left, let right):
      return try call("concat", [left, right], "||", node.span)
    case .call(let syntax):
      return try call(syntax, node)
    case .cast(let operand, let type):
      return try cast(operand, type, node)
    case .array(let items):
      return try call("array", items, "[]", node.span)
    case .tuple(let items):
      return try call("tuple", items, "()", node.span)
    case .lambda:
      throw source.problem(
        node.span, "a function -> can only be an argument of functions of arrays")
    case .query(let query):
      return try scalar(query, node)
    case .exists(let query):
      return BoundPart(.bool(!(try answer(query, node).rows.isEmpty)))
    case .queryMembership(let operand, let query, let isNegated):
      return negated(try membership(operand, try answer(query, node), node), isNegated)
    case .namedMembership(let operand, let name, let isNegated):
      return negated(try membership(operand, named: name, node), isNegated)
    case .window(let call, let window):
      return try bindWindow(call, window, node)
    case .interval:
      throw source.problem(
        node.span, "INTERVAL can only be added to a time or taken from one",
        hint: "write now() - INTERVAL 7 DAY")
    }
  }

  private func negated(_ expression: BoundExpression, _ isNegated: Bool) -> BoundPart {
    BoundPart(expression: isNegated ? .not(expression) : expression, families: .bool)
  }

  // MARK: - Conditions

  private mutating func bindConditions(
    _ nodes: [SyntaxNode]
  ) throws(QueryError) -> [BoundExpression] {
    var bound: [BoundExpression] = []
    for node in nodes { bound.append(try bindCondition(node)) }
    return bound
  }

  /// Binds what must be true or false.
  mutating func bindCondition(_ node: SyntaxNode) throws(QueryError) -> BoundExpression {
    let part = try bind(node)
    if part.families == .number {
      return .compare(.notEqual, part.expression, .constant(.int(0)))
    }
    guard part.families.isEmpty || part.families.contains(.bool) else {
      let shown = source.slice(node.span)
      let hint =
        switch part.families {
        case .text: "write \(shown) = 'text', or notEmpty(\(shown))"
        default: "compare it with something"
        }
      throw source.problem(
        node.span, "\(self.shown(part, node)), which is no condition", hint: hint)
    }
    return part.expression
  }

  // MARK: - Literals and names

  private func number(_ text: String, _ node: SyntaxNode) throws(QueryError) -> Value {
    guard let exact = ExactDecimal(parsing: text.utf8) else {
      throw source.problem(node.span, "\(text) is no number")
    }
    let isPlain = !text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    if isPlain, let integer = exact.int64 { return .int(integer) }
    let nearest = exact.nearestDouble
    return ExactDecimal(nearest) == exact ? .double(nearest) : .decimal(exact)
  }

  private mutating func name(
    _ parts: [NamePart], _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    if let node = select?.alias(parts) {
      return try expanding(parts[0].text) { binding throws(QueryError) in try binding.bind(node) }
    }
    // "text" in double quotes is a field only if one has exactly that name. In a SELECT it is
    // always a name, as in ClickHouse.
    if select == nil, parts.count == 1, parts[0].quote == .double {
      guard let field = binder.catalog.exact(parts[0].text) else {
        return BoundPart(.text(parts[0].text))
      }
      return part(of: field)
    }
    if select != nil, parts.count == 1, let item = itemsByName[parts[0].text] {
      return part(of: item)
    }
    let place = source.excerpt(node.span)
    let names = parts.map(\.text)
    let components = select?.withoutTable(names) ?? names
    guard let field = try binder.field(components, at: place) else { return .null }
    return part(of: itemsByField[field] ?? field)
  }

  /// Binds what stands for the alias `name`; within it the name means a field.
  mutating func expanding<Result>(
    _ name: String, _ body: (inout ExpressionBinding) throws(QueryError) -> Result
  ) throws(QueryError) -> Result {
    select?.expanding.insert(name)
    defer { select?.expanding.remove(name) }
    return try body(&self)
  }

  mutating func part(of field: BoundField) -> BoundPart {
    let index = fields.firstIndex(of: field) ?? fields.count
    if index == fields.count { fields.append(field) }
    return BoundPart(
      expression: .field(index), families: field.families, isNullable: field.isNullable)
  }

  /// Whether the field at `index` has the items of an array.
  func isItem(_ index: Int) -> Bool {
    arrayJoins.contains { $0.columns.contains { $0.item == fields[index] } }
  }

  /// Forgets the fields and arrays that were not yet met in `earlier`.
  mutating func forget(since earlier: ExpressionBinding) {
    (fields, arrayJoins) = (earlier.fields, earlier.arrayJoins)
  }

  /// The field that `part` is, if it is one.
  func field(_ part: BoundPart) -> BoundField? {
    guard grouping == nil, case .field(let index) = part.expression else { return nil }
    return fields[index]
  }

  /// What `part` is, in words: "price holds numbers", "'10' is text".
  func shown(_ part: BoundPart, _ node: SyntaxNode) -> String {
    let text = source.slice(node.span)
    if field(part) != nil { return "\(text) holds \(part.families.description)" }
    if part.expression.constant != nil { return "\(text) is \(part.families.singular)" }
    return "\(text) gives \(part.families.description)"
  }
}
