// A finished list of users' events as pointers, for the merge's inner loops.

import CKernels
import EvtCore

/// What `UserEvents` holds, without the reference counting that each access to an object in an
/// array costs. Whoever keeps a view keeps the list alive.
struct UserEventsView: BitwiseCopyable {
  var userCount: Int
  var users: UnsafePointer<UserRecord>
  var textBytes: UnsafePointer<UInt8>
  var events: UnsafePointer<UInt64>
  var values: UnsafePointer<UInt32>
  var hasValues: Bool
  var baseTime: Int64

  /// The UTF-8 bytes of the text of `user`.
  @inline(__always)
  func text(of user: Int) -> UnsafeRawBufferPointer {
    let start = user == 0 ? 0 : Int(users[user - 1].textEnd)
    return UnsafeRawBufferPointer(
      start: textBytes + start, count: Int(users[user].textEnd) - start)
  }

  /// Has the record of `user` fetched from memory ahead of its use.
  @inline(__always)
  func prefetchRecord(of user: Int) { evt_prefetch(users + user) }

  /// Has the text and the first events of `user` fetched ahead of their use; reads the record.
  @inline(__always)
  func prefetchContents(of user: Int) {
    let before = users + (user - 1)
    evt_prefetch(textBytes + (user == 0 ? 0 : Int(before.pointee.textEnd)))
    evt_prefetch(events + (user == 0 ? 0 : before.pointee.eventEnd))
  }

  /// Appends the events of `user` to `timeline`.
  @inline(__always)
  func append(eventsOf user: Int, to timeline: inout UserTimeline) {
    let start = user == 0 ? 0 : users[user - 1].eventEnd
    let count = users[user].eventEnd - start
    let target = timeline.reserve(count)
    for index in 0..<count {
      let event = events[start + index]
      target.times[index] = baseTime &+ Int64(truncatingIfNeeded: event >> PackedEvent.markBits)
      target.marks[index] = UInt32(truncatingIfNeeded: event & PackedEvent.markMask)
    }
    timeline.commit(count)
    if hasValues {
      timeline.values.append(
        contentsOf: UnsafeBufferPointer(start: values + start, count: count))
    }
  }

  /// The first user whose hash is not below `hash`.
  func firstUser(from hash: UInt64) -> Int {
    var low = 0
    var high = userCount
    while low < high {
      let middle = (low + high) / 2
      if users[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The events of one user as parallel columns, by time; `values` is empty where none are kept.
struct UserTimeline: ~Copyable {
  private(set) var times = GrowableBuffer<Int64>()
  private(set) var marks = GrowableBuffer<UInt32>()
  fileprivate(set) var values = GrowableBuffer<UInt32>()

  /// The number of events.
  var count: Int { times.count }

  mutating func removeAll() {
    times.truncate(to: 0)
    marks.truncate(to: 0)
    values.truncate(to: 0)
  }

  @inline(__always)
  fileprivate mutating func reserve(_ count: Int) -> (
    times: UnsafeMutablePointer<Int64>, marks: UnsafeMutablePointer<UInt32>
  ) {
    times.reserve(count)
    marks.reserve(count)
    return (times.base + times.count, marks.base + marks.count)
  }

  @inline(__always)
  fileprivate mutating func commit(_ count: Int) {
    times.count += count
    marks.count += count
  }

  /// Sorts the events by time.
  mutating func sort() {
    let order = (0..<count).sorted { (times.base[$0], $0) < (times.base[$1], $1) }
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
