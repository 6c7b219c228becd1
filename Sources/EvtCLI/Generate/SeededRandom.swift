// Random numbers that a seed fixes on every machine: integer and exactly rounded operations only.

/// A SplitMix64 generator with the few distributions that the shop log needs.
///
/// The C library's `log` may differ in the last bit between machines, so nothing here calls it.
struct SeededRandom {
  private var state: UInt64
  private let exponentialMillis: [Int64]

  /// Creates a generator; equal seeds give equal sequences.
  init(seed: UInt64) {
    state = seed
    exponentialMillis = (0..<Self.quantiles).map { index in
      let share = (Double(index) + 0.5) / Double(Self.quantiles)
      return Int64(-1000 * Self.naturalLogarithm(1 - share))
    }
  }

  private static let quantiles = 4096

  /// The next 64 random bits. After Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
  /// Generators".
  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// The finalizer of SplitMix64: a bijection whose every output bit depends on every input bit.
  @inline(__always)
  static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number in 0..<bound; the bias of the multiplication is below 2^-32 for the bounds used.
  @inline(__always)
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(bound, 1))).high)
  }

  /// True in `percent` of a hundred cases.
  @inline(__always)
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// A number in 0..<1.
  @inline(__always)
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// An exponentially distributed number with the given mean, up to nine times the mean.
  @inline(__always)
  mutating func exponential(mean: Int64) -> Int64 {
    let quantile = Int(truncatingIfNeeded: next() >> 52)
    return exponentialMillis[quantile] &* mean / 1000
  }

  /// The natural logarithm of a number in 0..<1, by the series of the inverse hyperbolic tangent.
  private static func naturalLogarithm(_ number: Double) -> Double {
    let ln2 = 0.693147180559945309417232121458
    let ratio = (number.significand - 1) / (number.significand + 1)
    var power = ratio
    var sum = 0.0
    for odd in stride(from: 1, through: 41, by: 2) {
      sum += power / Double(odd)
      power *= ratio * ratio
    }
    return 2 * sum + Double(number.exponent) * ln2
  }
}
