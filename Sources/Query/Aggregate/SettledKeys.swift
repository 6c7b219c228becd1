// Keys that have one value in a whole segment.

import Columnar
import EvtCore

/// The keys of a plan that all rows of a segment have the same value of: stretches of time in which
/// the segment lies. By day that is every segment, and its times need not be read.
struct SettledKeys {
  /// By key of the plan, its value; nil where each row has its own.
  private let values: [Value?]

  /// The keys of `plan` that are settled between `least` and `greatest`; nil when none is.
  init?(_ plan: AggregatePlan, _ span: ClosedRange<Int64>) {
    values = plan.keys.map { $0.value(of: span) }
    if values.allSatisfy({ $0 == nil }) { return nil }
  }

  /// The plan without the keys.
  func removed(from plan: AggregatePlan) -> AggregatePlan {
    var rest = plan
    rest.keys = zip(plan.keys, values).filter { $1 == nil }.map(\.0)
    for case (.timeBucket(let field, _, _), .some) in zip(plan.keys.map(\.source), values)
    where !rest.reads(field) {
      rest.request.unread.insert(field)
    }
    return rest
  }

  /// What the plan without the keys came to, with them; nil for no rows.
  func restored(to part: PartialResult) -> PartialResult? {
    // Without keys there is a group even if nothing is in it.
    if part.groupCount == 1, part.counts == [0] { return nil }
    var whole = part
    let restCount = part.keyValues.count
    var rest = part.keyValues[...]
    whole.keyValues = values.map { value in value.map { [$0] } ?? rest.removeFirst() }
    whole.groupCodes = (0..<part.groupCount).flatMap { group in
      var rest = part.groupCodes[group * restCount..<(group + 1) * restCount]
      return values.map { $0 == nil ? rest.removeFirst() : 0 }
    }
    return whole
  }
}
