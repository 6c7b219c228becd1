// Takes a condition apart into what prunes best and the rest.

import Columnar
import EvtCore

/// A condition as events, a stretch of time, and what remains to be tested row by row.
struct SplitCondition {
  /// The only events for which it can hold; nil for all.
  var events: [String]?
  var range = TimeRange.all
  var rest: BoundPredicate?
}

extension BoundPredicate {
  /// The same condition in parts. Metadata knows events and times, so they go first.
  func split() -> SplitCondition {
    var parts = SplitCondition()
    var rest: [BoundExpression] = []
    for conjunct in expression.conjuncts {
      if let names = eventNames(conjunct) {
        let known = parts.events.map { Set($0.map { ExactText($0) }) }
        parts.events = names.filter { known?.contains(ExactText($0)) ?? true }
      } else if let range = wholeRange(conjunct) {
        parts.range = parts.range.intersection(range)
      } else {
        rest.append(conjunct)
      }
    }
    if !rest.isEmpty { parts.rest = BoundPredicate(.and(rest), fields: fields) }
    return parts
  }

  /// The names of the events for which `condition` holds, when it is about nothing else.
  private func eventNames(_ condition: BoundExpression) -> [String]? {
    let wanted: [Value]
    switch condition {
    case .compare(.equal, .field(let field), .constant(let value)),
      .compare(.equal, .constant(let value), .field(let field)):
      guard fields[field].role == .event else { return nil }
      wanted = [value]
    case .membership(.field(let field), let set):
      guard fields[field].role == .event else { return nil }
      wanted = set.values
    default: return nil
    }
    var names: [String] = []
    for value in wanted {
      guard case .text(let bytes) = value, let name = String(validating: bytes, as: UTF8.self)
      else { return nil }
      names.append(name)
    }
    return names
  }

  /// The stretch of time in which `condition` holds, when it says nothing else.
  private func wholeRange(_ condition: BoundExpression) -> TimeRange? {
    let alone = BoundPredicate(condition, fields: fields)
    guard case .leaf(0, .yes) = alone.root, let test = alone.leaves[0].test,
      fields[test.field].role == .timestamp, fields[test.field].type == .instant,
      case .interval(_, _, isInverted: false) = test.ints
    else { return nil }
    return alone.timeRange
  }
}
