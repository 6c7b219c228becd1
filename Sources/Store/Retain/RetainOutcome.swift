// What a retain did, or would do.

import Columnar

/// The result of a retain or of a dry run.
public struct RetainOutcome: Hashable, Sendable {
  public var plan: RetainPlan
  /// The generation that is current now.
  public var generation: UInt64
  /// The latest time of any row there is now, in nanoseconds since 1970.
  public var newestEvent: Int64?
  /// What stays of removed days, by day, or would stay.
  public var rollups: [StoredRollup] = []
  /// Reject files that were removed, or would be.
  public var rejects = 0
  /// Segments that are gone from the store, but stay on the disk until those who read them end.
  public var leasedSegments = 0
  public var leasedBytes: UInt64 = 0

  init(_ plan: RetainPlan, _ catalogue: Catalogue) {
    self.plan = plan
    generation = catalogue.generation
    newestEvent = catalogue.segments.lazy.map(\.summary.maxTime).max()
  }
}
