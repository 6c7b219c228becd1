// A snapshot of a store as what queries run on.

import Columnar
import Store

extension Snapshot: QuerySource {
  /// What the catalogue knows of each segment.
  public var summaries: [SegmentSummary] { segments.map(\.summary) }

  /// What the catalogue knows of each rollup.
  public var rollupSummaries: [RollupSummary] { rollups.map(\.summary) }

  /// The error that names the segment's file.
  public func report(_ damage: SegmentDamage, segment index: Int) -> any Error {
    damaged(damage, segment: index)
  }
}
