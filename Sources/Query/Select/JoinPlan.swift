// How tables are joined, with names bound.

import Columnar
import EvtCore

/// Joins of tables from left to right: each step adds one.
struct JoinPlan: Sendable {
  /// One join.
  struct Step: Sendable {
    /// Expressions over the tables before, and over the new one, that must be equal.
    var keys: [(left: BoundExpression, right: BoundExpression)] = []
    /// What must hold besides.
    var residual: BoundExpression?
    /// Whether rows stay that match nothing.
    var keepsLeft: Bool
  }

  /// Steps 1, 2, …: each adds the table of that number.
  private(set) var steps: [Step] = []
  /// By table, what its rows must fulfil by themselves.
  private(set) var filters: [BoundExpression?]
  /// The fields of the joined rows, and what they stand for.
  private(set) var fields: [BoundField] = []
  private(set) var origins: [JoinOrigin] = []

  init(sides: Int) { filters = [BoundExpression?](repeating: nil, count: sides) }

  /// Adds the join of table `side` by `condition`.
  /// - Returns: whether something is compared for equality.
  mutating func add(
    _ condition: BoundExpression, keepsLeft: Bool, side: Int, sideOf: (Int) -> Int
  ) -> Bool {
    var step = Step(keepsLeft: keepsLeft)
    var rest: [BoundExpression] = []
    let conjuncts = condition.conjuncts
    for conjunct in conjuncts {
      let sides = Self.sides(conjunct, sideOf)
      if sides == [side] {
        narrow(side, conjunct)
      } else if let key = Self.key(conjunct, side, sideOf) {
        step.keys.append(key)
      } else if sides.count == 1, let other = sides.first, !keepsLeft, !mayBeMissing(other) {
        narrow(other, conjunct)
      } else {
        rest.append(conjunct)
      }
    }
    if !rest.isEmpty { step.residual = .and(rest) }
    steps.append(step)
    return conjuncts.isEmpty || !step.keys.isEmpty
  }

  /// Gives to single tables what they can test, and returns the rest.
  mutating func push(
    _ condition: BoundExpression, sideOf: (Int) -> Int
  ) -> BoundExpression? {
    var rest: [BoundExpression] = []
    for conjunct in condition.conjuncts {
      let sides = Self.sides(conjunct, sideOf)
      if sides.count == 1, let side = sides.first, !mayBeMissing(side) {
        narrow(side, conjunct)
      } else {
        rest.append(conjunct)
      }
    }
    return rest.isEmpty ? nil : .and(rest)
  }

  /// The plan with the fields that were bound.
  func reading(_ fields: [BoundField], _ binder: Binder) -> JoinPlan {
    var plan = self
    plan.fields = fields
    // Items of arrays are of no table.
    plan.origins = fields.map { binder.origins[$0] ?? JoinOrigin(side: -1, field: $0) }
    return plan
  }

  private func mayBeMissing(_ side: Int) -> Bool {
    side > 0 && side <= steps.count && steps[side - 1].keepsLeft
  }

  private mutating func narrow(_ side: Int, _ condition: BoundExpression) {
    filters[side] = .and((filters[side] ?? .and([])).conjuncts + [condition])
  }

  private static func key(
    _ conjunct: BoundExpression, _ side: Int, _ sideOf: (Int) -> Int
  ) -> (BoundExpression, BoundExpression)? {
    guard case .compare(.equal, let left, let right) = conjunct else { return nil }
    let (ofLeft, ofRight) = (sides(left, sideOf), sides(right, sideOf))
    if ofRight == [side], !ofLeft.isEmpty, !ofLeft.contains(side) { return (left, right) }
    if ofLeft == [side], !ofRight.isEmpty, !ofRight.contains(side) { return (right, left) }
    return nil
  }

  private static func sides(_ expression: BoundExpression, _ sideOf: (Int) -> Int) -> Set<Int> {
    var used: Set<Int> = []
    expression.collectFields(into: &used)
    return Set(used.map(sideOf))
  }
}
