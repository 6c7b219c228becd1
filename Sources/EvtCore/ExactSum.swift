// Sums that do not depend on the order of their terms.

/// What an exact sum comes to.
public enum SumValue: Hashable, Sendable {
  case int(Int64)
  case double(Double)
  /// A number that neither of the others shows exactly, in digits.
  case decimal(String)
}

/// The exact sum of numbers, whatever their order, rounded at most once, at the end.
///
/// Integers and decimals count as what they say. A double counts as the decimal that its shortest
/// text shows when that has at most ten digits behind the point (59.98 is 5998/100, not its binary
/// neighbour), else as its binary value. Sums without terms of the last sort are exact to the
/// digit.
public struct ExactSum: Sendable {
  /// How many numbers were added.
  public private(set) var count: UInt64 = 0
  private var integers: Int128 = 0
  /// In units of 10^-`scaleDigits`.
  private var scaled: Int128 = 0
  private var isIntegral = true
  private var wide: WideSum?

  static let scaleDigits = 10
  /// A decimal whose first or last digit is further than this from the point cannot be added.
  public static let decimalDigitsMax = 4_096

  /// Creates the sum of nothing.
  public init() {}

  /// Adds an integer.
  @inline(__always)
  public mutating func add(_ value: Int64) {
    count &+= 1
    let (sum, overflow) = integers.addingReportingOverflow(Int128(value))
    integers = sum
    if overflow { repairIntegers(adding: Int128(value)) }
  }

  /// Adds a finite double.
  @inline(__always)
  public mutating func add(_ value: Double) {
    count &+= 1
    isIntegral = false
    // |value| < 10^5 with ten decimals has at most 15 digits, so it is the only such decimal that
    // reads as this double, and the product is off by less than a half.
    if value.magnitude < 1e5 {
      let rounded = Self.roundedToInteger(value * 1e10)
      if rounded / 1e10 == value {
        addScaled(Int128(Int64(rounded)))
      } else {
        addBinary(value)
      }
    } else {
      addLarge(value)
    }
  }

  /// Adds a decimal.
  /// - Returns: false, adding nothing, when it reaches beyond `decimalDigitsMax` digits.
  public mutating func add(_ value: ExactDecimal) -> Bool {
    guard value.magnitude <= Self.decimalDigitsMax, value.exponent >= -Self.decimalDigitsMax
    else { return false }
    count &+= 1
    if !value.isInteger { isIntegral = false }
    addDecimal(value)
    return true
  }

  /// Adds all that `other` added.
  public mutating func merge(_ other: ExactSum) {
    count &+= other.count
    isIntegral = isIntegral && other.isIntegral
    let (sum, overflow) = integers.addingReportingOverflow(other.integers)
    integers = sum
    if overflow { repairIntegers(adding: other.integers) }
    addScaled(other.scaled)
    if let theirs = other.wide { withWide { $0.merge(theirs) } }
  }

  /// The sum; of nothing it is the integer 0.
  public var value: SumValue {
    let exact = exactParts
    if exact.hasBinary { return .double(nearestDouble(dividedBy: 1)) }
    if isIntegral {
      let total = ExactDecimal(exact.decimal, scale: exact.scale)
      return total.int64.map { .int($0) } ?? .decimal(total.text)
    }
    let total = ExactDecimal(exact.decimal, scale: exact.scale)
    let nearest = total.nearestDouble
    return ExactDecimal(nearest) == total ? .double(nearest) : .decimal(total.text)
  }

  /// The sum over the count, rounded once to the nearest double; nil when nothing was added.
  public var average: Double? { count == 0 ? nil : nearestDouble(dividedBy: count) }

  private func nearestDouble(dividedBy divisor: UInt64) -> Double {
    let exact = exactParts
    let divisor = BigInteger(Int128(divisor))
    let denominator = BigInteger.powerOfTen(exact.scale) * divisor
    guard exact.hasBinary else { return Double(nearestTo: exact.decimal, over: denominator) }
    let numerator = exact.decimal.shiftedLeft(by: 1074) + exact.binary * .powerOfTen(exact.scale)
    return Double(nearestTo: numerator, over: denominator.shiftedLeft(by: 1074))
  }

  /// The sum as decimal / 10^scale + binary / 2^1074.
  private var exactParts: (decimal: BigInteger, scale: Int, binary: BigInteger, hasBinary: Bool) {
    let ten = Self.scaleDigits
    let small = BigInteger(integers) * .powerOfTen(ten) + BigInteger(scaled)
    guard let wide else { return (small, ten, .zero, false) }
    let scale = max(ten, wide.scale)
    let decimal =
      small * .powerOfTen(scale - ten) + wide.decimals * .powerOfTen(scale - wide.scale)
    return (decimal, scale, wide.binary?.units ?? .zero, wide.binary != nil)
  }

  /// Rounds to the nearest integer, ties to even; `value` is below 2^51. Adding and taking away
  /// 1.5 × 2^52 leaves no bits for a fraction, and needs no library call.
  @inline(__always)
  private static func roundedToInteger(_ value: Double) -> Double {
    (value + 6_755_399_441_055_744) - 6_755_399_441_055_744
  }

  @inline(__always)
  private mutating func addScaled(_ units: Int128) {
    let (sum, overflow) = scaled.addingReportingOverflow(units)
    scaled = sum
    if overflow { repairScaled(adding: units) }
  }

  @inline(never)
  private mutating func addBinary(_ value: Double) {
    withWide { wide in
      if wide.binary == nil { wide.binary = BinaryAccumulator() }
      wide.binary?.add(value)
    }
  }

  @inline(never)
  private mutating func addLarge(_ value: Double) {
    guard let decimal = ExactDecimal(value) else {
      preconditionFailure("BUG: a stored number that is not finite")
    }
    if decimal.exponent < -Self.scaleDigits { addBinary(value) } else { addDecimal(decimal) }
  }

  private mutating func addDecimal(_ value: ExactDecimal) {
    if value.exponent >= -Self.scaleDigits, value.magnitude <= 20 {
      var units: Int128 = 0
      for digit in value.digits { units = units * 10 + Int128(digit) }
      for _ in 0..<(value.exponent + Self.scaleDigits) { units *= 10 }
      addScaled(value.isNegative ? -units : units)
    } else {
      withWide { $0.add(value) }
    }
  }

  // An overflowed sum is off by 2^128, with the sign of the term that did it.
  @inline(never)
  private mutating func repairIntegers(adding term: Int128) {
    let lost = BigInteger(term < 0 ? -1 : 1).shiftedLeft(by: 128)
    withWide { $0.add(lost, scale: 0) }
  }

  @inline(never)
  private mutating func repairScaled(adding term: Int128) {
    let lost = BigInteger(term < 0 ? -1 : 1).shiftedLeft(by: 128)
    withWide { $0.add(lost, scale: Self.scaleDigits) }
  }

  private mutating func withWide(_ change: (inout WideSum) -> Void) {
    var changed = wide ?? WideSum()
    wide = nil
    change(&changed)
    wide = changed
  }
}

/// What does not fit the two 128-bit sums; most sums have none.
private struct WideSum: Sendable {
  /// In units of 10^-`scale`.
  var decimals = BigInteger.zero
  var scale = 0
  var binary: BinaryAccumulator?

  mutating func add(_ value: ExactDecimal) {
    let scale = max(0, -value.exponent)
    add(value.unscaled(scale: scale), scale: scale)
  }

  mutating func add(_ units: BigInteger, scale termScale: Int) {
    let common = max(scale, termScale)
    decimals =
      decimals * .powerOfTen(common - scale) + units * .powerOfTen(common - termScale)
    scale = common
  }

  mutating func merge(_ other: WideSum) {
    add(other.decimals, scale: other.scale)
    guard let theirs = other.binary else { return }
    if binary == nil { binary = theirs } else { binary?.merge(theirs) }
  }
}
