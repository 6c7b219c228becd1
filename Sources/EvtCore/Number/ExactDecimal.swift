// Decimal numbers of any length and exponent, as JSON writes them.

/// An exact decimal number: what a JSON number means, whatever its length.
///
/// Comparing never expands the exponent, so `1e999999999` costs no more than 1.
public struct ExactDecimal: Hashable, Sendable {
  public private(set) var isNegative: Bool
  /// Significant digits, 0...9 each, most significant first, without zeros at either end; zero has
  /// none.
  public private(set) var digits: [UInt8]
  /// The value is `digits` read as an integer, times ten to this power.
  public private(set) var exponent: Int

  /// Exponents are held within this; JSON can write more, nobody can mean it.
  static let exponentMax = 1 << 60

  init(isNegative: Bool, allDigits: some Sequence<UInt8>, exponent: Int) {
    var digits = Array(allDigits.drop { $0 == 0 })
    var exponent = exponent
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    self.digits = digits
    self.exponent = digits.isEmpty ? 0 : exponent
    self.isNegative = isNegative && !digits.isEmpty
  }

  /// Creates the number equal to `value`.
  public init(_ value: Int64) {
    self.init(
      isNegative: value < 0, allDigits: String(value.magnitude).utf8.map { $0 &- 0x30 },
      exponent: 0)
  }

  /// Creates the number that the shortest text of `value` shows; nil unless it is finite.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    self.init(parsing: value.description.utf8)
  }

  /// Creates the number `unscaled` / 10^`scale`.
  public init(_ unscaled: BigInteger, scale: Int) {
    self.init(
      isNegative: unscaled.isNegative, allDigits: unscaled.magnitudeText.utf8.map { $0 &- 0x30 },
      exponent: -scale)
  }

  /// Creates the number that `text` shows: digits with an optional sign, fraction and exponent.
  public init?(parsing text: some Sequence<UInt8>) {
    var digits: [UInt8] = []
    var isNegative = false
    var exponent = 0
    var seenPoint = false
    var iterator = text.makeIterator()
    var next = iterator.next()
    if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") {
      isNegative = next == UInt8(ascii: "-")
      next = iterator.next()
    }
    while let byte = next {
      if byte == UInt8(ascii: "."), !seenPoint {
        seenPoint = true
      } else if byte >= 0x30, byte <= 0x39 {
        digits.append(byte - 0x30)
        if seenPoint { exponent -= 1 }
      } else {
        break
      }
      next = iterator.next()
    }
    guard !digits.isEmpty else { return nil }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      guard let shown = Self.exponent(&iterator) else { return nil }
      exponent += shown
    } else if next != nil {
      return nil
    }
    self.init(isNegative: isNegative, allDigits: digits, exponent: exponent)
  }

  private static func exponent(_ iterator: inout some IteratorProtocol<UInt8>) -> Int? {
    var next = iterator.next()
    let isNegative = next == UInt8(ascii: "-")
    if isNegative || next == UInt8(ascii: "+") { next = iterator.next() }
    guard next != nil else { return nil }
    var value = 0
    while let byte = next {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = min(value * 10 + Int(byte - 0x30), exponentMax / 16)
      next = iterator.next()
    }
    return isNegative ? -value : value
  }

  /// Whether this is 0.
  public var isZero: Bool { digits.isEmpty }

  /// Whether the number has no fraction.
  public var isInteger: Bool { exponent >= 0 }

  /// The power of ten just above the value: 0 for 0.5, 1 for 5, 2 for 50.
  public var magnitude: Int { digits.count + exponent }

  /// The value, when it is an integer that fits.
  public var int64: Int64? {
    guard isInteger, magnitude <= 19 else { return nil }
    return unscaled(scale: 0).int64
  }

  /// The nearest double; infinite when beyond its range.
  public var nearestDouble: Double {
    guard !isZero else { return 0 }
    if magnitude > 310 { return isNegative ? -.infinity : .infinity }
    if magnitude < -330 { return isNegative ? -0.0 : 0 }
    let numerator = BigInteger(isNegative: isNegative, decimalDigits: digits)
    return exponent >= 0
      ? Double(nearestTo: numerator * .powerOfTen(exponent), over: BigInteger(1))
      : Double(nearestTo: numerator, over: .powerOfTen(-exponent))
  }

  /// The integer value × 10^`scale`; `scale` must make it one, and the exponent must be moderate.
  public func unscaled(scale: Int) -> BigInteger {
    precondition(exponent + scale >= 0, "BUG: a scale that leaves a fraction")
    return BigInteger(isNegative: isNegative, decimalDigits: digits) * .powerOfTen(exponent + scale)
  }

  /// The number in digits, with an exponent only when zeros alone would make it long.
  public var text: String {
    guard !isZero else { return "0" }
    let shown = String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
    let sign = isNegative ? "-" : ""
    if exponent >= 0, magnitude <= max(40, digits.count) {
      return sign + shown + String(repeating: "0", count: exponent)
    }
    if exponent < 0, magnitude > 0 {
      return sign + shown.prefix(magnitude) + "." + shown.dropFirst(magnitude)
    }
    if exponent < 0, magnitude > -12 {
      return sign + "0." + String(repeating: "0", count: -magnitude) + shown
    }
    let fraction = shown.dropFirst()
    return sign + shown.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e\(magnitude - 1)"
  }
}

extension ExactDecimal: Comparable {
  /// Orders by value.
  public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    if left.isZero || right.isZero {
      return left.isZero ? !right.isZero && !right.isNegative : left.isNegative
    }
    let isBelow: Bool
    if left.magnitude != right.magnitude {
      isBelow = left.magnitude < right.magnitude
    } else if left.digits == right.digits {
      return false
    } else {
      isBelow = left.digits.lexicographicallyPrecedes(right.digits)
    }
    return isBelow != left.isNegative
  }
}
