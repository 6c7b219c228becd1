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
    let lower = values.select(rank: rank)
    let fraction = place - Double(rank)
    guard fraction > 0, rank + 1 < count else { return Double(lower) / nanosPerMilli }
    let upper = values.select(rank: rank + 1)
    // The difference first: whole nanoseconds stay exact.
    return (Double(lower) + Double(upper &- lower) * fraction) / nanosPerMilli
  }
}

private let nanosPerMilli = 1_000_000.0

extension [Int64] {
  /// The element at `rank`, from 0, if the elements were sorted. Takes linear time: each pass deals
  /// the elements into 2,048 ranges of equal width and goes on in the one that holds the rank.
  func select(rank: Int) -> Int64 {
    precondition(rank >= 0 && rank < count, "BUG: rank out of range")
    var rank = rank
    var rest = self
    while true {
      guard let least = rest.min(), let greatest = rest.max(), least < greatest else {
        return rest[0]
      }
      if rest.count <= 256 { return rest.sorted()[rank] }
      let width = UInt64(bitPattern: greatest &- least)
      let shift = UInt64(Swift.max(0, 64 - width.leadingZeroBitCount - 11))
      var counts = [Int](repeating: 0, count: 2_048)
      for value in rest { counts[Int(UInt64(bitPattern: value &- least) >> shift)] += 1 }
      var bucket = 0
      while rank >= counts[bucket] {
        rank -= counts[bucket]
        bucket += 1
      }
      rest = rest.filter { Int(UInt64(bitPattern: $0 &- least) >> shift) == bucket }
    }
  }
}
