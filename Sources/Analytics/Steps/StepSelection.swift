// Steps bound to a store: what to look at in each row.

import Columnar
import EvtCore
import Query

/// Any number of steps, each of which a scan can recognise.
struct StepSelection: Sendable {
  /// How the rows of a step are recognised.
  enum Test: Sendable {
    /// All of them.
    case any
    /// By the event alone.
    case events(Set<ExactText>)
    /// By the condition of this number among `conditions`.
    case condition(Int)
  }

  /// By step.
  private(set) var tests: [Test] = []
  private(set) var conditions: [BoundPredicate] = []
  /// The events that can match a step; nil when any can.
  private(set) var events: Set<ExactText>? = []

  /// Adds `step`, which was read from `text`.
  /// - Throws: `QueryError` for a condition that does not read or bind.
  mutating func add(
    _ step: EventStep, of text: String, _ binder: inout Binder
  ) throws(QueryError) {
    var names: [String] = []
    var takesAny = false
    var condition: BoundPredicate?
    for alternative in step.alternatives {
      guard let bracket = alternative.condition else {
        if let event = alternative.event { names.append(event) } else { takesAny = true }
        continue
      }
      var predicate = try binder.predicate(
        Expression(parsing: bracket.text, in: text, at: bracket.offset))
      if let event = alternative.event {
        predicate = BoundPredicate(events: [event]).and(predicate)
      }
      condition = condition?.or(predicate) ?? predicate
    }
    if step.alternatives.contains(where: { $0.event == nil }) {
      events = nil
    } else {
      events?.formUnion(step.alternatives.compactMap { $0.event.map { ExactText($0) } })
    }
    if takesAny {
      tests.append(.any)
    } else if let condition {
      conditions.append(names.isEmpty ? condition : BoundPredicate(events: names).or(condition))
      tests.append(.condition(conditions.count - 1))
    } else {
      tests.append(.events(Set(names.map { ExactText($0) })))
    }
  }
}
