// Which paths stand in the overflow columns of segments that are merged.

import EvtCore

/// The paths of the kept rows' overflow objects, with what is known of their values. Paths
/// beyond `Limits.knownNamesMax` are not listed; they can never have enough values for a column.
struct OverflowSurvey {
  struct Facts {
    var count = 0
    /// What its values take in memory.
    var bytes = 0
  }

  private(set) var paths: [ExactText: Facts] = [:]

  /// - Throws: `SegmentDamage`, or the error of the source.
  init(_ inputs: [MergeInput]) throws {
    for input in inputs {
      guard let column = input.reader.footer.column(role: .overflow) else { continue }
      var cursor = ColumnCursor(input, .column(column))
      while let rows = try cursor.next(atMost: .max) {
        for row in rows where cursor.vector.kind(row) == .json {
          try add(OverflowRebuild.members(of: cursor.vector, row: row))
        }
      }
    }
  }

  private mutating func add(_ members: [OverflowMember]) {
    for member in members {
      let path = ExactText(member.path)
      guard paths[path] != nil || paths.count < Limits.knownNamesMax else { continue }
      paths[path, default: Facts()].add(member)
    }
  }
}

extension OverflowSurvey.Facts {
  fileprivate mutating func add(_ member: OverflowMember) {
    count += 1
    bytes += PromotedValues.bytesEach + member.text.count
  }
}
