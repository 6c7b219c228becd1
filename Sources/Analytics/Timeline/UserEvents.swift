// The events of one segment that an analysis looks at, by user.

import EvtCore

/// A compact list of events in the order of a segment: (hash64(user), user, time). One is made per
/// segment, by one thread; after that it is only read, which is why it may cross threads.
///
/// Only users with such an event are in it. What an event means to the analysis is a number of its
/// choice (`mark`), and so is the second one, which is kept only where the analysis asks for it.
public final class UserEvents: @unchecked Sendable {
  // By user.
  private var hashes = GrowableBuffer<UInt64>()
  private var textEnds = GrowableBuffer<Int>()
  private var textBytes = GrowableBuffer<UInt8>()
  private var eventEnds = GrowableBuffer<Int>()
  private var summaries = GrowableBuffer<UInt64>()
  // By event.
  private var times = GrowableBuffer<Int64>()
  private var marks = GrowableBuffer<UInt32>()
  private var values = GrowableBuffer<UInt32>()
  /// Whether each event carries a value beside its mark.
  public let hasValues: Bool

  /// Creates an empty list.
  public init(hasValues: Bool) { self.hasValues = hasValues }

  /// The number of users.
  public var userCount: Int { hashes.count }
  /// The number of events.
  public var eventCount: Int { times.count }
  /// The memory held.
  public var allocatedBytes: Int {
    hashes.allocatedBytes + textEnds.allocatedBytes + textBytes.allocatedBytes
      + eventEnds.allocatedBytes + summaries.allocatedBytes + times.allocatedBytes
      + marks.allocatedBytes + values.allocatedBytes
  }

  /// The finished list as plain pointers, valid while the list lives.
  var view: UserEventsView {
    UserEventsView(
      userCount: userCount, hashes: hashes.base, summaries: summaries.base,
      textEnds: textEnds.base, textBytes: textBytes.base, eventEnds: eventEnds.base,
      times: times.base, marks: marks.base, values: values.base, hasValues: hasValues)
  }

  /// Makes room for `count` more events and returns where to write them; `commit` takes them over.
  @inline(__always)
  func reserve(_ count: Int) -> (
    times: UnsafeMutablePointer<Int64>, marks: UnsafeMutablePointer<UInt32>,
    values: UnsafeMutablePointer<UInt32>
  ) {
    times.reserve(count)
    marks.reserve(count)
    if hasValues { values.reserve(count) }
    return (times.base + times.count, marks.base + marks.count, values.base + values.count)
  }

  /// Gives the `count` events that were written to reserved places to the user `text`.
  /// - Parameters:
  ///   - summary: what the analysis wants to know of them all, joined by `|` for one user.
  ///   - hash: the user's hash where it is known already.
  func commit(
    _ count: Int, user text: UnsafeRawBufferPointer, summary: UInt64, hash: UInt64? = nil
  ) {
    guard count > 0 else { return }
    times.count += count
    marks.count += count
    if hasValues { values.count += count }
    let last = userCount - 1
    // A user's rows may go on in the next block.
    if last >= 0, equal(view.text(of: last), text) {
      eventEnds.base[last] = times.count
      summaries.base[last] |= summary
      return
    }
    hashes.append(hash ?? StableHash.user(text))
    textBytes.append(contentsOf: text.bindMemory(to: UInt8.self))
    textEnds.append(textBytes.count)
    eventEnds.append(times.count)
    summaries.append(summary)
  }

  /// Adds events of a user behind all others, for callers that have them at hand.
  public func append(
    user: String, times: [Int64], marks: [UInt32], values: [UInt32] = [], summary: UInt64,
    hash: UInt64? = nil
  ) {
    precondition(times.count == marks.count, "BUG: events without marks")
    precondition(!hasValues || values.count == times.count, "BUG: events without values")
    let places = reserve(times.count)
    for index in times.indices {
      places.times[index] = times[index]
      places.marks[index] = marks[index]
      if hasValues { places.values[index] = values[index] }
    }
    var user = user
    user.withUTF8 {
      commit(times.count, user: UnsafeRawBufferPointer($0), summary: summary, hash: hash)
    }
  }
}

/// Whether two texts are the same bytes.
@inline(__always)
func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  left.count == right.count && (left.count == 0 || order(left, right) == 0)
}

/// Compares two texts by their bytes: negative, zero or positive.
func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
  for index in 0..<min(left.count, right.count) where left[index] != right[index] {
    return Int(left[index]) - Int(right[index])
  }
  return left.count - right.count
}
