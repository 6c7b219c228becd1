// Binds arrayJoin and ARRAY JOIN, which make a row of each item of an array.

import EvtCore

/// Arrays whose items become rows, those at one place of all arrays together.
struct ArrayJoin: Sendable {
  /// An array, and the field that its items are.
  struct Column: Sendable {
    var array: BoundExpression
    var item: BoundField
    /// What stands for the item of an empty array where the row stays.
    var ofNone: Value
  }

  var columns: [Column]
  /// Whether rows stay whose arrays are empty.
  var keepsEmpty = false
  /// Whether it is the function, which stands in an expression.
  var isCall: Bool
}

extension ExpressionBinding {
  /// Binds `arrayJoin(x)`: equal arrays are gone through once, different ones within each other.
  mutating func arrayJoin(_ call: CallSyntax, _ node: SyntaxNode) throws(QueryError) -> BoundPart {
    guard call.arguments.count == 1 else {
      throw source.problem(call.nameSpan, "arrayJoin takes one array")
    }
    guard let clause = select?.clause, clause != "ON", !isInWindow, locals.isEmpty else {
      let place =
        !locals.isEmpty
        ? "a function ->" : isInWindow ? "a window" : select?.clause ?? "a condition"
      throw source.problem(
        node.span, "arrayJoin makes rows, which has no place in \(place)",
        hint: "select from a query that makes them")
    }
    let array = try bindArray(call.arguments[0], "arrayJoin")
    if grouping != nil {
      let place = groupArrays.firstIndex(of: array.expression) ?? groupArrays.count
      if place == groupArrays.count { groupArrays.append(array.expression) }
      return BoundPart(expression: .field(BoundWindow.base + place), families: array.element)
    }
    let known = arrayJoins.first { $0.isCall && $0.columns[0].array == array.expression }
    if let known { return part(of: known.columns[0].item) }
    let column = column(of: array)
    arrayJoins.append(ArrayJoin(columns: [column], isCall: true))
    return part(of: column.item)
  }

  /// Binds `ARRAY JOIN a AS x, b`: x and b are items from here on.
  mutating func bind(_ clause: ArrayJoinSyntax) throws(QueryError) {
    var join = ArrayJoin(columns: [], keepsEmpty: clause.keepsEmpty, isCall: false)
    var names: [(String, BoundField)] = []
    var replaced: [(BoundField, BoundField)] = []
    for item in clause.items {
      guard let node = item.node else { continue }
      let array = try bindArray(node, "ARRAY JOIN")
      let column = column(of: array, beside: join.columns.count)
      join.columns.append(column)
      if let alias = item.alias {
        names.append((alias, column.item))
      } else if let field = field(array) {
        replaced.append((field, column.item))
      }
    }
    arrayJoins.append(join)
    for (name, item) in names { itemsByName[name] = item }
    for (field, item) in replaced { itemsByField[field] = item }
  }

  private mutating func bindArray(
    _ node: SyntaxNode, _ name: String
  ) throws(QueryError) -> BoundPart {
    let array = try bind(node)
    guard array.families.isEmpty || !array.families.isDisjoint(with: [.array, .json]) else {
      throw source.problem(node.span, "\(shown(array, node)), but \(name) takes arrays")
    }
    return array
  }

  /// A new field for the items of an array, which has a name that no other field has.
  private mutating func column(of array: BoundPart, beside others: Int = 0) -> ArrayJoin.Column {
    let number = arrayJoins.reduce(others) { $0 + $1.columns.count }
    var name = "item \(number + 1)"
    while binder.known([name]) != nil { name += "'" }
    let items = array.expression.constant?.items
    let column = OutputColumn(
      name: name, expression: array.expression, families: array.element,
      isNullable: items?.contains { $0.isNull } ?? true)
    var item = column.field
    if itemTypes.indices.contains(number) { item.type = itemTypes[number] ?? item.type }
    _ = part(of: item)
    return ArrayJoin.Column(
      array: array.expression, item: item, ofNone: array.element.standard)
  }
}

extension ValueFamilies {
  /// What ClickHouse's types have by default; null for what has no one type.
  var standard: Value {
    switch self {
    case .number: .int(0)
    case .text: .text([])
    case .bool: .bool(false)
    case .time: .time(0)
    case .array: .array([])
    default: .null
    }
  }
}
