// A condition in the form in which blocks are filtered.

import Columnar
import EvtCore

/// A condition bound to fields, ready to filter rows.
public struct BoundPredicate: Sendable {
  /// The fields it reads.
  public let fields: [BoundField]
  let expression: BoundExpression
  let root: PredicateNode
  let leaves: [PredicateLeaf]

  init(_ expression: BoundExpression, fields: [BoundField]) {
    self.expression = expression
    self.fields = fields
    var builder = PredicateBuilder(fields: fields)
    root = builder.build(expression, isNegated: false)
    leaves = builder.leaves
  }

  /// Creates the condition that the event is one of `names`.
  public init(events names: [String]) {
    self.init(
      .membership(.field(0), ValueSet(names.map { .text($0) })), fields: [.canonical(.event)])
  }

  /// Returns the condition that this and `other` hold.
  public func and(_ other: BoundPredicate) -> BoundPredicate {
    combined(with: other) { .and([$0, $1]) }
  }

  /// Returns the condition that this or `other` holds.
  public func or(_ other: BoundPredicate) -> BoundPredicate {
    combined(with: other) { .or([$0, $1]) }
  }

  /// The stretch of time outside of which it cannot hold.
  public var timeRange: TimeRange { timeRange(root) }

  private func timeRange(_ node: PredicateNode) -> TimeRange {
    switch node {
    case .always, .any: return .all
    case .all(let nodes): return nodes.reduce(.all) { $0.intersection(timeRange($1)) }
    case .leaf(let index, let wanted):
      guard wanted == .yes, let test = leaves[index].test,
        fields[test.field].role == .timestamp,
        case .interval(let low, let high, isInverted: false) = test.ints
      else { return .all }
      return TimeRange(since: low == .min ? nil : low, until: high == .max ? nil : high + 1)
    }
  }

  private func combined(
    with other: BoundPredicate, _ make: (BoundExpression, BoundExpression) -> BoundExpression
  ) -> BoundPredicate {
    var joined = fields
    let places = other.fields.map { field in
      if let known = joined.firstIndex(of: field) { return known }
      joined.append(field)
      return joined.count - 1
    }
    return BoundPredicate(
      make(expression, other.expression.mapFields { places[$0] }), fields: joined)
  }
}

/// Conditions joined by AND and OR; negation stands at the leaves only, so that every node asks
/// just one question: for which rows does it hold? (Three-valued logic obeys De Morgan's laws.)
indirect enum PredicateNode: Sendable {
  case always(Bool)
  case all([PredicateNode])
  case any([PredicateNode])
  /// The rows for which leaf `index` has the outcome `wanted`.
  case leaf(Int, wanted: Outcome)
}

/// A condition without AND, OR and NOT at its top.
struct PredicateLeaf: Sendable {
  let expression: BoundExpression
  /// The fields it reads, ascending.
  let fields: [Int]
  /// Set when there is just one.
  let test: FieldTest?
}

private struct PredicateBuilder {
  let fields: [BoundField]
  var leaves: [PredicateLeaf] = []

  init(fields: [BoundField]) { self.fields = fields }

  mutating func build(_ expression: BoundExpression, isNegated: Bool) -> PredicateNode {
    switch expression {
    case .constant(let value):
      return .always(value.truth == !isNegated)
    case .not(let operand):
      return build(operand, isNegated: !isNegated)
    case .and(let operands), .or(let operands):
      let isAll = if case .and = expression { !isNegated } else { isNegated }
      return join(operands.map { build($0, isNegated: isNegated) }, isAll: isAll)
    default:
      return leaf(expression, wanted: isNegated ? .no : .yes)
    }
  }

  private func join(_ nodes: [PredicateNode], isAll: Bool) -> PredicateNode {
    var kept: [PredicateNode] = []
    for node in nodes {
      guard case .always(let truth) = node else {
        kept.append(node)
        continue
      }
      if truth != isAll { return .always(truth) }
    }
    if kept.isEmpty { return .always(isAll) }
    if kept.count == 1 { return kept[0] }
    return isAll ? .all(kept) : .any(kept)
  }

  private mutating func leaf(_ expression: BoundExpression, wanted: Outcome) -> PredicateNode {
    var used: Set<Int> = []
    expression.collectFields(into: &used)
    let read = used.sorted()
    if read.isEmpty { return .always(Outcome(expression.evaluate([])) == wanted) }
    var test: FieldTest?
    if read.count == 1 {
      test = FieldTest(expression, field: read[0], type: fields[read[0]].type)
    }
    leaves.append(PredicateLeaf(expression: expression, fields: read, test: test))
    return .leaf(leaves.count - 1, wanted: wanted)
  }
}
