// Which rollups lie in the range of a trend, and whether they can answer it.

import Columnar
import EvtCore
import Query

/// The days of a trend's range whose rows are gone.
struct RollupScope {
  /// The indices of their rollups in the source, by day.
  let indices: [Int]
  let summaries: [RollupSummary]
  /// The property of the breakdown.
  let path: String?
  /// Why the rollups cannot answer, as what is to be said of them; nil when they can.
  private(set) var obstacle: String?

  init(_ query: TrendQuery, _ source: some QuerySource) {
    let all = source.rollupSummaries
    indices = all.indices.filter {
      query.range.overlaps(least: all[$0].minTime, greatest: all[$0].maxTime)
    }
    summaries = indices.map { all[$0] }
    path = query.breakdown.flatMap { source.propertyPath(of: $0) }
    obstacle = Self.obstacle(query, path)
  }

  /// Whether a part of the answer comes from rollups.
  var isUsed: Bool { obstacle == nil && !indices.isEmpty }

  private static func obstacle(_ query: TrendQuery, _ path: String?) -> String? {
    for aggregate in query.aggregates {
      switch aggregate.function {
      case .count, .users, .sessions: continue
      case .uniq, .sum, .avg, .min, .max, .quantile: return "have no \(aggregate.name)"
      }
    }
    if query.filter != nil { return "know no conditions" }
    if let key = query.breakdown, path == nil { return "are not broken down by \"\(key)\"" }
    switch query.interval {
    case .minute, .quarterHour: return "have no figures by \(query.interval.rawValue)"
    case .hour where query.breakdown != nil: return "are broken down by day, not by hour"
    case .hour, .day, .week, .month, .auto: return nil
    }
  }

  /// The interval that `auto` means, which is not finer than what rollups have.
  func coarsened(_ interval: TrendInterval) -> TrendInterval {
    guard isUsed, let place = TrendInterval.fixed.firstIndex(of: interval) else { return interval }
    let finest = TrendInterval.fixed.firstIndex(of: path == nil ? .hour : .day) ?? 0
    return TrendInterval.fixed[max(place, finest)]
  }

  /// Notes that the rollups cannot answer when a bucket with rows of theirs, or one behind it,
  /// begins or ends within an hour of theirs, or within a day where they have days only.
  mutating func check(_ buckets: [ClosedRange<Int64>]) {
    guard isUsed else { return }
    let unit = path == nil ? UTCDay.nanoseconds / 24 : UTCDay.nanoseconds
    let isAligned = buckets.allSatisfy {
      $0.lowerBound % unit == 0 && ($0.upperBound &+ 1) % unit == 0
    }
    if !isAligned {
      obstacle = "are by \(path == nil ? "hour" : "day") of UTC, at which not all buckets begin"
    }
  }

  /// What the reader should know of the days that rollups cannot answer for.
  var warnings: [String] {
    guard let obstacle, !summaries.isEmpty else { return [] }
    let days = UTCDay.text(of: summaries.map(\.day))
    return ["\(days): only rollups are left, which \(obstacle); counted as without events"]
  }

  /// Whether there are rollups of events in `span`.
  func overlaps(_ span: ClosedRange<Int64>) -> Bool {
    summaries.contains { span.overlaps($0.minTime...$0.maxTime) }
  }
}

extension UTCDay {
  /// Days in words: one of them, or how many from which to which.
  public static func text(of days: some Sequence<UTCDay>) -> String {
    let ordered = Set(days).sorted()
    guard let first = ordered.first, let last = ordered.last, first < last else {
      return ordered.first?.description ?? "no day"
    }
    return "\(ordered.count) days from \(first.description) to \(last.description)"
  }
}
