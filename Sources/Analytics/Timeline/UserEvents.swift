// The events of one segment that an analysis looks at, by user.

import Columnar
import EvtCore

/// A compact list of events in the order of a segment: (hash64(user), user, time). One is made per
/// segment, by one thread (`UserEventsBuilder`); it never changes, and so may cross threads.
///
/// Only users with such an event are in it. What an event means to the analysis is a number of its
/// choice, the mark, and so is a second one, the value, which is kept only where it is asked for.
public final class UserEvents: @unchecked Sendable {
  fileprivate let storage: UserEventsBuilder

  fileprivate init(_ storage: consuming UserEventsBuilder) { self.storage = storage }

  /// The number of users.
  public var userCount: Int { storage.users.count }
  /// The number of events.
  public var eventCount: Int { storage.events.count }

  /// Replaces each value v by `numbers[v]`. Only for whoever made the list, before others see it.
  func renumberValues(by numbers: [UInt32]) { storage.renumberValues(by: numbers) }

  /// The list as plain pointers, valid while the list lives.
  var view: UserEventsView { storage.view }
}

/// One user of a list, in 16 bytes: there are as many as users and days.
struct UserRecord: BitwiseCopyable {
  var hash: UInt64
  /// Where the user's text and events end in those of the list; they begin where the last user's
  /// end.
  var textEnd: UInt32
  private var eventEndAndFlag: UInt32

  /// Events of a list; a segment has no more rows.
  static let eventsMax = Limits.segmentRowsMax
  private static let flag: UInt32 = 1 << 31

  init(hash: UInt64, textEnd: UInt32, eventEnd: Int, isFlagged: Bool) {
    self.hash = hash
    self.textEnd = textEnd
    eventEndAndFlag = UInt32(eventEnd) | (isFlagged ? Self.flag : 0)
  }

  @inline(__always)
  var eventEnd: Int {
    get { Int(eventEndAndFlag & ~Self.flag) }
    set { eventEndAndFlag = eventEndAndFlag & Self.flag | UInt32(newValue) }
  }

  /// What the analysis wants to know of a user before it looks at the events.
  @inline(__always)
  var isFlagged: Bool {
    get { eventEndAndFlag & Self.flag != 0 }
    set { eventEndAndFlag = eventEndAndFlag & ~Self.flag | (newValue ? Self.flag : 0) }
  }
}

/// An event in 8 bytes: the time since the list's base above the mark.
enum PackedEvent {
  static let markBits: UInt64 = 17
  static let markMask: UInt64 = 1 << markBits - 1
  /// Marks are below this.
  static let markLimit = 1 << Int(markBits)
  /// Times are less than this after the base; a day in nanoseconds takes 47 bits.
  static let timeLimit: UInt64 = 1 << (64 - markBits)
}

/// Makes a list of users' events, in the order of a segment.
public struct UserEventsBuilder: ~Copyable {
  fileprivate var users: GrowableBuffer<UserRecord>
  /// Whether the texts grew beyond what a list can hold; what it has is then of no use.
  private(set) var isTooLarge = false
  private var textBytes: GrowableBuffer<UInt8>
  fileprivate var events: GrowableBuffer<UInt64>
  private var values: GrowableBuffer<UInt32>
  /// The instant from which times count.
  let baseTime: Int64
  private let hasValues: Bool

  /// Creates an empty list of events at `baseTime` and up to 39 hours after it.
  /// - Parameters:
  ///   - hasValues: whether each event carries a value beside its mark.
  ///   - users: how many users there will be, about.
  ///   - events: how many events there will be, about.
  public init(baseTime: Int64, hasValues: Bool, users: Int = 0, events: Int = 0) {
    self.baseTime = baseTime
    self.hasValues = hasValues
    self.users = GrowableBuffer(capacity: users)
    textBytes = GrowableBuffer(capacity: users * 16)
    self.events = GrowableBuffer(capacity: events)
    values = GrowableBuffer(capacity: hasValues ? events : 0)
  }

  /// The memory held.
  var allocatedBytes: Int {
    users.allocatedBytes + textBytes.allocatedBytes + events.allocatedBytes
      + values.allocatedBytes
  }

  /// Returns the finished list.
  public consuming func finish() -> UserEvents { UserEvents(self) }

  /// Makes room for `count` more events and returns where to write them (see `PackedEvent`) and
  /// their values; `commit` takes them over.
  @inline(__always)
  mutating func reserve(_ count: Int) -> (
    events: UnsafeMutablePointer<UInt64>, values: UnsafeMutablePointer<UInt32>
  ) {
    events.reserve(count)
    if hasValues { values.reserve(count) }
    return (events.base + events.count, values.base + values.count)
  }

  /// Gives the `count` events that were written to reserved places to the user `text`.
  /// - Parameters:
  ///   - isFlagged: whether the user is to be flagged; one flag is enough.
  ///   - hash: the user's hash where it is known already.
  @inline(__always)
  mutating func commit(
    _ count: Int, user text: UnsafeRawBufferPointer, isFlagged: Bool, hash: UInt64? = nil
  ) {
    guard count > 0 else { return }
    precondition(events.count + count <= UserRecord.eventsMax, "BUG: more events than rows")
    events.count += count
    if hasValues { values.count += count }
    let last = users.count - 1
    // A user's rows may go on in the next block.
    if last >= 0, equal(view.text(of: last), text) {
      users.base[last].eventEnd = events.count
      if isFlagged { users.base[last].isFlagged = true }
      return
    }
    textBytes.append(contentsOf: text.bindMemory(to: UInt8.self))
    guard let textEnd = UInt32(exactly: textBytes.count) else {
      isTooLarge = true
      return
    }
    users.append(
      UserRecord(
        hash: hash ?? StableHash.user(text), textEnd: textEnd, eventEnd: events.count,
        isFlagged: isFlagged))
  }

  /// Adds events of a user behind all others, for callers that have them at hand.
  public mutating func append(
    user: String, times: [Int64], marks: [UInt32], values: [UInt32] = [],
    isFlagged: Bool, hash: UInt64? = nil
  ) {
    precondition(times.count == marks.count, "BUG: events without marks")
    precondition(!hasValues || values.count == times.count, "BUG: events without values")
    let places = reserve(times.count)
    for index in times.indices {
      let offset = UInt64(bitPattern: times[index] &- baseTime)
      precondition(offset < PackedEvent.timeLimit, "BUG: an event far from the others")
      precondition(marks[index] < PackedEvent.markLimit, "BUG: mark out of range")
      places.events[index] = offset << PackedEvent.markBits | UInt64(marks[index])
      if hasValues { places.values[index] = values[index] }
    }
    var user = user
    user.withUTF8 {
      commit(times.count, user: UnsafeRawBufferPointer($0), isFlagged: isFlagged, hash: hash)
    }
  }

  fileprivate borrowing func renumberValues(by numbers: [UInt32]) {
    for event in 0..<values.count { values.base[event] = numbers[Int(values.base[event])] }
  }

  fileprivate var view: UserEventsView {
    @inline(__always) get {
      UserEventsView(
        userCount: users.count, users: users.base, textBytes: textBytes.base, events: events.base,
        values: values.base, hasValues: hasValues, baseTime: baseTime)
    }
  }
}
