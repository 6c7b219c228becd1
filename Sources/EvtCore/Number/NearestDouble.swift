// The one rounding at the end of an exact computation.

extension Double {
  /// Creates the double nearest to `numerator` / `denominator` (ties to even; subnormals and
  /// infinity as IEEE 754 has them). The denominator is positive.
  public init(nearestTo numerator: BigInteger, over denominator: BigInteger) {
    precondition(!denominator.isZero && !denominator.isNegative, "BUG: denominator not positive")
    guard !numerator.isZero else {
      self = 0
      return
    }
    // The quotient gets 65 or 66 bits, so that rounding sees all it needs besides a sticky bit.
    let shift = 65 - (numerator.bitWidth - denominator.bitWidth)
    let (quotient, remainder) = numerator.shiftedLeft(by: max(shift, 0))
      .magnitudeQuotientAndRemainder(dividingBy: denominator.shiftedLeft(by: max(-shift, 0)))
    var bits: UInt128 = 0
    for limb in quotient.limbs.reversed() { bits = bits << 32 | UInt128(limb) }
    let width = 128 - bits.leadingZeroBitCount
    let exponent = width - 1 - shift
    // A subnormal has fewer than 53 bits of precision.
    let precision = exponent >= -1022 ? 53 : 53 - (-1022 - exponent)
    guard precision >= 0 else {
      self = numerator.isNegative ? -0.0 : 0
      return
    }
    let dropped = width - precision
    var kept = dropped >= 128 ? 0 : bits >> UInt128(dropped)
    let rest = bits - (kept << UInt128(dropped))
    let half = UInt128(1) << UInt128(dropped - 1)
    if rest > half || (rest == half && (!remainder.isZero || kept & 1 == 1)) { kept += 1 }
    self = Double(
      sign: numerator.isNegative ? .minus : .plus, exponent: dropped - shift,
      significand: Double(UInt64(kept)))
  }
}
