// Exact average and quantiles of durations.

/// A multiset of durations in nanoseconds, of which exact statistics are wanted in milliseconds.
struct Durations: Sendable {
  private var values: [Int64] = []
  /// 128 bits, so that neither many nor long durations overflow; integers, so that their order does
  /// not matter.
  private var sum: Int128 = 0

  init() {}

  var count: Int { values.count }

  @inline(__always)
  mutating func add(_ duration: Int64) {
    values.append(duration)
    sum += Int128(duration)
  }

  mutating func add(_ other: Durations) {
    values.append(contentsOf: other.values)
    sum += other.sum
  }

  /// The mean; nil without durations.
  var averageMillis: Double? {
    count == 0 ? nil : Double(sum) / Double(count) / nanosPerMilli
  }

  /// The quantile at `level`, 0...1; nil without durations.
  ///
  /// Interpolates between the two nearest ranks as R's type 7 and ClickHouse's
  /// quantileExactInclusive do: the minimum is at 0, the maximum at 1.
  func quantileMillis(_ level: Double) -> Double? {
    guard count > 0 else { return nil }
    let place = level * Double(count - 1)
    let rank = min(Int(place), count - 1)
    let (lower, next) = values.select(rank: rank)
    let fraction = place - Double(rank)
    guard fraction > 0, let upper = next else { return Double(lower) / nanosPerMilli }
    // The difference first: whole nanoseconds stay exact.
    return (Double(lower) + Double(upper &- lower) * fraction) / nanosPerMilli
  }
}

private let nanosPerMilli = 1_000_000.0

extension [Int64] {
  /// The element at `rank`, from 0, if the elements were sorted, and the one behind it, which the
  /// last one has not. Takes linear time: each pass deals the elements into 2,048 ranges of equal
  /// width and goes on in the one that holds the rank.
  func select(rank: Int) -> (element: Int64, next: Int64?) {
    precondition(rank >= 0 && rank < count, "BUG: rank out of range")
    var rank = rank
    var rest = self
    // The least of the elements in later ranges, once the rank is the last of its range.
    var beyond: Int64?
    while true {
      guard let least = rest.min(), let greatest = rest.max(), least < greatest else {
        return (rest[0], rank + 1 < rest.count ? rest[0] : beyond)
      }
      if rest.count <= 256 {
        let sorted = rest.sorted()
        return (sorted[rank], rank + 1 < sorted.count ? sorted[rank + 1] : beyond)
      }
      let width = UInt64(bitPattern: greatest &- least)
      let shift = UInt64(Swift.max(0, 64 - width.leadingZeroBitCount - 11))
      func range(_ value: Int64) -> Int { Int(UInt64(bitPattern: value &- least) >> shift) }
      var counts = [Int](repeating: 0, count: 2_048)
      for value in rest { counts[range(value)] += 1 }
      var chosen = 0
      while rank >= counts[chosen] {
        rank -= counts[chosen]
        chosen += 1
      }
      if rank + 1 == counts[chosen] {
        beyond = rest.lazy.filter { range($0) > chosen }.min() ?? beyond
      }
      rest = rest.filter { range($0) == chosen }
    }
  }
}
