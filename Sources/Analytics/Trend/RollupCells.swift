// Adds up rollups by bucket and series.

import Columnar
import EvtCore
import Query

/// Which events of one rollup go into which series of events.
struct EventSlots {
  /// By index of the rollup's events; the last one is for all events that it does not name.
  private let slots: [Int?]
  /// The series of events that the rollup does not name.
  let unlisted: [Int]

  init(_ query: TrendQuery, _ rollup: DayRollup) {
    guard !query.events.isEmpty else {
      slots = [Int?](repeating: 0, count: rollup.events.count + 1)
      unlisted = []
      return
    }
    var slots = [Int?](repeating: nil, count: rollup.events.count + 1)
    var unlisted: [Int] = []
    for (slot, name) in query.events.enumerated() {
      if let index = rollup.index(ofEvent: name) {
        slots[index] = slot
      } else {
        unlisted.append(slot)
      }
    }
    self.slots = slots
    self.unlisted = unlisted
  }

  /// The series of an event, nil for all events that the rollup does not name.
  func slot(of event: Int?) -> Int? { slots[event ?? slots.count - 1] }
}

/// What is missing, and why.
struct RollupGaps {
  /// The buckets of which events are missing.
  var buckets: Set<Int> = []
  /// Days that the range cuts where rollups cannot be cut.
  var cut: Set<UTCDay> = []
  /// Days that are not rolled up by the property of the breakdown.
  var unknown: Set<UTCDay> = []
  /// Days with events without a name, among which may be one that is asked for.
  var hidden: Set<UTCDay> = []

  func warnings(_ query: TrendQuery, _ scope: RollupScope) -> [String] {
    var warnings: [String] = []
    func warn(_ days: Set<UTCDay>, _ what: String) {
      if !days.isEmpty { warnings.append("\(UTCDay.text(of: days)): \(what)") }
    }
    warn(
      unknown,
      "only rollups are left, which are not broken down by \"\(query.breakdown ?? "")\";"
        + " counted as without events")
    let unit = scope.path == nil ? "hour" : "day"
    warn(
      cut,
      "only rollups are left, by \(unit); the \(unit) that the range cuts is counted as without"
        + " events")
    warn(
      hidden,
      "only rollups are left, which name \(Limits.rollupEventsMax) events; what they do not name is"
        + " counted as without events")
    return warnings
  }
}

/// The figures of some buckets, kept until all days of a bucket were added.
struct RollupCells {
  private struct Cell {
    var figures = RollupFigures()
    /// Whether rows may be missing because a rollup does not name what they are of.
    var isHidden = false
  }

  private let query: TrendQuery
  private let seriesCount: Int
  /// By bucket, a cell for each series.
  private var open: [Int: [Cell]] = [:]
  /// The next bucket to be finished, and behind the last one.
  private var next: Int
  private let end: Int
  /// By series, everything so far, where figures are totals.
  private var totals: [Cell]

  init(_ query: TrendQuery, seriesCount: Int, answered: Range<Int>) {
    self.query = query
    self.seriesCount = seriesCount
    next = answered.lowerBound
    end = answered.upperBound
    totals = [Cell](repeating: Cell(), count: seriesCount)
  }

  mutating func add(_ figures: RollupFigures, _ bucket: Int, _ series: Int) {
    open[bucket, default: [Cell](repeating: Cell(), count: seriesCount)][series].figures
      .merge(figures)
  }

  /// Notes that rows of a series may be missing in a bucket.
  mutating func hide(_ bucket: Int, _ series: Int) {
    open[bucket, default: [Cell](repeating: Cell(), count: seriesCount)][series].isHidden = true
  }

  /// Writes the figures of all buckets before `bucket`, to which nothing is added any more.
  mutating func finish(before bucket: Int, into series: inout [TrendSeries]) {
    while next < min(bucket, end) {
      let cells = open.removeValue(forKey: next)
      for number in 0..<seriesCount {
        var cell = cells?[number] ?? Cell()
        if query.isCumulative {
          totals[number].figures.merge(cell.figures)
          totals[number].isHidden = totals[number].isHidden || cell.isHidden
          cell = totals[number]
        }
        write(cell, to: &series[number])
      }
      next += 1
    }
  }

  private func write(_ cell: Cell, to series: inout TrendSeries) {
    var isEstimate = cell.isHidden
    series.figures[next] = query.aggregates.map { aggregate in
      switch aggregate.function {
      case .users: isEstimate = isEstimate || !cell.figures.users.isExact
      case .sessions: isEstimate = isEstimate || !cell.figures.sessions.isExact
      case .count, .uniq, .sum, .avg, .min, .max, .quantile: break
      }
      return .int(Int64(clamping: RollupCells.figure(aggregate, cell.figures)))
    }
    if isEstimate { series.approximate.insert(next) }
  }

  /// A figure of rolled up rows.
  static func figure(_ aggregate: Aggregate, _ figures: RollupFigures) -> UInt64 {
    switch aggregate.function {
    case .users: figures.users.count
    case .sessions: figures.sessions.count
    // The scope lets nothing else through.
    case .count, .uniq, .sum, .avg, .min, .max, .quantile: figures.rows
    }
  }
}
