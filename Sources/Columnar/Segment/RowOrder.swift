// The order of rows in a segment: by user, then time, then input.

import EvtCore

/// How the rows of a segment are put in the order of the format: rows without a user first, then
/// by (hash64(user), user); within a user by (timestamp, input order).
struct RowOrder: Sendable {
  /// The place in the segment of each row, in input order.
  let places: [UInt32]
  /// Nanoseconds since 1970 in segment order.
  let times: [Int64]
  /// Rows whose user is null, absent or empty, and distinct other users.
  let rowsWithoutUser: Int
  let userCount: Int

  init(_ source: SegmentRows) {
    let users = UserRanks(source)
    // A counting sort by rank keeps input order within a user.
    var starts = [Int](repeating: 0, count: users.ranked + 2)
    for rank in users.rankByRow { starts[Int(rank) + 1] += 1 }
    for rank in 1..<starts.count { starts[rank] += starts[rank - 1] }
    var ordered = [TimedRow](repeating: TimedRow(time: 0, position: 0), count: source.rows.count)
    var next = starts
    for stretch in source.stretches {
      let batch = source.batches[stretch.batch]
      for position in stretch.positions {
        let rank = Int(users.rankByRow[position])
        ordered[next[rank]] = TimedRow(
          time: batch.times[Int(source.rows[position].row)], position: UInt32(position))
        next[rank] += 1
      }
    }
    ordered.withUnsafeMutableBufferPointer { ordered in
      for rank in 0..<(starts.count - 1) {
        Self.sortByTime(.init(rebasing: ordered[starts[rank]..<starts[rank + 1]]))
      }
    }
    var places = [UInt32](repeating: 0, count: ordered.count)
    for (place, row) in ordered.enumerated() { places[Int(row.position)] = UInt32(place) }
    self.places = places
    times = ordered.map(\.time)
    let emptyUsers = users.emptyRank.map { starts[$0 + 1] - starts[$0] } ?? 0
    rowsWithoutUser = starts[1] + emptyUsers
    userCount = users.ranked - (users.emptyRank == nil ? 0 : 1)
  }

  /// Sorts a user's rows by time; equal times keep their order. Rows mostly arrive in order.
  private static func sortByTime(_ rows: UnsafeMutableBufferPointer<TimedRow>) {
    let isSorted = zip(rows, rows.dropFirst()).allSatisfy { $0.time <= $1.time }
    if isSorted { return }
    var rows = rows
    rows.sort { ($0.time, $0.position) < ($1.time, $1.position) }
  }
}

private struct TimedRow {
  var time: Int64
  var position: UInt32
}

/// The place of each row's user in the order of users: 0 for none, then 1…
private struct UserRanks {
  var rankByRow: [UInt32]
  /// The greatest rank.
  var ranked: Int
  /// The rank of the empty text, if a row has it.
  var emptyRank: Int?

  init(_ source: SegmentRows) {
    let index = EventBatch.canonicalColumn(.user)
    let users = ColumnGather(
      source, indices: source.batches.map { _ in index },
      places: (0..<source.rows.count).map { UInt32($0) }, alwaysUnique: true)
    let union = users.union
    let order = (0..<union.texts.count).sorted { left, right in
      if union.hashes[left] != union.hashes[right] {
        return union.hashes[left] < union.hashes[right]
      }
      return ByteOrder.precedes(union.texts[left], union.texts[right])
    }
    var ranks = [UInt32](repeating: 0, count: union.texts.count)
    for (position, code) in order.enumerated() { ranks[code] = UInt32(position + 1) }
    rankByRow = zip(users.kinds, users.bits).map { kind, code in
      kind == ValueKind.text.rawValue ? ranks[Int(code)] : 0
    }
    ranked = order.count
    emptyRank = union.texts.firstIndex { $0.isEmpty }.map { Int(ranks[$0]) }
  }
}
