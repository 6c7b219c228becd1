// How long events are to be kept.

import EvtCore

/// What `evt retain` is asked for.
public struct RetainRequest: Hashable, Sendable {
  /// How many times 24 hours an event is kept at least; 1 or more.
  public var days: Int
  /// The instant to count back from, in nanoseconds since 1970.
  public var now: Int64
  /// Whether to remove as much as it takes, and to let days in again that expired before.
  public var isForced: Bool
  /// What is to stay of the removed days; nil for nothing.
  public var rollups: RollupPolicy?

  /// Creates a request to keep `days` days.
  public init(days: Int, now: Int64, isForced: Bool = false, rollups: RollupPolicy? = nil) {
    precondition(days >= 1, "BUG: nothing would be kept")
    precondition(rollups.map { $0.days >= days } ?? true, "BUG: rollups that expire before rows")
    self.days = days
    self.now = now
    self.isForced = isForced
    self.rollups = rollups
  }

  /// The instant before which events may go; the first one there is, should it lie before that.
  public var limit: Int64 { limit(days: days) }

  private func limit(days: Int) -> Int64 {
    let (length, overflow) = Int64(days).multipliedReportingOverflow(by: UTCDay.nanoseconds)
    let (limit, underflow) = now.subtractingReportingOverflow(length)
    return overflow || underflow ? .min : limit
  }

  /// The first day that is kept: all days before it have ended by `limit`.
  public var cutoff: UTCDay { UTCDay(containing: limit) }

  /// The first day whose rollup is kept, or made; nil when there is nothing to make or to expire.
  public var rollupCutoff: UTCDay? {
    rollups.map { UTCDay(containing: limit(days: $0.days)) }
  }
}
