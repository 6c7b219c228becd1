// Judges all rules at one instant, from the events alone.

import Columnar
import EvtCore
import Query

/// A rule whose condition makes no sense in this store.
public struct AlertRuleError: Error, Sendable {
  /// The place of the rule among the rules.
  public var rule: Int
  public var error: QueryError
}

/// A pure function of the events and of the present: what each rule comes to. It does not depend on
/// what it came to before, nor on when or how often it was asked.
public struct AlertEvaluation: Sendable {
  public var rules: [AlertRule]
  /// The present in nanoseconds; events at or after it do not count.
  public var now: Int64

  /// Creates the evaluation of `rules` at `now`.
  public init(_ rules: [AlertRule], now: Int64) {
    self.rules = rules
    self.now = now
  }

  /// The outcomes, in the order of the rules, and what the reader should know besides: events and
  /// fields that the store has never seen, which count as nothing.
  ///
  /// One scan counts the events of all rules, in memory that does not depend on how many there are.
  /// - Throws: `AlertRuleError`, and the errors of the source.
  public func run(
    on source: some QuerySource, pool: WorkerPool
  ) throws -> (outcomes: [AlertOutcome], remarks: [String]) {
    var binder = Binder(source, now: now, allowsMissing: true)
    var selection = StepSelection()
    var tallies: [WindowCounts] = []
    var earliest = now
    for (index, rule) in rules.enumerated() {
      let instants = rule.instants(now: now)
      earliest = min(earliest, WindowCounts.start(of: instants.first ?? now, rule.window))
      for events in rule.events {
        do {
          try selection.add(events?.step ?? .any, of: events?.text ?? "", &binder)
        } catch { throw AlertRuleError(rule: index, error: error) }
        tallies.append(WindowCounts(endingAt: instants, window: rule.window))
      }
    }
    let range = TimeRange(since: earliest, until: now)
    var counted = try selection.tally(into: tallies, range: range, source: source, pool: pool)[...]
    var presence = Presence(now: now)
    let outcomes = try rules.map { rule in
      let mine = counted.prefix(rule.events.count)
      counted.removeFirst(mine.count)
      let instants = rule.instants(now: now)
      let sums = mine.map { $0.sums(endingAt: instants, window: rule.window) }
      let history = instants.indices.map { place in (instants[place], sums.map { $0[place] }) }
      return try rule.outcome(history) { try presence.hasEvents(within: rule.window, source) }
    }
    return (outcomes, remarks(KnownEvents(source)) + binder.warnings)
  }

  private func remarks(_ known: KnownEvents) -> [String] {
    rules.flatMap { rule in
      rule.events.compactMap { $0 }.flatMap { known.remarks(on: $0.step) }
        .map { "rule \(rule.id): \($0)" }
    }
  }
}

extension EventStep {
  /// Any event.
  fileprivate static let any = EventStep(name: "*", alternatives: [Alternative(event: nil)])
}

/// Whether there are events at all, by the length of the window.
private struct Presence {
  let now: Int64
  private var known: [Int64: Bool] = [:]

  init(now: Int64) { self.now = now }

  mutating func hasEvents(within window: Int64, _ source: some QuerySource) throws -> Bool {
    if let known = known[window] { return known }
    let range = TimeRange(since: WindowCounts.start(of: now, window), until: now)
    let found = try Self.hasEvents(range, source)
    known[window] = found
    return found
  }

  private static func hasEvents(_ range: TimeRange, _ source: some QuerySource) throws -> Bool {
    let summaries = source.summaries
    let overlapping = summaries.indices.filter {
      range.overlaps(least: summaries[$0].minTime, greatest: summaries[$0].maxTime)
    }
    // The first and the last time of a segment are times of events.
    let isSure = overlapping.contains {
      range.contains(summaries[$0].minTime) || range.contains(summaries[$0].maxTime)
    }
    if isSure { return true }
    return try overlapping.contains { index in
      var found = false
      try source.reading(segment: index) { reader in
        try scan(reader, ScanRequest(range: range)) { _ in found = true }
      }
      return found
    }
  }
}
