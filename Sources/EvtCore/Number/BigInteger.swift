// Integers without bounds, for what must be exact and is rare: the ends of sums and comparisons.

/// A signed integer of any size. Not for hot loops.
public struct BigInteger: Hashable, Sendable {
  public private(set) var isNegative: Bool
  /// Base 2^32, least limb first, no leading zeros; zero has none and is not negative.
  private(set) var limbs: [UInt32]

  /// Zero.
  public static let zero = BigInteger(isNegative: false, limbs: [])

  init(isNegative: Bool, limbs: [UInt32]) {
    var trimmed = limbs
    while trimmed.last == 0 { trimmed.removeLast() }
    self.limbs = trimmed
    self.isNegative = isNegative && !trimmed.isEmpty
  }

  /// Creates the integer equal to `value`.
  public init(_ value: Int128) {
    var rest = value.magnitude
    var limbs: [UInt32] = []
    while rest > 0 {
      limbs.append(UInt32(truncatingIfNeeded: rest))
      rest >>= 32
    }
    self.init(isNegative: value < 0, limbs: limbs)
  }

  /// Creates the integer whose decimal digits, most significant first, are `digits` (0...9 each).
  public init(isNegative: Bool, decimalDigits digits: some Collection<UInt8>) {
    var limbs: [UInt32] = []
    var pending: UInt32 = 0
    var scale: UInt32 = 1
    for digit in digits {
      pending = pending * 10 + UInt32(digit)
      scale *= 10
      if scale == 1_000_000_000 {
        Self.multiplyAdd(&limbs, by: scale, adding: pending)
        pending = 0
        scale = 1
      }
    }
    if scale > 1 { Self.multiplyAdd(&limbs, by: scale, adding: pending) }
    self.init(isNegative: isNegative, limbs: limbs)
  }

  /// Whether this is 0.
  public var isZero: Bool { limbs.isEmpty }

  /// The number of bits of the magnitude, 0 for zero.
  public var bitWidth: Int {
    guard let top = limbs.last else { return 0 }
    return limbs.count * 32 - top.leadingZeroBitCount
  }

  /// The value, when it fits.
  public var int64: Int64? {
    guard bitWidth <= 64 else { return nil }
    var magnitude: UInt64 = 0
    for limb in limbs.reversed() { magnitude = magnitude << 32 | UInt64(limb) }
    if !isNegative { return Int64(exactly: magnitude) }
    return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
  }

  /// The same magnitude with the sign changed.
  public static prefix func - (value: BigInteger) -> BigInteger {
    BigInteger(isNegative: !value.isNegative, limbs: value.limbs)
  }

  /// The sum.
  public static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    if left.isNegative == right.isNegative {
      return BigInteger(isNegative: left.isNegative, limbs: add(left.limbs, right.limbs))
    }
    switch compare(left.limbs, right.limbs) {
    case 0: return .zero
    case 1...:
      return BigInteger(
        isNegative: left.isNegative, limbs: subtract(left.limbs, right.limbs))
    default:
      return BigInteger(
        isNegative: right.isNegative, limbs: subtract(right.limbs, left.limbs))
    }
  }

  /// The difference.
  public static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + (-right) }

  /// The product.
  public static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    guard !left.isZero, !right.isZero else { return .zero }
    var product = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count)
    for (i, a) in left.limbs.enumerated() {
      var carry: UInt64 = 0
      for (j, b) in right.limbs.enumerated() {
        let step = UInt64(a) * UInt64(b) + UInt64(product[i + j]) + carry
        product[i + j] = UInt32(truncatingIfNeeded: step)
        carry = step >> 32
      }
      product[i + right.limbs.count] = UInt32(carry)
    }
    return BigInteger(isNegative: left.isNegative != right.isNegative, limbs: product)
  }

  /// The value times 2^`bits`; `bits` is not negative.
  public func shiftedLeft(by bits: Int) -> BigInteger {
    guard !isZero, bits > 0 else { return self }
    let shift = UInt64(bits % 32)
    var shifted = [UInt32](repeating: 0, count: bits / 32)
    var carry: UInt64 = 0
    for limb in limbs {
      let wide = UInt64(limb) << shift | carry
      shifted.append(UInt32(truncatingIfNeeded: wide))
      carry = wide >> 32
    }
    shifted.append(UInt32(carry))
    return BigInteger(isNegative: isNegative, limbs: shifted)
  }

  /// 10 to the power of `exponent`, which is not negative.
  public static func powerOfTen(_ exponent: Int) -> BigInteger {
    var limbs: [UInt32] = [1]
    for _ in 0..<(exponent / 9) { multiplyAdd(&limbs, by: 1_000_000_000, adding: 0) }
    for _ in 0..<(exponent % 9) { multiplyAdd(&limbs, by: 10, adding: 0) }
    return BigInteger(isNegative: false, limbs: limbs)
  }

  /// The decimal digits of the magnitude, most significant first; "0" for zero.
  public var magnitudeText: String {
    var rest = limbs
    var groups: [UInt32] = []
    while !rest.isEmpty { groups.append(Self.divide(&rest, by: 1_000_000_000)) }
    guard let first = groups.last else { return "0" }
    var text = String(first)
    for group in groups.dropLast().reversed() {
      let digits = String(group)
      text += String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }
    return text
  }
}

extension BigInteger: Comparable, CustomStringConvertible {
  /// Orders by value.
  public static func < (left: BigInteger, right: BigInteger) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    let order = compare(left.limbs, right.limbs)
    return left.isNegative ? order > 0 : order < 0
  }

  /// The decimal digits with the sign.
  public var description: String { (isNegative ? "-" : "") + magnitudeText }
}

extension BigInteger {
  /// Returns quotient and remainder of the magnitudes; `divisor` is not zero. Knuth, The Art of
  /// Computer Programming, volume 2, 4.3.1, algorithm D.
  func magnitudeQuotientAndRemainder(
    dividingBy divisor: BigInteger
  ) -> (quotient: BigInteger, remainder: BigInteger) {
    precondition(!divisor.isZero, "BUG: division of a big integer by zero")
    if Self.compare(limbs, divisor.limbs) < 0 {
      return (.zero, BigInteger(isNegative: false, limbs: limbs))
    }
    if divisor.limbs.count == 1 {
      var quotient = limbs
      let remainder = Self.divide(&quotient, by: divisor.limbs[0])
      return (
        BigInteger(isNegative: false, limbs: quotient),
        BigInteger(isNegative: false, limbs: [remainder])
      )
    }
    let shift = divisor.limbs[divisor.limbs.count - 1].leadingZeroBitCount
    let v = BigInteger(isNegative: false, limbs: divisor.limbs).shiftedLeft(by: shift).limbs
    var u = BigInteger(isNegative: false, limbs: limbs).shiftedLeft(by: shift).limbs
    while u.count <= limbs.count { u.append(0) }
    let quotient = Self.longDivide(&u, by: v)
    var remainder = u
    Self.shiftRight(&remainder, by: shift)
    return (
      BigInteger(isNegative: false, limbs: quotient),
      BigInteger(isNegative: false, limbs: remainder)
    )
  }

  private static func longDivide(_ u: inout [UInt32], by v: [UInt32]) -> [UInt32] {
    let n = v.count
    let base: UInt64 = 1 << 32
    var quotient = [UInt32](repeating: 0, count: u.count - n)
    for j in stride(from: u.count - n - 1, through: 0, by: -1) {
      let top = UInt64(u[j + n]) << 32 | UInt64(u[j + n - 1])
      var guess = top / UInt64(v[n - 1])
      var rest = top % UInt64(v[n - 1])
      while guess >= base || guess * UInt64(v[n - 2]) > (rest << 32 | UInt64(u[j + n - 2])) {
        guess -= 1
        rest += UInt64(v[n - 1])
        if rest >= base { break }
      }
      var borrow: Int64 = 0
      var carry: UInt64 = 0
      for i in 0..<n {
        let product = guess * UInt64(v[i]) + carry
        carry = product >> 32
        let digit = Int64(u[i + j]) - borrow - Int64(product & 0xFFFF_FFFF)
        u[i + j] = UInt32(truncatingIfNeeded: digit)
        borrow = digit < 0 ? 1 : 0
      }
      let digit = Int64(u[j + n]) - borrow - Int64(carry)
      u[j + n] = UInt32(truncatingIfNeeded: digit)
      if digit < 0 {
        guess -= 1
        var carry: UInt64 = 0
        for i in 0..<n {
          let sum = UInt64(u[i + j]) + UInt64(v[i]) + carry
          u[i + j] = UInt32(truncatingIfNeeded: sum)
          carry = sum >> 32
        }
        u[j + n] = u[j + n] &+ UInt32(carry)
      }
      quotient[j] = UInt32(truncatingIfNeeded: guess)
    }
    return quotient
  }

  private static func shiftRight(_ limbs: inout [UInt32], by bits: Int) {
    guard bits > 0 else { return }
    for index in limbs.indices {
      let above = index + 1 < limbs.count ? UInt64(limbs[index + 1]) : 0
      limbs[index] = UInt32(
        truncatingIfNeeded: (above << 32 | UInt64(limbs[index])) >> UInt64(bits))
    }
  }

  private static func compare(_ left: [UInt32], _ right: [UInt32]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for index in left.indices.reversed() where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return 0
  }

  private static func add(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    let (long, short) = left.count >= right.count ? (left, right) : (right, left)
    var sum = long
    var carry: UInt64 = 0
    for index in long.indices {
      let step = UInt64(long[index]) + (index < short.count ? UInt64(short[index]) : 0) + carry
      sum[index] = UInt32(truncatingIfNeeded: step)
      carry = step >> 32
      if carry == 0, index >= short.count { return sum }
    }
    if carry > 0 { sum.append(UInt32(carry)) }
    return sum
  }

  /// `left` is at least `right`.
  private static func subtract(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var difference = left
    var borrow: Int64 = 0
    for index in left.indices {
      let step = Int64(left[index]) - (index < right.count ? Int64(right[index]) : 0) - borrow
      difference[index] = UInt32(truncatingIfNeeded: step)
      borrow = step < 0 ? 1 : 0
    }
    return difference
  }

  private static func multiplyAdd(_ limbs: inout [UInt32], by factor: UInt32, adding: UInt32) {
    var carry = UInt64(adding)
    for index in limbs.indices {
      let step = UInt64(limbs[index]) * UInt64(factor) + carry
      limbs[index] = UInt32(truncatingIfNeeded: step)
      carry = step >> 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }

  /// Divides in place and returns the remainder.
  private static func divide(_ limbs: inout [UInt32], by divisor: UInt32) -> UInt32 {
    var remainder: UInt64 = 0
    for index in limbs.indices.reversed() {
      let step = remainder << 32 | UInt64(limbs[index])
      limbs[index] = UInt32(truncatingIfNeeded: step / UInt64(divisor))
      remainder = step % UInt64(divisor)
    }
    while limbs.last == 0 { limbs.removeLast() }
    return UInt32(remainder)
  }
}
