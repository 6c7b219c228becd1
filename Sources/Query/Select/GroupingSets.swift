// ROLLUP, CUBE and GROUPING SETS: groups by some of the keys, made of the groups by all of them.

import EvtCore

/// By which keys groups are made besides all of them.
struct GroupingSets: Sendable {
  /// Each a set of keys by their places.
  var sets: [Set<Int>]
  /// By key, what stands in rows that are not grouped by it; a date where the key has dates.
  var standards: [Value]
  /// Whether the group of all rows is there even if there are none.
  var keepsEmpty: Bool
}

extension GroupingSets {
  /// The sets of a clause over `keys`, of which some may be missing: constants group nothing.
  init(_ syntax: GroupingSyntax, _ keys: [BoundPart], places: [Int?]) {
    let all = Array(keys.indices)
    switch syntax {
    case .rollup: sets = all.indices.reversed().map { Set(all[...$0]) } + [[]]
    case .cube:
      sets = (0..<(1 << all.count)).reversed().map { bits in
        Set(all.filter { bits >> (all.count - 1 - $0) & 1 == 1 })
      }
    case .sets(let lists): sets = lists.map { Set($0.compactMap { places[$0] }) }
    }
    standards = keys.map { $0.isNullable ? .null : $0.families.standard }
    keepsEmpty = if case .sets = syntax { true } else { false }
  }

  /// What a group of a set has: the values of its keys, and whether it is grouped by each.
  struct Group {
    var keys: [Value]
    var figures: [Value]
    /// By key, 1 where the group is not by it.
    var marks: [Value]
  }

  /// The groups of all sets, one set behind the other.
  /// - Throws: `QueryError`.
  func groups(_ merge: GroupMerge, _ pool: WorkerPool) throws -> [[Group]] {
    let present = merge.groups.present
    let keys = present.map { merge.groups.keys(of: $0) }
    var standards = self.standards
    for place in standards.indices where standards[place] == .time(0) {
      if case .date = keys.first?[place] { standards[place] = .date(0) }
    }
    return try sets.map { set in
      // Groups without rows are of no union.
      var unionByGroup = [UInt32?](repeating: nil, count: merge.groups.count)
      var unions: [[Value]: Int] = [:]
      var keysOfUnion: [[Value]] = []
      for (group, values) in zip(present, keys) {
        let own = values.indices.map { set.contains($0) ? values[$0] : standards[$0] }
        let union = unions[own] ?? keysOfUnion.count
        if union == keysOfUnion.count {
          unions[own] = union
          keysOfUnion.append(own)
        }
        unionByGroup[group] = UInt32(union)
      }
      if keysOfUnion.isEmpty, set.isEmpty, keepsEmpty { keysOfUnion.append(standards) }
      let rest = UInt32(keysOfUnion.count)
      let figures = try merge.figures(
        of: GroupUnions(unionByGroup: unionByGroup.map { $0 ?? rest }, count: Int(rest) + 1), pool)
      let marks = standards.indices.map { Value.int(set.contains($0) ? 0 : 1) }
      return zip(keysOfUnion, figures).map { Group(keys: $0, figures: $1, marks: marks) }
    }
  }
}
