// What a compaction did, or would do.

import Columnar
import EvtCore

/// The result of a compaction or of a dry run.
public struct CompactionOutcome: Hashable, Sendable {
  /// The generation that is current now.
  public private(set) var generation: UInt64
  /// The latest time of any row, in nanoseconds since 1970.
  public private(set) var newestEvent: Int64?
  /// Segments of the store and their bytes, before and after; a dry run does not know the latter.
  public let segmentsBefore: Int
  public internal(set) var segmentsAfter: Int
  public let bytesBefore: UInt64
  public internal(set) var bytesAfter: UInt64?
  /// Days of which segments were merged, or would be.
  public private(set) var days: Set<UTCDay> = []
  /// Segments that were merged, those counted again that were merged twice.
  public private(set) var mergedSegments = 0
  /// Segments left as they are because a merge of them would need too much memory.
  public private(set) var segmentsTooLarge = 0

  init(_ catalogue: Catalogue) {
    generation = catalogue.generation
    newestEvent = catalogue.segments.lazy.map(\.summary.maxTime).max()
    segmentsBefore = catalogue.segments.count
    segmentsAfter = segmentsBefore
    bytesBefore = catalogue.segmentBytes
    bytesAfter = bytesBefore
  }

  /// Notes that `group` is merged.
  mutating func note(_ group: CompactionPlan.Group) {
    days.insert(group.day)
    mergedSegments += group.segments.count
  }

  /// Notes what `pass` did.
  mutating func finish(_ pass: CompactionPass) {
    for group in pass.merged { note(group) }
    segmentsTooLarge += pass.tooLarge.reduce(0) { $0 + $1.segments.count }
    generation = pass.catalogue.generation
    newestEvent = pass.catalogue.segments.lazy.map(\.summary.maxTime).max()
    segmentsAfter = pass.catalogue.segments.count
    bytesAfter = pass.catalogue.segmentBytes
  }
}

extension Catalogue {
  /// Bytes of all segment files.
  fileprivate var segmentBytes: UInt64 { segments.reduce(0) { $0 &+ $1.summary.fileBytes } }
}
