// What a trend found.

import EvtCore
import Query

/// A stretch of time for which a trend has figures.
public struct TrendBucket: Hashable, Sendable {
  /// Its first and last instant, in nanoseconds since 1970.
  public var span: ClosedRange<Int64>
  /// Whether events of it may be missing: it is not over yet, or the range begins or ends in it.
  public var isPartial: Bool
}

/// Whose figures a series has.
public enum TrendGroup: Hashable, Sendable {
  /// There is no breakdown.
  case all
  case value(ResultValue)
  /// All values but those that have a series of their own.
  case other
}

/// Figures bucket by bucket.
public struct TrendSeries: Hashable, Sendable {
  /// The event that is counted; nil for all of them.
  public var event: String?
  public var group: TrendGroup
  /// By bucket, the figures in the order of the aggregates.
  public var figures: [[ResultValue]]
}

/// The answer to a `TrendQuery`.
public struct TrendResult: Hashable, Sendable {
  /// The length of the buckets, never `auto`.
  public var interval: TrendInterval
  /// In the order of time, without gaps.
  public var buckets: [TrendBucket]
  /// By event as asked for, then by group: the greatest first, "other" last.
  public var series: [TrendSeries]
  /// What the reader should know besides: names that are missing and were taken for nothing.
  public var warnings: [String]
}
