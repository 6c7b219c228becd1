// Quantiles, exact: all numbers are kept.

import EvtCore

/// Which quantile, and how it is read off sorted numbers.
struct Quantile: Hashable, Sendable {
  enum Method: Hashable, Sendable {
    /// The number at `level` of the count, rounded down: ClickHouse's `quantileExact`.
    case element
    /// Between two numbers in proportion, the least being level 0 and the greatest level 1:
    /// `quantileExactInclusive`, R-7 of Hyndman and Fan (1996).
    case inclusive
    /// Between two numbers in proportion, with room beyond both ends: `quantileExactExclusive`,
    /// R-6 of Hyndman and Fan.
    case exclusive
  }

  var method: Method
  /// 0...1.
  var level: Double

  /// The quantile of the numbers of a group, in any order; null of none.
  func value(of numbers: some Collection<Sample>, _ type: FieldType) -> Value {
    if numbers.isEmpty { return .null }
    let place = place(among: numbers.count)
    let last = numbers.count - 1
    if method == .element {
      let (number, _) = Sample.neighbours(at: min(Int(place), last), of: numbers)
      return number.value(type)
    }
    let whole = Int(place)
    let (low, high) = Sample.neighbours(at: max(0, min(whole - 1, last)), of: numbers)
    if whole < 1 || whole > last { return low.double(type) }
    return between(low, high, place, type)
  }

  /// The place of the quantile, counted from 0 for an element and from 1 between two.
  private func place(among count: Int) -> Double {
    switch method {
    case .element: level < 1 ? (level * Double(count)).rounded(.down) : Double(count - 1)
    case .inclusive: level * Double(count - 1) + 1
    case .exclusive: level * Double(count + 1)
    }
  }

  /// The number at `place` in proportion between its neighbours.
  private func between(
    _ low: Sample, _ high: Sample, _ place: Double, _ type: FieldType
  ) -> Value {
    let whole = Int(place)
    if type.isTime {
      let share = (place - Double(whole)) * Double(high.bits &- low.bits)
      return type.value(low.bits &+ Int64(share))
    }
    return Arithmetic.value(
      low.number + (place - Double(whole)) * (high.number - low.number))
  }
}

/// A number of a group.
struct Sample: BitwiseCopyable, Sendable {
  var group: UInt32
  var isInt: Bool
  /// The integer, or the bit pattern of the double.
  var bits: Int64

  /// The nearest double.
  var number: Double {
    isInt ? Double(bits) : Double(bitPattern: UInt64(bitPattern: bits))
  }

  func value(_ type: FieldType) -> Value { isInt ? type.value(bits) : .double(number) }

  func double(_ type: FieldType) -> Value { type.isTime ? type.value(bits) : .double(number) }

  /// The samples that stand at `place` and behind it in ascending order; the last one has none
  /// behind it and stands for both.
  static func neighbours(
    at place: Int, of samples: some Collection<Sample>
  ) -> (Sample, Sample) {
    guard let first = samples.first, var keys = sortKeys(samples) else {
      let sorted = samples.sorted { $0.precedes($1) }
      return (sorted[place], sorted[min(place + 1, sorted.count - 1)])
    }
    func sample(_ key: Int64) -> Sample {
      Sample(group: first.group, isInt: first.isInt, bits: first.isInt ? key : flipped(key))
    }
    keys.select(place)
    let next = keys[(place + 1)...].min() ?? keys[place]
    return (sample(keys[place]), sample(next))
  }

  /// Integers in the order of the samples; nil where they are of two kinds, or doubles of which
  /// different ones are equal.
  private static func sortKeys(_ samples: some Collection<Sample>) -> [Int64]? {
    guard let isInt = samples.first?.isInt else { return nil }
    var keys: [Int64] = []
    keys.reserveCapacity(samples.count)
    for sample in samples {
      if sample.isInt != isInt { return nil }
      if isInt {
        keys.append(sample.bits)
      } else {
        if sample.number.isNaN || sample.bits == .min { return nil }
        keys.append(flipped(sample.bits))
      }
    }
    return keys
  }

  /// The bits of a double so that they are in its order as an integer; its own inverse.
  private static func flipped(_ bits: Int64) -> Int64 {
    bits ^ (bits >> 63 & .max)
  }

  /// Whether it is less, without rounding.
  func precedes(_ other: Sample) -> Bool {
    switch (isInt, other.isInt) {
    case (true, true): bits < other.bits
    case (false, false): number < other.number
    case (true, false): ValueOrder.compare(bits, other.number) == .below
    case (false, true): ValueOrder.compare(other.bits, number) == .above
    }
  }
}

extension Array where Element == Int64 {
  /// Moves the number to `place` that stands there in ascending order, and behind it those that are
  /// not less: Hoare's selection, with the median of three as pivot.
  mutating func select(_ place: Int) {
    var (low, high) = (0, count - 1)
    var rounds = 0
    while low < high {
      rounds += 1
      // Somebody has an order in which the pivots are always bad.
      if rounds > 64 { return self[low...high].sort() }
      let ends = (Swift.min(self[low], self[high]), Swift.max(self[low], self[high]))
      let pivot = Swift.max(ends.0, Swift.min(self[(low + high) / 2], ends.1))
      var (left, right) = (low, high)
      while left <= right {
        while self[left] < pivot { left += 1 }
        while self[right] > pivot { right -= 1 }
        guard left <= right else { break }
        swapAt(left, right)
        left += 1
        right -= 1
      }
      if place <= right {
        high = right
      } else if place >= left {
        low = left
      } else {
        return
      }
    }
  }
}
