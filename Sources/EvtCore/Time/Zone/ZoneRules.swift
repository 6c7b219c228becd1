// The offsets of one time zone from UTC, over all time.

/// A time zone: how far its clock is ahead of UTC at each instant.
///
/// All offset changes that 64 bits of nanoseconds can tell (1677 to 2262) are listed, those of the
/// rule behind the last recorded one too, so that every question is one search in a list.
public struct ZoneRules: Hashable, Sendable {
  /// The name in the zone database, such as `Europe/Berlin`.
  public let name: String
  /// Where each stretch of constant offset begins, in seconds since 1970, ascending. The first one
  /// has no beginning.
  private let starts: [Int64]
  /// By stretch, seconds east of UTC. Neighbours differ.
  private let offsets: [Int64]

  /// The zone without offset.
  public static let utc = ZoneRules(name: "UTC", offset: 0)

  /// Offsets lie between these, in seconds: the bounds that RFC 8536 sets.
  static let offsetsAllowed: ClosedRange<Int64> = -89_999...93_599

  /// The seconds that nanoseconds in Int64 reach, so that nothing computed of them overflows.
  private static let secondsAllowed = second(of: .min)...second(of: .max)

  /// Creates the zone whose offset is `offset` seconds until the first of `changes`.
  /// - Parameter changes: instants in seconds since 1970, ascending, and the offset from then on;
  ///   of equal instants the last counts.
  init(name: String, offset: Int64, changes: [(second: Int64, offset: Int64)] = []) {
    self.name = name
    var starts: [Int64] = [.min]
    var offsets = [offset]
    for change in changes where change.second <= Self.secondsAllowed.upperBound {
      // All instants that there are lie behind such a change.
      if change.second <= Self.secondsAllowed.lowerBound {
        offsets = [change.offset]
        continue
      }
      if starts.count > 1, starts.last == change.second {
        starts.removeLast()
        offsets.removeLast()
      }
      guard offsets.last != change.offset else { continue }
      starts.append(change.second)
      offsets.append(change.offset)
    }
    self.starts = starts
    self.offsets = offsets
  }

  /// Seconds east of UTC at the instant `nanoseconds` after 1970-01-01T00:00Z.
  public func offset(at nanoseconds: Int64) -> Int {
    Int(offsets[stretchIndex(at: Self.second(of: nanoseconds))])
  }

  /// The instants in nanoseconds since 1970 at which the offset changes, ascending.
  public var changes: [Int64] {
    starts.dropFirst().map { Self.clampedNanoseconds(ofSecond: $0) }
  }

  /// What the local clock shows at an instant, as what a clock in UTC would show that many
  /// nanoseconds after 1970-01-01T00:00. Saturates at the ends of Int64.
  public func clock(at nanoseconds: Int64) -> Int64 {
    let offset = Int64(offset(at: nanoseconds)) * Self.secondNanoseconds
    let (sum, overflow) = nanoseconds.addingReportingOverflow(offset)
    return overflow ? (offset < 0 ? .min : .max) : sum
  }

  /// The first instant at which the local clock shows `local` (see `clock`) or later. Saturates
  /// at the ends of Int64.
  ///
  /// A time that the clock leaps over is taken for the instant of the leap, one that it shows twice
  /// for the first of the two.
  public func firstInstant(showing local: Int64) -> Int64 {
    let second = Self.second(of: local)
    let first = firstSecond(showing: second)
    let offset = offsets[stretchIndex(at: first)]
    // Behind a leap the fraction belongs to a time that is not there.
    guard first + offset == second else { return Self.clampedNanoseconds(ofSecond: first) }
    let (instant, overflow) = local.subtractingReportingOverflow(offset * Self.secondNanoseconds)
    return overflow ? (offset > 0 ? .min : .max) : instant
  }

  // MARK: - Seconds

  static let secondNanoseconds: Int64 = 1_000_000_000

  /// A stretch of constant offset: start <= second < end, in seconds since 1970.
  struct Stretch {
    var start: Int64
    var end: Int64
    var offset: Int64
  }

  /// The stretch that holds `second`.
  func stretch(atSecond second: Int64) -> Stretch {
    let index = stretchIndex(at: second)
    let end = index + 1 < starts.count ? starts[index + 1] : .max
    return Stretch(start: starts[index], end: end, offset: offsets[index])
  }

  /// The first second at which the local clock shows `local` or later.
  func firstSecond(showing local: Int64) -> Int64 {
    // No clock shows it before; from here on it is the first stretch that comes so far.
    var index = stretchIndex(at: local - Self.offsetsAllowed.upperBound)
    while index + 1 < starts.count, starts[index + 1] + offsets[index] <= local { index += 1 }
    return max(starts[index], local - offsets[index])
  }

  /// The stretch that holds `second`: the last one that does not begin later.
  private func stretchIndex(at second: Int64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= second { low = middle } else { high = middle }
    }
    return low
  }

  /// The second that holds the instant `nanoseconds`.
  static func second(of nanoseconds: Int64) -> Int64 {
    let (quotient, rest) = nanoseconds.quotientAndRemainder(dividingBy: secondNanoseconds)
    return rest < 0 ? quotient - 1 : quotient
  }

  /// The first nanosecond of `second`; at the ends of Int64 the nearest one, and true.
  static func nanoseconds(ofSecond second: Int64) -> (Int64, overflow: Bool) {
    let (product, overflow) = second.multipliedReportingOverflow(by: secondNanoseconds)
    return (overflow ? (second < 0 ? .min : .max) : product, overflow)
  }

  /// The first nanosecond of `second`, or the nearest that there is.
  static func clampedNanoseconds(ofSecond second: Int64) -> Int64 {
    nanoseconds(ofSecond: second).0
  }
}
