// Brings the events of each user together from the lists of many segments.

import EvtCore

/// One user of one list.
struct UserEntry: BitwiseCopyable {
  var hash: UInt64
  var list: UInt32
  var user: UInt32
}

/// Merges lists of users by (hash, text), a range of hashes at a time.
///
/// Every list is sorted by hash, so a range is a slice of each. The slices are dealt out by the
/// leading bits of the hash (they are spread evenly, being hashes) and each small hand is sorted:
/// one pass instead of a tournament per user. Hashes that were made to collide only make a hand
/// larger, which a comparison sort then takes on.
struct UserMerge: ~Copyable {
  private let lists: [UserEvents]
  private var views = GrowableBuffer<UserEventsView>()
  private var entries = GrowableBuffer<UserEntry>()
  private var sorted = GrowableBuffer<UserEntry>()
  private var times = GrowableBuffer<Int64>()
  private var marks = GrowableBuffer<UInt32>()
  private var values = GrowableBuffer<UInt32>()

  /// Creates a merge of `lists`, which are in the order of time where they can be.
  init(lists: [UserEvents]) {
    self.lists = lists
    for list in lists { views.append(list.view) }
  }

  /// Calls `body` for each user whose hash lies in `range`, by hash and then by text.
  ///
  /// The entries are those of one user, in the order of the lists.
  mutating func forEachUser(
    in range: ClosedRange<UInt64>,
    _ body: (inout UserMerge, UnsafeBufferPointer<UserEntry>) throws -> Void
  ) rethrows {
    collect(range)
    sortByHash(range)
    // The buffer moves out so that `body` may use the merge; nothing else touches it meanwhile.
    let ordered = UnsafeMutableBufferPointer(start: sorted.base, count: sorted.count)
    var start = 0
    while start < ordered.count {
      var end = start + 1
      while end < ordered.count, ordered[end].hash == ordered[start].hash { end += 1 }
      let alike = UnsafeMutableBufferPointer(rebasing: ordered[start..<end])
      if end > start + 1, !areOneUser(alike) { sortByText(alike) }
      var first = 0
      while first < alike.count {
        var last = first + 1
        while last < alike.count, equal(text(of: alike[last]), text(of: alike[first])) { last += 1 }
        try body(&self, UnsafeBufferPointer(rebasing: alike[first..<last]))
        first = last
      }
      start = end
    }
  }

  /// The text of the user of `entry`.
  func text(of entry: UserEntry) -> UnsafeRawBufferPointer {
    views.base[Int(entry.list)].text(of: Int(entry.user))
  }

  /// The summaries of the user's lists joined.
  @inline(__always)
  func summary(of entries: UnsafeBufferPointer<UserEntry>) -> UInt64 {
    var summary: UInt64 = 0
    for entry in entries { summary |= views.base[Int(entry.list)].summaries[Int(entry.user)] }
    return summary
  }

  /// The events of one user by time, valid until the next call.
  mutating func events(of entries: UnsafeBufferPointer<UserEntry>) -> EventColumns {
    if entries.count == 1 {
      return views.base[Int(entries[0].list)].events(of: Int(entries[0].user))
    }
    times.truncate(to: 0)
    marks.truncate(to: 0)
    values.truncate(to: 0)
    var isAscending = true
    for entry in entries {
      let columns = views.base[Int(entry.list)].events(of: Int(entry.user))
      if let first = columns.times.first, let last = times.elements.last, first < last {
        isAscending = false
      }
      times.append(contentsOf: columns.times)
      marks.append(contentsOf: columns.marks)
      values.append(contentsOf: columns.values)
    }
    if !isAscending { sortByTime() }
    return EventColumns(times: times.elements, marks: marks.elements, values: values.elements)
  }

  private mutating func collect(_ range: ClosedRange<UInt64>) {
    entries.truncate(to: 0)
    for index in 0..<views.count {
      let view = views.base[index]
      var user = view.firstUser(from: range.lowerBound)
      while user < view.userCount, view.hashes[user] <= range.upperBound {
        entries.append(
          UserEntry(hash: view.hashes[user], list: UInt32(index), user: UInt32(user)))
        user += 1
      }
    }
  }

  /// Fills `sorted` with the entries by (hash, list, user).
  private mutating func sortByHash(_ range: ClosedRange<UInt64>) {
    let count = entries.count
    sorted.truncate(to: 0)
    guard count > 0 else { return }
    // Hands of about four entries.
    let bits = max(0, Int.bitWidth - (count / 4).leadingZeroBitCount)
    let width = range.upperBound - range.lowerBound
    let shift = UInt64(max(0, UInt64.bitWidth - width.leadingZeroBitCount - bits))
    var ends = [Int](repeating: 0, count: Int(width >> shift) + 2)
    for entry in entries.elements { ends[Int((entry.hash - range.lowerBound) >> shift) + 1] += 1 }
    for hand in 1..<ends.count { ends[hand] += ends[hand - 1] }
    sorted.reserve(count)
    sorted.count = count
    for entry in entries.elements {
      let hand = Int((entry.hash - range.lowerBound) >> shift)
      sorted.base[ends[hand]] = entry
      ends[hand] += 1
    }
    var start = 0
    for end in ends.dropLast() {
      Self.sort(UnsafeMutableBufferPointer(start: sorted.base + start, count: end - start))
      start = end
    }
  }

  /// Sorts a hand by hash; it is in the order of lists already, which insertion keeps.
  private static func sort(_ hand: UnsafeMutableBufferPointer<UserEntry>) {
    if hand.count > 32 {
      var hand = hand
      hand.sort {
        $0.hash != $1.hash
          ? $0.hash < $1.hash : ($0.list, $0.user) < ($1.list, $1.user)
      }
      return
    }
    guard hand.count > 1 else { return }
    for index in 1..<hand.count {
      let entry = hand[index]
      var place = index
      while place > 0, hand[place - 1].hash > entry.hash {
        hand[place] = hand[place - 1]
        place -= 1
      }
      hand[place] = entry
    }
  }

  private func areOneUser(_ alike: UnsafeMutableBufferPointer<UserEntry>) -> Bool {
    alike.dropFirst().allSatisfy { equal(text(of: $0), text(of: alike[0])) }
  }

  private func sortByText(_ alike: UnsafeMutableBufferPointer<UserEntry>) {
    var alike = alike
    alike.sort {
      let texts = order(text(of: $0), text(of: $1))
      return texts != 0 ? texts < 0 : ($0.list, $0.user) < ($1.list, $1.user)
    }
  }

  /// Sorts the gathered events by time; segments of one day overlap.
  private mutating func sortByTime() {
    let order = (0..<times.count).sorted { (times.base[$0], $0) < (times.base[$1], $1) }
    Self.permute(&times, order)
    Self.permute(&marks, order)
    if values.count > 0 { Self.permute(&values, order) }
  }

  private static func permute<Element>(_ buffer: inout GrowableBuffer<Element>, _ order: [Int]) {
    var permuted = GrowableBuffer<Element>(capacity: order.count)
    for index in order { permuted.append(buffer.base[index]) }
    swap(&buffer, &permuted)
  }
}
