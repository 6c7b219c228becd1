// Which segments of a store are to become one.

import Columnar
import EvtCore

/// How much a compaction does.
public enum CompactionScope: Sendable {
  /// What keeps the number of segments of a day in proportion to the logarithm of its size.
  case tiers
  /// One segment a day, as far as there may be so many rows in one.
  case all
}

/// What a compaction merges, worked out from the catalogue alone.
struct CompactionPlan: Hashable, Sendable {
  /// Segments of one day that become one.
  struct Group: Hashable, Sendable {
    var segments: [StoredSegment]

    var day: UTCDay { segments[0].summary.day }
    var bytes: UInt64 { segments.reduce(0) { $0 &+ $1.summary.fileBytes } }
    var rows: UInt64 { segments.reduce(0) { $0 &+ $1.summary.rowCount } }
    var ids: Set<UInt64> { Set(segments.map(\.id)) }
  }

  /// The cheapest first.
  private(set) var groups: [Group] = []

  /// The segments of a tier are at most this many times as large as each other, and so many of them
  /// make one of the next tier.
  private static let factor = 4
  /// All segments up to this size are of the first tier.
  private static let firstTierBytes: UInt64 = 64 << 10

  /// Plans for `segments`, which are by (day, id), without those in `excluded`.
  init(_ segments: [StoredSegment], _ scope: CompactionScope, excluding excluded: Set<UInt64> = [])
  {
    let possible = segments.filter { !excluded.contains($0.id) }
    for day in Dictionary(grouping: possible, by: \.summary.day).values where day.count > 1 {
      switch scope {
      case .all: groups += Self.packed(day).filter { $0.segments.count > 1 }
      case .tiers:
        for tier in Dictionary(grouping: day, by: { Self.tier($0) }).values
        where tier.count >= Self.factor {
          groups += Self.packed(tier).filter { $0.segments.count > 1 }
        }
      }
    }
    groups.sort { ($0.bytes, $0.day, $0.segments[0].id) < ($1.bytes, $1.day, $1.segments[0].id) }
  }

  /// Leaves out the most expensive groups until the others read no more than `bytes`.
  mutating func limit(toBytes bytes: UInt64) {
    var left = bytes
    groups = Array(
      groups.prefix { group in
        guard group.bytes <= left else { return false }
        left -= group.bytes
        return true
      })
  }

  /// Puts neighbours together as long as they fit.
  private static func packed(_ segments: [StoredSegment]) -> [Group] {
    var packed: [Group] = []
    for segment in segments {
      if let last = packed.last, last.segments.count < Limits.mergeInputsMax,
        last.rows + segment.summary.rowCount <= UInt64(Limits.segmentRowsMax)
      {
        packed[packed.count - 1].segments.append(segment)
      } else {
        packed.append(Group(segments: [segment]))
      }
    }
    return packed
  }

  private static func tier(_ segment: StoredSegment) -> Int {
    var tier = 0
    var limit = firstTierBytes
    while segment.summary.fileBytes > limit, limit <= .max / UInt64(factor) {
      tier += 1
      limit *= UInt64(factor)
    }
    return tier
  }
}
