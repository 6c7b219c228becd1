// What a trend found.

import EvtCore
import Query

/// A stretch of time for which a trend has figures.
public struct TrendBucket: Hashable, Sendable {
  /// Its first and last instant, in nanoseconds since 1970.
  public var span: ClosedRange<Int64>
  /// Whether events of it may be missing: it is not over yet, the range begins or ends in it, or
  /// only rollups are left that cannot tell.
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
  /// The buckets whose figures are estimates, because rows are gone.
  public var approximate: Set<Int> = []
}

/// The answer to a `TrendQuery`.
public struct TrendResult: Hashable, Sendable {
  /// The length of the buckets, never `auto`.
  public var interval: TrendInterval
  /// In the order of time, without gaps.
  public var buckets: [TrendBucket]
  /// By event as asked for, then by group: the greatest first, "other" last.
  public var series: [TrendSeries]
  /// The day behind the last one that was answered from a rollup; nil if all figures are of rows.
  public var rolledUpBefore: UTCDay?
  /// What the reader should know besides: names that are missing and were taken for nothing, days
  /// that could not be looked at.
  public var warnings: [String]
}
