// The order of rows in a segment: by user, then time, then input.

import EvtCore

/// The rows of a segment in the order of the format: rows without a user first, then by
/// (hash64(user), user); within a user by (timestamp, input order).
struct RowOrder {
  let rows: [RowReference]
  let times: [Int64]
  /// Rows whose user is null, absent or empty, and distinct other users.
  let rowsWithoutUser: Int
  let userCount: Int

  init(batches: [EventBatch], rows: [RowReference]) {
    let users = UserRanks(batches: batches, rows: rows)
    // A counting sort by rank keeps input order within a user.
    var starts = [Int](repeating: 0, count: users.ranked + 2)
    for rank in users.rankByRow { starts[Int(rank) + 1] += 1 }
    for rank in 1..<starts.count { starts[rank] += starts[rank - 1] }
    var ordered = [(time: Int64, row: RowReference)](
      repeating: (0, RowReference(batch: 0, row: 0)), count: rows.count)
    var next = starts
    for (index, row) in rows.enumerated() {
      let rank = Int(users.rankByRow[index])
      ordered[next[rank]] = (batches[Int(row.batch)].times[Int(row.row)], row)
      next[rank] += 1
    }
    for rank in 0..<(starts.count - 1) {
      Self.sortByTime(&ordered, starts[rank]..<starts[rank + 1])
    }
    self.rows = ordered.map(\.row)
    self.times = ordered.map(\.time)
    let emptyUsers = users.emptyRank.map { starts[$0 + 1] - starts[$0] } ?? 0
    rowsWithoutUser = starts[1] + emptyUsers
    userCount = users.ranked - (users.emptyRank == nil ? 0 : 1)
  }

  /// Sorts a user's rows by time; equal times keep their order. Rows mostly arrive in order.
  private static func sortByTime(
    _ rows: inout [(time: Int64, row: RowReference)], _ range: Range<Int>
  ) {
    var isSorted = true
    for index in range.dropFirst() where rows[index].time < rows[index - 1].time {
      isSorted = false
      break
    }
    if isSorted { return }
    let sorted = rows[range].enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }
    for (index, row) in zip(range, sorted) { rows[index] = row.element }
  }
}

/// The place of each row's user in the order of users: 0 for none, then 1…
private struct UserRanks {
  var rankByRow: [UInt32]
  /// The greatest rank.
  var ranked: Int
  /// The rank of the empty text, if a row has it.
  var emptyRank: Int?

  init(batches: [EventBatch], rows: [RowReference]) {
    let userColumn = EventBatch.canonicalColumn(.user)
    var gather = ColumnGather(batches: batches, columns: batches.map { _ in userColumn })
    let codes = gather.codesOfText(rows)
    let union = gather.union
    let order = (0..<union.texts.count).sorted { left, right in
      if union.hashes[left] != union.hashes[right] {
        return union.hashes[left] < union.hashes[right]
      }
      return precedes(union.texts[left], union.texts[right])
    }
    var ranks = [UInt32](repeating: 0, count: union.texts.count)
    for (position, code) in order.enumerated() { ranks[code] = UInt32(position + 1) }
    rankByRow = codes.map { $0 < 0 ? 0 : ranks[Int($0)] }
    ranked = order.count
    emptyRank = union.texts.firstIndex { $0.isEmpty }.map { Int(ranks[$0]) }
  }
}
