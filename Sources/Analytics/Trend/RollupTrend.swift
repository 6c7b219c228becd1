// The buckets of a trend that reach into days of which only rollups are left.

import Columnar
import EvtCore
import Query

/// Answers for these buckets from rollups, and from the rows of the other days in them as if they
/// were rolled up: distinct counts cannot be added, sketches can be united.
struct RollupTrend<Source: QuerySource> {
  /// One day.
  private enum Part {
    /// The index of its rollup.
    case rollup(Int)
    /// The indices of its segments.
    case rows(UTCDay, [Int])

    var isRollup: Bool { if case .rollup = self { true } else { false } }
  }

  private let query: TrendQuery
  private let scope: RollupScope
  private let source: Source
  private let pool: WorkerPool
  private let buckets: [ClosedRange<Int64>]
  private let parts: [Part]
  /// The buckets with figures from here.
  private let answered: Range<Int>

  init(
    _ query: TrendQuery, _ scope: RollupScope, _ source: Source, _ pool: WorkerPool,
    buckets: [ClosedRange<Int64>]
  ) {
    self.query = query
    self.scope = scope
    self.source = source
    self.pool = pool
    self.buckets = buckets
    // Days with rollups precede those with rows.
    let lastTime = scope.summaries.map(\.maxTime).max() ?? .min
    let firstTime = scope.summaries.map(\.minTime).min() ?? .max
    let first = buckets.firstIndex { $0.upperBound >= firstTime } ?? buckets.count
    let end = buckets.firstIndex { $0.lowerBound > lastTime } ?? buckets.count
    answered = query.isCumulative ? 0..<buckets.count : min(first, end)..<end
    // Totals over all buckets, and the ranking of a breakdown, need every day.
    let needsAll = query.isCumulative || query.breakdown != nil
    let lastAnswered = end > 0 && !needsAll ? buckets[end - 1].upperBound : Int64.max
    var segments: [UTCDay: [Int]] = [:]
    for (index, segment) in source.summaries.enumerated()
    where segment.minTime <= lastAnswered
      && query.range.overlaps(least: segment.minTime, greatest: segment.maxTime)
    { segments[segment.day, default: []].append(index) }
    parts =
      scope.indices.map { .rollup($0) }
      + segments.sorted { $0.key < $1.key }.map { .rows($0.key, $0.value) }
  }

  // MARK: - Ranking

  /// The ranking of the breakdown over all days, nil without one.
  func ranking() throws -> TrendRanking? {
    guard let path = scope.path else { return nil }
    var totals: [RollupValue: RollupFigures] = [:]
    var hasUnnamed = false
    try forEachPart { rollup, part in
      guard isWhole(rollup.day.start, UTCDay.nanoseconds, part) else { return }
      let slots = EventSlots(query, rollup)
      for group in try rollup.groups(by: path) ?? [] {
        if slots.slot(of: group.event) == nil {
          // What is asked for may be among all events without a name.
          hasUnnamed = hasUnnamed || group.event == nil && !slots.unlisted.isEmpty
        } else if let value = group.value {
          totals[value, default: RollupFigures()].merge(group.figures)
        } else {
          hasUnnamed = true
        }
      }
    }
    let first = query.aggregates[0]
    return TrendRanking(
      totals.mapValues { RollupCells.figure(first, $0) }, top: query.top, hasUnnamed: hasUnnamed)
  }

  // MARK: - Figures

  /// Puts the figures of the answered buckets into `series`.
  /// - Returns: the buckets of which events are missing, and what the reader should know of it.
  func answer(
    _ series: inout [TrendSeries], _ ranking: TrendRanking?
  ) throws -> (incomplete: Set<Int>, warnings: [String]) {
    var cells = RollupCells(query, seriesCount: series.count, answered: answered)
    var gaps = RollupGaps()
    try forEachPart { rollup, part in
      if let first = bucket(of: rollup.day.start) { cells.finish(before: first, into: &series) }
      if let ranking, let path = scope.path {
        try addGroups(of: rollup, part, by: path, ranking, to: &cells, &gaps)
      } else {
        addHours(of: rollup, part, to: &cells, &gaps)
      }
    }
    cells.finish(before: answered.upperBound, into: &series)
    return (gaps.buckets, gaps.warnings(query, scope))
  }

  private func addHours(
    of rollup: DayRollup, _ part: Part, to cells: inout RollupCells, _ gaps: inout RollupGaps
  ) {
    let hour = UTCDay.nanoseconds / 24
    let slots = EventSlots(query, rollup)
    func add(_ hours: [RollupHour], slot: Int?, hides: Bool) {
      for found in hours {
        let start = rollup.day.start + Int64(found.hour) * hour
        guard let bucket = bucket(of: start), answered.contains(bucket),
          query.range.overlaps(least: start, greatest: start + hour - 1)
        else { continue }
        if hides {
          for slot in slots.unlisted { cells.hide(bucket, slot) }
          gaps.hidden.insert(rollup.day)
        }
        guard let slot else { continue }
        if isWhole(start, hour, part) {
          cells.add(found.figures, bucket, slot)
        } else {
          gaps.cut.insert(rollup.day)
          gaps.buckets.insert(bucket)
        }
      }
    }
    for (index, event) in rollup.events.enumerated() {
      add(event.hours, slot: slots.slot(of: index), hides: false)
    }
    add(rollup.otherHours, slot: slots.slot(of: nil), hides: !slots.unlisted.isEmpty)
  }

  private func addGroups(
    of rollup: DayRollup, _ part: Part, by path: String, _ ranking: TrendRanking,
    to cells: inout RollupCells, _ gaps: inout RollupGaps
  ) throws {
    guard let bucket = bucket(of: rollup.day.start), answered.contains(bucket) else { return }
    guard let groups = try rollup.groups(by: path) else {
      gaps.unknown.insert(rollup.day)
      gaps.buckets.insert(bucket)
      return
    }
    guard isWhole(rollup.day.start, UTCDay.nanoseconds, part) else {
      gaps.cut.insert(rollup.day)
      gaps.buckets.insert(bucket)
      return
    }
    let slots = EventSlots(query, rollup)
    let width = ranking.groups.count
    var listed: Set<Int> = []
    for (index, group) in groups.enumerated() {
      if index == 0 || groups[index - 1].event != group.event { listed = [] }
      guard let slot = slots.slot(of: group.event) else {
        if !slots.unlisted.isEmpty, group.event == nil {
          for slot in slots.unlisted {
            for place in 0..<width { cells.hide(bucket, slot * width + place) }
          }
          gaps.hidden.insert(rollup.day)
        }
        continue
      }
      let place = ranking.place(of: group.value)
      cells.add(group.figures, bucket, slot * width + place)
      listed.insert(place)
      // A value of its own series may be among those without a name.
      if group.value == nil, !(0..<ranking.namedCount).allSatisfy(listed.contains) {
        for place in 0..<width where place == ranking.namedCount || !listed.contains(place) {
          cells.hide(bucket, slot * width + place)
        }
      }
    }
  }

  /// Whether all rows of the stretch of a day count; those of segments were told apart before.
  private func isWhole(_ start: Int64, _ length: Int64, _ part: Part) -> Bool {
    !part.isRollup || query.range.contains(start) && query.range.contains(start + length - 1)
  }

  /// The bucket that holds `instant`, if there is one.
  private func bucket(of instant: Int64) -> Int? {
    var (low, high) = (0, buckets.count)
    while low < high {
      let middle = (low + high) / 2
      if buckets[middle].upperBound < instant { low = middle + 1 } else { high = middle }
    }
    return low < buckets.count && buckets[low].contains(instant) ? low : nil
  }

  // MARK: - Parts

  /// Calls `body` with the rollup of each day, by day; a few are in memory at a time.
  private func forEachPart(_ body: (DayRollup, Part) throws -> Void) throws {
    let step = pool.threads * 2
    for start in stride(from: 0, to: parts.count, by: step) {
      let some = parts[start..<min(start + step, parts.count)]
      let rollups = try pool.map(count: some.count) { try load(parts[start + $0]) }
      for (rollup, part) in zip(rollups, some) { try body(rollup, part) }
    }
  }

  private func load(_ part: Part) throws -> DayRollup {
    switch part {
    case .rollup(let index):
      return try source.rollup(index)
    case .rows(let day, let segments):
      let builder = RollupBuilder(
        day: day, segmentCount: segments.count, range: query.range
      ) { number, body in
        try source.reading(segment: segments[number]) { try body($0) }
      }
      let paths = scope.path.map { [$0] } ?? []
      return try builder.build(names: paths, paths: paths)
    }
  }
}
