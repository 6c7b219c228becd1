// Counts the events of expectations: are those there that should be?

import Columnar
import EvtCore
import Query

/// What came of one expectation.
public struct ExpectationResult: Hashable, Sendable {
  public var expectation: Expectation
  public var observed: Int
  /// The times of the first and the last matching event of the range, in nanoseconds.
  public var firstSeen: Int64?
  public var lastSeen: Int64?
  /// What the reader should know besides.
  public var detail: String?

  /// Whether it is met.
  public var isMet: Bool { expectation.isMet(by: observed) }
}

/// Counts the events of expectations, exactly, in one scan.
public struct ExpectationQuery: Sendable {
  /// The arguments, each with the expectations that it lists.
  private let arguments: [(text: String, expectations: [Expectation])]
  /// Events outside of it do not count.
  public var range = TimeRange.all
  /// What `now()` means, in nanoseconds.
  public var now: Int64

  /// Creates the expectations that `texts` list.
  /// - Throws: `AnalyticsError.expectations` or `.unsupported`.
  public init(parsing texts: [String], now: Int64) throws(AnalyticsError) {
    self.now = now
    var arguments: [(String, [Expectation])] = []
    for text in texts { arguments.append((text, try Expectation.parse(text))) }
    self.arguments = arguments
  }

  /// Counts in `source`. An event or a field that the store has never seen counts as nothing.
  /// - Returns: the results in the order of the expectations, and what was taken for nothing.
  /// - Throws: `QueryError` for conditions that do not read or bind, and the errors of the source.
  public func run(
    on source: some QuerySource, pool: WorkerPool
  ) throws -> (results: [ExpectationResult], warnings: [String]) {
    var binder = Binder(source, now: now, allowsMissing: true)
    var selection = StepSelection()
    let expectations = arguments.flatMap(\.expectations)
    for (text, expectations) in arguments {
      for expectation in expectations { try selection.add(expectation.step, of: text, &binder) }
    }
    let seen = try selection.tally(
      into: expectations.map { _ in SeenTimes() }, range: range, source: source, pool: pool)
    let known = KnownEvents(source)
    let results = zip(expectations, seen).map { expectation, seen in
      ExpectationResult(
        expectation: expectation, observed: seen.count, firstSeen: seen.first, lastSeen: seen.last,
        detail: Self.detail(expectation.step, seen, known, source))
    }
    return (results, binder.warnings)
  }

  private static func detail(
    _ step: EventStep, _ seen: SeenTimes, _ known: KnownEvents, _ source: some QuerySource
  ) -> String? {
    let remarks = known.remarks(on: step)
    if !remarks.isEmpty { return remarks.joined(separator: "; ") }
    guard seen.count == 0, let day = lastDay(of: step, source) else { return nil }
    return "none in the range; last seen on \(day.description)"
  }

  /// The last day with an event of `step`; nil where the metadata does not tell.
  private static func lastDay(of step: EventStep, _ source: some QuerySource) -> UTCDay? {
    let summaries = source.summaries
    guard step.alternatives.allSatisfy({ $0.condition == nil }),
      summaries.allSatisfy({ $0.events != nil })
    else { return nil }
    let takesAny = step.alternatives.contains { $0.event == nil }
    let names = Set(step.alternatives.compactMap { $0.event.map { ExactText($0) } })
    return summaries.filter { summary in
      takesAny || summary.events?.contains { names.contains(ExactText($0.name)) } == true
    }.map(\.day).max()
  }
}

/// How many rows there are, and the times of the first and the last one.
struct SeenTimes: TimeTally {
  private(set) var count = 0
  private(set) var first: Int64?
  private(set) var last: Int64?

  mutating func add(_ time: Int64, count: Int) {
    self.count += count
    first = min(first ?? time, time)
    last = max(last ?? time, time)
  }

  mutating func add(_ other: SeenTimes) {
    count += other.count
    for time in [other.first, other.last].compactMap({ $0 }) { add(time, count: 0) }
  }

  func isIndifferent(least: Int64, greatest: Int64) -> Bool { least == greatest }
}
