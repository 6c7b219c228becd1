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
  /// The events of the user at hand.
  private(set) var timeline = UserTimeline()

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
    var fetched = 0
    while start < ordered.count {
      fetched = fetchAhead(UnsafeBufferPointer(ordered), from: fetched, at: start)
      var end = start + 1
      while end < ordered.count, ordered[end].hash == ordered[start].hash { end += 1 }
      let alike = UnsafeMutableBufferPointer(rebasing: ordered[start..<end])
      if areOneUser(alike) {
        try body(&self, UnsafeBufferPointer(alike))
      } else {
        sortByText(alike)
        try forEachText(of: UnsafeBufferPointer(alike), body)
      }
      start = end
    }
  }

  /// The entries jump from list to list, so that the processor cannot guess where the next one's
  /// user is kept: tells it some entries ahead. Returns the first entry not yet asked for.
  @inline(__always)
  private func fetchAhead(
    _ ordered: UnsafeBufferPointer<UserEntry>, from first: Int, at place: Int
  ) -> Int {
    let recordsAhead = 32
    let contentsAhead = 16
    var next = first
    while next < min(place + contentsAhead, ordered.count) {
      if next + recordsAhead - contentsAhead < ordered.count {
        let entry = ordered[next + recordsAhead - contentsAhead]
        views.base[Int(entry.list)].prefetchRecord(of: Int(entry.user))
      }
      views.base[Int(ordered[next].list)].prefetchContents(of: Int(ordered[next].user))
      next += 1
    }
    return next
  }

  /// Calls `body` for each user of `alike`, whose hashes are equal and whose texts are in order.
  private mutating func forEachText(
    of alike: UnsafeBufferPointer<UserEntry>,
    _ body: (inout UserMerge, UnsafeBufferPointer<UserEntry>) throws -> Void
  ) rethrows {
    var first = 0
    while first < alike.count {
      var last = first + 1
      while last < alike.count, equal(text(of: alike[last]), text(of: alike[first])) { last += 1 }
      try body(&self, UnsafeBufferPointer(rebasing: alike[first..<last]))
      first = last
    }
  }

  /// The text of the user of `entry`.
  @inline(__always)
  func text(of entry: UserEntry) -> UnsafeRawBufferPointer {
    views.base[Int(entry.list)].text(of: Int(entry.user))
  }

  /// Whether one of the entries is flagged.
  @inline(__always)
  func isFlagged(_ entries: UnsafeBufferPointer<UserEntry>) -> Bool {
    for entry in entries where views.base[Int(entry.list)].users[Int(entry.user)].isFlagged {
      return true
    }
    return false
  }

  /// Fills `timeline` with the events of one user.
  @inline(__always)
  mutating func gather(_ entries: UnsafeBufferPointer<UserEntry>) {
    timeline.removeAll()
    var isAscending = true
    for entry in entries {
      let last = timeline.count - 1
      views.base[Int(entry.list)].append(eventsOf: Int(entry.user), to: &timeline)
      if last >= 0, last + 1 < timeline.count,
        timeline.times.base[last + 1] < timeline.times.base[last]
      {
        isAscending = false
      }
    }
    // Only segments of the same day overlap.
    if !isAscending { timeline.sort() }
  }

  private mutating func collect(_ range: ClosedRange<UInt64>) {
    entries.truncate(to: 0)
    for index in 0..<views.count {
      let view = views.base[index]
      var user = view.firstUser(from: range.lowerBound)
      while user < view.userCount, view.users[user].hash <= range.upperBound {
        entries.append(
          UserEntry(hash: view.users[user].hash, list: UInt32(index), user: UInt32(user)))
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
    for index in 1..<max(1, alike.count)
    where !equal(text(of: alike[index]), text(of: alike[0])) {
      return false
    }
    return true
  }

  private func sortByText(_ alike: UnsafeMutableBufferPointer<UserEntry>) {
    var alike = alike
    alike.sort {
      let texts = order(text(of: $0), text(of: $1))
      return texts != 0 ? texts < 0 : ($0.list, $0.user) < ($1.list, $1.user)
    }
  }
}
