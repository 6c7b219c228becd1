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

  /// The quantile of `numbers`, which are sorted; null of none.
  func value(_ numbers: ArraySlice<Sample>, _ type: FieldType) -> Value {
    guard let last = numbers.last else { return .null }
    let count = Double(numbers.count)
    let start = numbers.startIndex
    switch method {
    case .element:
      let place = level < 1 ? Int(level * count) : numbers.count - 1
      return numbers[start + min(place, numbers.count - 1)].value(type)
    case .inclusive: return between(numbers, level * (count - 1) + 1, last, type)
    case .exclusive: return between(numbers, level * (count + 1), last, type)
    }
  }

  /// The number at `place`, counted from 1, in proportion between its neighbours.
  private func between(
    _ numbers: ArraySlice<Sample>, _ place: Double, _ last: Sample, _ type: FieldType
  ) -> Value {
    let start = numbers.startIndex
    let whole = Int(place)
    if whole < 1 { return numbers[start].double(type) }
    if whole >= numbers.count { return last.double(type) }
    let (low, high) = (numbers[start + whole - 1], numbers[start + whole])
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

  /// The samples of one group, ascending.
  static func sorted(_ samples: some Collection<Sample>) -> [Sample] {
    guard let first = samples.first, let keys = sortKeys(samples) else {
      return samples.sorted { $0.precedes($1) }
    }
    return keys.sorted().map { key in
      Sample(
        group: first.group, isInt: first.isInt, bits: first.isInt ? key : Self.flipped(key))
    }
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
