// An expression whose names are fields and whose functions are known.

import EvtCore

/// An expression ready to be evaluated over rows.
indirect enum BoundExpression: Hashable, Sendable {
  case constant(Value)
  /// An index into the fields of whatever holds the expression.
  case field(Int)
  case compare(ComparisonOperator, BoundExpression, BoundExpression)
  case and([BoundExpression])
  case or([BoundExpression])
  case not(BoundExpression)
  case membership(BoundExpression, ValueSet)
  case like(BoundExpression, LikePattern)
  case isNull(BoundExpression)
  case arithmetic(ArithmeticOperator, BoundExpression, BoundExpression)
  case negate(BoundExpression)
  case addSpan(BoundExpression, TimeSpan)
  case call(ScalarFunction, [BoundExpression])
  /// An argument of the function around it: `x` in `x -> x + 1`.
  case local(Int)
  /// The array of what the first expression gives for the items of the others, which are the
  /// locals from `firstLocal` on.
  case map(BoundExpression, firstLocal: Int, [BoundExpression])

  var constant: Value? {
    if case .constant(let value) = self { value } else { nil }
  }

  /// Whether it is the same for all rows and all items: it reads no field, and no local below
  /// `depth`.
  func isFixed(depth: Int) -> Bool {
    switch self {
    case .constant: true
    case .field: false
    case .local(let index): index >= depth
    case .map(let body, _, let arrays):
      body.isFixed(depth: depth) && arrays.allSatisfy { $0.isFixed(depth: depth) }
    case .compare(_, let left, let right), .arithmetic(_, let left, let right):
      left.isFixed(depth: depth) && right.isFixed(depth: depth)
    case .and(let operands), .or(let operands), .call(_, let operands):
      operands.allSatisfy { $0.isFixed(depth: depth) }
    case .not(let operand), .membership(let operand, _), .like(let operand, _),
      .isNull(let operand), .negate(let operand), .addSpan(let operand, _):
      operand.isFixed(depth: depth)
    }
  }

  /// The expressions that it is made of.
  var operands: [BoundExpression] {
    switch self {
    case .constant, .field, .local: []
    case .map(let body, _, let arrays): [body] + arrays
    case .compare(_, let left, let right), .arithmetic(_, let left, let right): [left, right]
    case .and(let operands), .or(let operands), .call(_, let operands): operands
    case .not(let operand), .membership(let operand, _), .like(let operand, _),
      .isNull(let operand), .negate(let operand), .addSpan(let operand, _):
      [operand]
    }
  }

  /// What must hold for it to hold, if it is a condition.
  var conjuncts: [BoundExpression] {
    if case .and(let operands) = self { operands.flatMap(\.conjuncts) } else { [self] }
  }

  /// Adds the indices of all fields below.
  func collectFields(into found: inout Set<Int>) {
    if case .field(let index) = self { found.insert(index) }
    for operand in operands { operand.collectFields(into: &found) }
  }

  /// Returns the same expression over other indices of fields.
  func mapFields(_ map: (Int) -> Int) -> BoundExpression {
    switch self {
    case .constant, .local: self
    case .map(let body, let firstLocal, let arrays):
      .map(body.mapFields(map), firstLocal: firstLocal, arrays.map { $0.mapFields(map) })
    case .field(let index): .field(map(index))
    case .compare(let comparison, let left, let right):
      .compare(comparison, left.mapFields(map), right.mapFields(map))
    case .arithmetic(let operation, let left, let right):
      .arithmetic(operation, left.mapFields(map), right.mapFields(map))
    case .and(let operands): .and(operands.map { $0.mapFields(map) })
    case .or(let operands): .or(operands.map { $0.mapFields(map) })
    case .call(let function, let operands): .call(function, operands.map { $0.mapFields(map) })
    case .not(let operand): .not(operand.mapFields(map))
    case .membership(let operand, let set): .membership(operand.mapFields(map), set)
    case .like(let operand, let pattern): .like(operand.mapFields(map), pattern)
    case .isNull(let operand): .isNull(operand.mapFields(map))
    case .negate(let operand): .negate(operand.mapFields(map))
    case .addSpan(let operand, let span): .addSpan(operand.mapFields(map), span)
    }
  }

  /// Evaluates over one row.
  /// - Parameters:
  ///   - values: the row's values by index of field.
  ///   - locals: the items that functions of arrays are about to look at.
  func evaluate(_ values: [Value], _ locals: [Value] = []) -> Value {
    switch self {
    case .constant(let value): return value
    case .field(let index): return values[index]
    case .compare(let comparison, let left, let right):
      let order = ValueOrder.compare(left.evaluate(values, locals), right.evaluate(values, locals))
      return order.map { .bool($0.satisfies(comparison)) } ?? .null
    case .and(let operands): return Self.combine(operands, values, locals, decidedBy: false)
    case .or(let operands): return Self.combine(operands, values, locals, decidedBy: true)
    case .not(let operand):
      return operand.evaluate(values, locals).truth.map { .bool(!$0) } ?? .null
    case .membership(let operand, let set): return set.contains(operand.evaluate(values, locals))
    case .like(let operand, let pattern):
      guard case .text(let text) = operand.evaluate(values, locals) else { return .null }
      return .bool(text.withUnsafeBytes { pattern.matches($0) })
    case .isNull(let operand): return .bool(operand.evaluate(values, locals).isNull)
    case .arithmetic(let operation, let left, let right):
      return Arithmetic.apply(
        operation, left.evaluate(values, locals), right.evaluate(values, locals))
    case .negate(let operand): return Arithmetic.negate(operand.evaluate(values, locals))
    case .addSpan(let operand, let span):
      return Self.add(span, to: operand.evaluate(values, locals))
    case .call(let function, let arguments):
      return function.apply(arguments.map { $0.evaluate(values, locals) })
    case .local(let index): return locals[index]
    case .map(let body, let firstLocal, let arrays):
      let outer = Array(locals.prefix(firstLocal))
      return Self.map(arrays.map { $0.evaluate(values, locals).items }) {
        body.evaluate(values, outer + $0)
      }
    }
  }

  /// The array of what `apply` gives for the items at each place; null unless all are arrays of
  /// one length.
  private static func map(
    _ arrays: [[Value]?], _ apply: ([Value]) -> Value
  ) -> Value {
    let known = arrays.compactMap { $0 }
    guard known.count == arrays.count, let count = known.first?.count,
      known.allSatisfy({ $0.count == count })
    else { return .null }
    return .array((0..<count).map { place in apply(known.map { $0[place] }) })
  }

  /// Three-valued AND (`decidedBy` false) and OR (true): one such operand decides, else null wins.
  private static func combine(
    _ operands: [BoundExpression], _ values: [Value], _ locals: [Value],
    decidedBy decisive: Bool
  ) -> Value {
    var sawNull = false
    for operand in operands {
      guard let truth = operand.evaluate(values, locals).truth else {
        sawNull = true
        continue
      }
      if truth == decisive { return .bool(decisive) }
    }
    return sawNull ? .null : .bool(!decisive)
  }

  /// A date stays one when whole days are added.
  static func add(_ span: TimeSpan, to value: Value) -> Value {
    switch value {
    case .time(let time): return .time(span.added(to: time))
    case .date(let day):
      let moved = span.added(to: UTCDay(number: day).start)
      let staysDate = span.nanoseconds % UTCDay.nanoseconds == 0
      return staysDate ? .date(UTCDay(containing: moved).number) : .time(moved)
    case .null, .bool, .int, .double, .decimal, .text, .json, .array, .tuple: return .null
    }
  }
}
