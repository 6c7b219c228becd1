// Expressions over groups: made of the keys by which rows are grouped, and of aggregates.

import EvtCore

/// The groups of a SELECT: their keys, and the aggregates that its expressions ask for.
struct Grouping {
  /// The keys, over fields.
  let keys: [BoundPart]
  /// The aggregates met so far, each once.
  private(set) var aggregates: [GroupAggregate] = []
  /// Whether it is asked by which keys a group is made.
  var marksKeys = false

  /// Where the marks of keys begin while it is not known how many aggregates there will be.
  static let marksBase = 1 << 29

  init(keys: [BoundPart]) { self.keys = keys }

  /// The place of a key in a group's values.
  func place(ofKey key: Int) -> Int { key }

  /// The place of `aggregate`, which is added when it is new, in a group's values.
  mutating func place(of aggregate: GroupAggregate) -> Int {
    if let known = aggregates.firstIndex(of: aggregate) { return keys.count + known }
    aggregates.append(aggregate)
    return keys.count + aggregates.count - 1
  }
}

/// An aggregate over fields.
struct GroupAggregate: Hashable, Sendable {
  var function: BoundAggregate.Function
  var argument: BoundExpression?
  /// What an accumulator takes.
  var arguments: [BoundExpression] = []
  var condition: BoundExpression?
  var steps: [BoundExpression] = []
  var sumsToNull = false
  /// What stands in the query, for messages.
  var text: String

  static func == (left: GroupAggregate, right: GroupAggregate) -> Bool {
    left.function == right.function && left.argument == right.argument
      && left.arguments == right.arguments
      && left.condition == right.condition && left.steps == right.steps
      && left.sumsToNull == right.sumsToNull
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(function)
    hasher.combine(argument)
    hasher.combine(condition)
  }
}

extension ExpressionBinding {
  /// Binds a node over groups; nil when only its parts can be.
  mutating func bindOverGroups(_ node: SyntaxNode) throws(QueryError) -> BoundPart? {
    if case .call(let call) = node.kind, let name = AggregateName(call.name) {
      return try bind(call, name, node)
    }
    if case .call(let call) = node.kind, Self.isGroupingCall(call) { return try grouping(call) }
    if case .name(let parts) = node.kind, select?.alias(parts) != nil { return nil }
    guard !holdsAggregate(node, orWindow: true) else { return nil }
    if let part = try bindKey(node) { return part }
    guard case .name = node.kind else { return nil }
    let shown = source.slice(node.span)
    throw source.problem(
      node.span, "\(shown) is neither in GROUP BY nor inside an aggregate",
      hint: "add it to GROUP BY, or take min(\(shown)) or max(\(shown))")
  }

  private static func isGroupingCall(_ call: CallSyntax) -> Bool {
    call.name.lowercased() == "grouping"
  }

  /// Binds `grouping(a, b)`: a bit for each key, 1 where the group is not by it.
  private mutating func grouping(_ call: CallSyntax) throws(QueryError) -> BoundPart {
    guard !call.arguments.isEmpty else {
      throw source.problem(call.nameSpan, "\(call.name) takes keys of GROUP BY")
    }
    var bits = BoundExpression.constant(.int(0))
    for argument in call.arguments {
      guard case .field(let key) = try bind(argument).expression,
        grouping?.keys.indices.contains(key) == true
      else {
        throw source.problem(
          argument.span, "\(source.slice(argument.span)) is no key of GROUP BY")
      }
      bits = .arithmetic(
        .add, .arithmetic(.multiply, bits, .constant(.int(2))), .field(Grouping.marksBase + key))
    }
    grouping?.marksKeys = true
    return BoundPart(expression: bits, families: .number, isNullable: false)
  }

  /// Binds what is the same for all rows of a group: a constant, or a key.
  private mutating func bindKey(_ node: SyntaxNode) throws(QueryError) -> BoundPart? {
    guard let grouping else { return nil }
    let before = self
    let part = try overRows { binding throws(QueryError) in try binding.bind(node) }
    if part.expression.constant != nil { return part }
    guard let key = grouping.keys.firstIndex(where: { $0.expression == part.expression }) else {
      // Rows of items are made of groups then.
      if arrayJoins.count > before.arrayJoins.count { forget(since: before) }
      return nil
    }
    return BoundPart(
      expression: .field(grouping.place(ofKey: key)), families: part.families,
      isNullable: part.isNullable)
  }

  /// Binds over rows, as within an aggregate.
  mutating func overRows<Result>(
    _ body: (inout ExpressionBinding) throws(QueryError) -> Result
  ) throws(QueryError) -> Result {
    let (groups, clause) = (grouping, select?.clause)
    grouping = nil
    select?.clause = ""
    defer {
      grouping = groups
      if let clause { select?.clause = clause }
    }
    return try body(&self)
  }

  /// Whether an aggregate stands in `node`, also behind an alias.
  func holdsAggregate(_ node: SyntaxNode, orWindow: Bool = false) -> Bool {
    var left = Self.lookedAtMax
    return holdsAggregate(node, orWindow, select?.expanding ?? [], &left)
  }

  /// Nodes looked at before an aggregate is assumed: such queries are refused anyway.
  private static let lookedAtMax = 20_000

  private func holdsAggregate(
    _ node: SyntaxNode, _ orWindow: Bool, _ expanding: Set<String>, _ left: inout Int
  ) -> Bool {
    left -= 1
    if left < 0 { return true }
    switch node.kind {
    case .call(let call) where AggregateName(call.name) != nil || Self.isGroupingCall(call):
      return true
    case .window where orWindow: return true
    case .name(let parts):
      guard let select, parts.count == 1, !expanding.contains(parts[0].text),
        let meant = select.aliases[parts[0].text]
      else { return false }
      return holdsAggregate(meant, orWindow, expanding.union([parts[0].text]), &left)
    default:
      for child in node.children where holdsAggregate(child, orWindow, expanding, &left) {
        return true
      }
      return false
    }
  }
}
