// Whether the store has ever seen an event, and which one may have been meant.

import Columnar
import EvtCore
import Query

/// The events of a store, for questions in which an unknown one counts as nothing.
struct KnownEvents: Sendable {
  private let counts: [ExactText: UInt64]
  private let isComplete: Bool

  /// Creates the list of all events that `source` knows.
  init(_ source: some QuerySource) {
    counts = Dictionary(source.eventCounts.map { (ExactText($0.name), $0.count) }) { $0 &+ $1 }
    isComplete = source.knowsAllEvents
  }

  /// Whether the store has never seen the event `name`.
  func isUnknown(_ name: String) -> Bool { isComplete && counts[ExactText(name)] == nil }

  /// For each event of `step` that the store has never seen, a sentence that says so and which
  /// other may have been meant.
  func remarks(on step: EventStep) -> [String] {
    var seen: Set<ExactText> = []
    let names = step.alternatives.compactMap(\.event).filter { seen.insert(ExactText($0)).inserted }
    return names.filter(isUnknown).map { name in
      let byCount = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let near = NearestNames.find(name, among: byCount.map(\.key.text)).map { near in
        let count = counts[ExactText(near)] ?? 0
        return "\"\(near)\" (\(count) row\(count == 1 ? "" : "s"))"
      }
      let meant = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
      return "\"\(name)\" was never seen in this store\(meant)"
    }
  }
}
