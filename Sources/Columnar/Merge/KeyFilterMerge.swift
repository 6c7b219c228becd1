// Makes the key filters of merged rows.

import EvtCore

/// Goes through users and event ids block by block and makes a filter of each.
struct KeyFilterMerge {
  private var users: ColumnMerge
  private var ids: ColumnMerge

  /// Nil when no row has an event id.
  init?(
    _ plan: MergePlan, _ inputs: [MergeInput], _ order: MergeOrder, textBytesMax: Int
  ) {
    guard inputs.contains(where: { !$0.reader.footer.keyFilters.isEmpty }),
      let users = plan.columns.first(where: { $0.role == .user }),
      let ids = plan.columns.first(where: { $0.role == .eventID })
    else { return nil }
    self.users = ColumnMerge(users, inputs, order, textBytesMax: textBytesMax)
    self.ids = ColumnMerge(ids, inputs, order, textBytesMax: textBytesMax)
  }

  /// The filter of the next block; nil behind the last one.
  /// - Throws: `SegmentDamage`, `MergeTooLarge`, or the error of a source.
  mutating func next() throws -> StoredBlock? {
    guard try users.next(), try ids.next() else { return nil }
    return users.withRows { users, userTexts in
      ids.withRows { ids, idTexts in
        StoredBlock(keyHashes: Self.hashes(users, userTexts, ids, idTexts))
      }
    }
  }

  private static func hashes(
    _ users: BlockRows, _ userTexts: ColumnTexts, _ ids: BlockRows, _ idTexts: ColumnTexts
  ) -> [UInt64] {
    var seed: UInt64 = 0
    var seedBits: Int64 = -1
    return ids.kinds.indices.map { row in
      guard ids.kinds[row] == ValueKind.text.rawValue else { return 0 }
      let id = idTexts.union[Int(ids.bits[row])]
      if id.isEmpty { return 0 }
      guard ValueKind(rawValue: users.kinds[row])?.isTextual == true else {
        return max(StableHash.key(id, seed: 0), 1)
      }
      if users.bits[row] != seedBits {
        seedBits = users.bits[row]
        seed = StableHash.user(userTexts.union[Int(seedBits)])
      }
      return max(StableHash.key(id, seed: seed), 1)
    }
  }
}
