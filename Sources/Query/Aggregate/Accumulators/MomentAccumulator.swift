// Variance, covariance, correlation: exact until the last step.

import EvtCore

/// The sums of numbers, or of pairs of numbers, and of their products. A double counts as the
/// decimal that its shortest text shows, as in `ExactSum`; so nothing is rounded before the end,
/// and the figures depend neither on the order of rows nor on how far values are from zero.
struct MomentAccumulator: Accumulator {
  enum Figure: Hashable, Sendable {
    case variance(isSample: Bool)
    case deviation(isSample: Bool)
    case covariance(isSample: Bool)
    case correlation
    /// The mean of the first arguments, weighted by the second.
    case weightedMean
  }

  /// Sums of integers, which stand for numbers with some digits behind the point.
  private struct Sums: Sendable {
    var x = BigInteger.zero
    var y = BigInteger.zero
    var xx = BigInteger.zero
    var yy = BigInteger.zero
    var xy = BigInteger.zero

    mutating func add(_ other: Self) {
      x = x + other.x
      y = y + other.y
      xx = xx + other.xx
      yy = yy + other.yy
      xy = xy + other.xy
    }

    /// The same sums with more digits behind the point.
    func scaled(by digits: Int) -> Self {
      let unit = BigInteger.powerOfTen(digits)
      let square = unit * unit
      return Self(x: x * unit, y: y * unit, xx: xx * square, yy: yy * square, xy: xy * square)
    }
  }

  private let figure: Figure
  private var count: Int64 = 0
  /// Of numbers with at most `smallDigits` digits: x, y, xx, yy, xy.
  private var small: (Int128, Int128, Int128, Int128, Int128) = (0, 0, 0, 0, 0)
  private var smallCount: Int64 = 0
  /// By digits behind the point: the other numbers, and small sums that grew too large.
  private var wide: [Int: Sums] = [:]

  private static let smallDigits = 4
  private static let smallUnit: Int64 = 10_000
  private static let smallMax: Int64 = 1 << 42
  /// So many products of numbers below `smallMax` are far from the end of 128 bits.
  private static let smallCountMax: Int64 = 1 << 40

  init(_ figure: Figure) { self.figure = figure }

  private var takesPairs: Bool {
    switch figure {
    case .variance, .deviation: false
    case .covariance, .correlation, .weightedMean: true
    }
  }

  mutating func add(_ arguments: [Value]) {
    let second = takesPairs ? arguments[1] : .int(0)
    if let x = Self.small(arguments[0]), let y = Self.small(second) {
      if smallCount == Self.smallCountMax { foldSmall() }
      let (a, b) = (Int128(x), Int128(y))
      small.0 += a
      small.1 += b
      small.2 += a * a
      small.3 += b * b
      small.4 += a * b
      smallCount += 1
      count += 1
      return
    }
    guard let x = Self.decimal(arguments[0]), let y = Self.decimal(second) else { return }
    let digits = max(0, -x.exponent, -y.exponent)
    let (a, b) = (x.unscaled(scale: digits), y.unscaled(scale: digits))
    count += 1
    wide[digits, default: Sums()].add(
      Sums(x: a, y: b, xx: a * a, yy: b * b, xy: a * b))
  }

  /// The number in units of 10^-4 when that is an integer and not too large.
  private static func small(_ value: Value) -> Int64? {
    switch value {
    case .bool(let truth): return truth ? smallUnit : 0
    case .int(let number):
      return number.magnitude < UInt64(smallMax / smallUnit) ? number * smallUnit : nil
    case .double(let number):
      guard number.magnitude < 1e8 else { return nil }
      let scaled = (number * 1e4).rounded(.toNearestOrEven)
      return scaled / 1e4 == number ? Int64(scaled) : nil
    case .null, .decimal, .text, .json, .time, .date, .array, .tuple: return nil
    }
  }

  private static func decimal(_ value: Value) -> ExactDecimal? {
    switch value {
    case .int(let number): ExactDecimal(number)
    case .double(let number): ExactDecimal(number)
    case .decimal(let number) where abs(number.exponent) <= ExactSum.decimalDigitsMax: number
    case .bool(let truth): ExactDecimal(truth ? 1 : 0 as Int64)
    case .decimal, .null, .text, .json, .time, .date, .array, .tuple: nil
    }
  }

  private mutating func foldSmall() {
    let sums = Sums(
      x: BigInteger(small.0), y: BigInteger(small.1), xx: BigInteger(small.2),
      yy: BigInteger(small.3), xy: BigInteger(small.4))
    wide[Self.smallDigits, default: Sums()].add(sums)
    small = (0, 0, 0, 0, 0)
    smallCount = 0
  }

  mutating func merge(_ other: any Accumulator) {
    guard var other = other as? MomentAccumulator else { return }
    other.foldSmall()
    foldSmall()
    count += other.count
    for (digits, sums) in other.wide { wide[digits, default: Sums()].add(sums) }
  }

  var value: Value {
    var folded = self
    folded.foldSmall()
    return folded.foldedValue
  }

  private var foldedValue: Value {
    let digits = wide.keys.max() ?? 0
    var all = Sums()
    for (own, sums) in wide { all.add(sums.scaled(by: digits - own)) }
    let one = BigInteger.powerOfTen(digits)
    let n = BigInteger(Int128(count))
    switch figure {
    case .weightedMean:
      if all.y.isZero { return .null }
      let (sum, weight) = all.y.isNegative ? (-all.xy, -all.y) : (all.xy, all.y)
      return .double(Double(nearestTo: sum, over: weight * one))
    case .variance(let isSample), .deviation(let isSample):
      guard count > (isSample ? 1 : 0) else { return .null }
      let variance = Self.quotient(n * all.xx - all.x * all.x, n, isSample, one)
      if case .variance = figure { return .double(variance) }
      return .double(variance.squareRoot())
    case .covariance(let isSample):
      guard count > (isSample ? 1 : 0) else { return .null }
      return .double(Self.quotient(n * all.xy - all.x * all.y, n, isSample, one))
    case .correlation:
      guard count > 0 else { return .null }
      let x = Self.quotient(n * all.xx - all.x * all.x, n, false, one)
      let y = Self.quotient(n * all.yy - all.y * all.y, n, false, one)
      let both = Self.quotient(n * all.xy - all.x * all.y, n, false, one)
      return Arithmetic.value(both / (x.squareRoot() * y.squareRoot()))
    }
  }

  /// The sum of squared distances, times n, as a mean.
  private static func quotient(
    _ spread: BigInteger, _ n: BigInteger, _ isSample: Bool, _ one: BigInteger
  ) -> Double {
    let others = isSample ? n - BigInteger(1) : n
    return Double(nearestTo: spread, over: n * others * one * one)
  }

  var heldBytes: Int { wide.count * 512 }
}
