// A finished list of users' events as pointers, for the merge's inner loops.

/// What `UserEvents` holds, without the reference counting that each access to an object in an
/// array costs. Whoever keeps a view keeps the list alive.
struct UserEventsView: BitwiseCopyable {
  var userCount: Int
  var hashes: UnsafePointer<UInt64>
  var summaries: UnsafePointer<UInt64>
  var textEnds: UnsafePointer<Int>
  var textBytes: UnsafePointer<UInt8>
  var eventEnds: UnsafePointer<Int>
  var times: UnsafePointer<Int64>
  var marks: UnsafePointer<UInt32>
  var values: UnsafePointer<UInt32>
  var hasValues: Bool

  /// The UTF-8 bytes of the text of `user`.
  @inline(__always)
  func text(of user: Int) -> UnsafeRawBufferPointer {
    let start = user == 0 ? 0 : textEnds[user - 1]
    return UnsafeRawBufferPointer(start: textBytes + start, count: textEnds[user] - start)
  }

  /// The events of `user`.
  @inline(__always)
  func events(of user: Int) -> EventColumns {
    let start = user == 0 ? 0 : eventEnds[user - 1]
    let count = eventEnds[user] - start
    return EventColumns(
      times: UnsafeBufferPointer(start: times + start, count: count),
      marks: UnsafeBufferPointer(start: marks + start, count: count),
      values: UnsafeBufferPointer(
        start: values + (hasValues ? start : 0), count: hasValues ? count : 0))
  }

  /// The first user whose hash is not below `hash`.
  func firstUser(from hash: UInt64) -> Int {
    var low = 0
    var high = userCount
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Some events of a user as parallel columns; `values` is empty where none are kept.
struct EventColumns {
  var times: UnsafeBufferPointer<Int64>
  var marks: UnsafeBufferPointer<UInt32>
  var values: UnsafeBufferPointer<UInt32>
}
