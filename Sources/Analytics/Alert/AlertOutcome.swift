// What a rule came to at one instant.

/// The states of a rule.
public enum AlertState: String, CaseIterable, Sendable {
  /// Nothing is wrong.
  case ok
  /// Something is wrong, but not yet for long enough.
  case pending
  case firing
  /// The window holds no event of any name: has ingestion stopped?
  case noData = "no_data"
  /// Too few events to tell.
  case insufficient
}

/// The outcome of one rule.
public struct AlertOutcome: Hashable, Sendable {
  public var state: AlertState
  /// Whether those who are to know must be told.
  public var isAlerting = false
  /// Since when the condition holds, as far back as the rule looks; nil when it does not.
  public var since: Int64?
  /// The numbers of events in the window, as `AlertRule.events`.
  public var counts: [Int]
  /// The number of events, or the rate in percent; nil for a rate of nothing.
  public var value: Double?
}

extension AlertRule {
  /// The number that is compared with the threshold.
  func value(_ counts: [Int]) -> Double? {
    switch condition {
    case .volumeBelow, .volumeAbove, .noData: Double(counts[0])
    case .rateBelow: counts[1] == 0 ? nil : 100 * Double(counts[0]) / Double(counts[1])
    }
  }

  /// Whether something is wrong with a window of `counts` events.
  func holds(_ counts: [Int]) -> Bool {
    switch condition {
    case .volumeBelow(_, let threshold): Double(counts[0]) < threshold
    case .volumeAbove(_, let threshold): Double(counts[0]) > threshold
    case .rateBelow(_, _, let threshold, let minSamples):
      counts[1] >= minSamples && value(counts).map { $0 < threshold } ?? false
    case .noData: counts[0] == 0
    }
  }

  /// The instants at which the condition must hold for the rule to fire at `now`: the whole minutes
  /// from `now` - `hold` on, and `now`, ascending. Nothing depends on how often it is judged.
  func instants(now: Int64) -> [Int64] {
    let minute: Int64 = 60_000_000_000
    let (start, overflow) = now.subtractingReportingOverflow(hold)
    guard hold > 0, !overflow else { return [now] }
    let remainder = start % minute
    let toNext = remainder > 0 ? minute - remainder : 0 - remainder
    let instants = stride(from: toNext, to: hold, by: Int(minute)).map { start + $0 }
    return instants + [now]
  }

  /// Judges the rule by the counts at its instants.
  /// - Parameters:
  ///   - history: each of `instants` with the counts of its window, ascending.
  ///   - hasEvents: whether the last window holds an event of any name; asked for only when it
  ///     holds none of the rule's.
  func outcome(
    _ history: [(instant: Int64, counts: [Int])], hasEvents: () throws -> Bool
  ) rethrows -> AlertOutcome {
    guard let present = history.last else { preconditionFailure("BUG: a rule without instants") }
    var outcome = AlertOutcome(state: .ok, counts: present.counts, value: value(present.counts))
    let bad = history.reversed().prefix { holds($0.counts) }
    outcome.since = bad.last?.instant
    outcome.isAlerting = bad.count == history.count
    func isSilent() throws -> Bool { try present.counts.allSatisfy { $0 == 0 } && !hasEvents() }
    switch condition {
    case .volumeBelow where outcome.isAlerting:
      outcome.state = try isSilent() ? .noData : .firing
    case _ where outcome.isAlerting: outcome.state = .firing
    case _ where !bad.isEmpty: outcome.state = .pending
    case .volumeBelow, .noData: break
    case .volumeAbove: outcome.state = try isSilent() ? .noData : .ok
    case .rateBelow(_, _, _, let minSamples):
      let isEnough = present.counts[1] >= minSamples
      outcome.state = try isSilent() ? .noData : isEnough ? .ok : .insufficient
    }
    return outcome
  }
}
