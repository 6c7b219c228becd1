// Tells for many instants in which bucket of a calendar each one is.

import EvtCore

/// Numbers the buckets of a calendar in the order in which they are met.
struct BucketFinder {
  private let calendar: CalendarBuckets
  /// By number, the first and the last instant.
  private(set) var buckets: [ClosedRange<Int64>] = []
  /// The numbers of the buckets in the order of time.
  private var order: [UInt32] = []
  /// For the minutes from `base` on, the number of the bucket that holds all of the minute; `.max`
  /// where none does or it was not met yet.
  private var minutes: [UInt32] = []
  private var base: Int64 = 0

  private static let minute: UInt64 = 60_000_000_000
  /// Two days: a segment has the events of one.
  private static let minutesMax = 2 * 1_440

  init(_ calendar: CalendarBuckets) { self.calendar = calendar }

  /// Writes the number of the bucket of each of `rows`, by ordinal, to `numbers`.
  mutating func number(_ times: [Int64], _ rows: SelectedRows, into numbers: inout [UInt32]) {
    times.withUnsafeBufferPointer { times in
      numbers.withUnsafeMutableBufferPointer { numbers in
        rows.forEach { ordinal, row in numbers[ordinal] = number(of: times[row]) }
      }
    }
  }

  /// The number of the bucket that holds `time`.
  @inline(__always)
  mutating func number(of time: Int64) -> UInt32 {
    let minute = UInt64(bitPattern: time &- base) / Self.minute
    if minute < UInt64(minutes.count), minutes[Int(minute)] != .max { return minutes[Int(minute)] }
    return find(time)
  }

  @inline(never)
  private mutating func find(_ time: Int64) -> UInt32 {
    if buckets.isEmpty {
      base = UTCDay(containing: time).start
      minutes = [UInt32](repeating: .max, count: Self.minutesMax)
    }
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if buckets[Int(order[middle])].upperBound < time { low = middle + 1 } else { high = middle }
    }
    if low == order.count || buckets[Int(order[low])].lowerBound > time {
      order.insert(UInt32(buckets.count), at: low)
      buckets.append(calendar.bucket(containing: time))
      keepMinutes(of: buckets.count - 1)
    }
    return order[low]
  }

  /// Notes the minutes that lie wholly in bucket `number`.
  private mutating func keepMinutes(of number: Int) {
    let bucket = buckets[number]
    guard bucket.upperBound >= base else { return }
    // Differences of ascending numbers fit 64 bits without sign.
    let start = UInt64(bitPattern: max(bucket.lowerBound, base) &- base)
    let last = UInt64(bitPattern: bucket.upperBound &- base)
    guard start < UInt64(minutes.count) * Self.minute else { return }
    let first = (start + Self.minute - 1) / Self.minute
    let minutesToEnd = last / Self.minute + (last % Self.minute + 1) / Self.minute
    let end = min(minutesToEnd, UInt64(minutes.count))
    guard first < end else { return }
    for minute in first..<end { minutes[Int(minute)] = UInt32(number) }
  }
}
