// When visitors come: more by day than by night, more on weekends than on Wednesdays.

/// The moments at which sessions begin.
///
/// They are spread evenly over a weighted clock, on which a busy quarter hour lasts longer than a
/// quiet one. The distance to the next one is drawn from what is left of clock and sessions, so
/// that the log fills its days with exactly the rows asked for.
struct ShopArrivals {
  private static let sliceMillis: Int64 = 900_000
  private static let hourWeights: [Int64] = [
    22, 14, 10, 8, 8, 12, 22, 38, 52, 60, 66, 70, 74, 70, 66, 64, 66, 72, 82, 94, 100, 92, 66, 40,
  ]
  private static let weekdayWeights: [Int64] = [10, 9, 9, 10, 11, 13, 13]

  private let startMillis: Int64
  private let lastMillis: Int64
  private let totalWeighted: Double
  private var leftWeighted: Double
  private var slice: Int64 = 0
  /// Weighted milliseconds spent in the current slice.
  private var spentInSlice: Double = 0
  /// The time of the next arrival in milliseconds since 1970.
  private(set) var nextMillis: Int64

  init(startMillis: Int64, days: Int) {
    self.startMillis = startMillis
    lastMillis = startMillis + Int64(days) * 86_400_000 - 1
    nextMillis = startMillis
    var total = 0.0
    for day in 0..<Int64(days) {
      for hour in 0..<24 {
        total += Double(Self.weight(day: day, hour: hour) * 4 * Self.sliceMillis)
      }
    }
    totalWeighted = total
    leftWeighted = total
  }

  /// The share of the clock that has passed.
  var progress: Double { totalWeighted > 0 ? 1 - leftWeighted / totalWeighted : 1 }

  /// Moves on to the next arrival, given how many are still to come.
  mutating func advance(sessionsLeft: Double, _ random: inout SeededRandom) {
    let draw = Double(random.exponential(mean: 1_000_000)) / 1_000_000
    // Never past the end: the last distance takes a part of what is left.
    var step = leftWeighted * draw / (max(sessionsLeft, 0.5) + draw)
    leftWeighted -= step
    while step >= sliceWeighted - spentInSlice {
      step -= sliceWeighted - spentInSlice
      spentInSlice = 0
      slice += 1
    }
    spentInSlice += step
    let inSlice = Int64(spentInSlice / Double(currentWeight))
    // The sum of the distances may be rounded to a little more than the whole.
    nextMillis = min(startMillis + slice * Self.sliceMillis + inSlice, lastMillis)
  }

  private var currentWeight: Int64 {
    Self.weight(day: slice / 96, hour: Int(slice % 96) / 4)
  }

  private var sliceWeighted: Double { Double(currentWeight * Self.sliceMillis) }

  private static func weight(day: Int64, hour: Int) -> Int64 {
    hourWeights[hour] * weekdayWeights[Int(day % 7)]
  }
}
