// The text of JSON numbers: what a lexeme means exactly, and the shortest text of a double.

import Glibc

/// Reads and writes the text of numbers without ever changing their value.
///
/// An integer that fits 64 bits is an integer; any other number is a double when the shortest text
/// of that double denotes the same number as what was written; else its text is the value.
public enum NumberText {
  /// How a number is kept.
  public enum Kind: UInt8, Sendable {
    case int
    case double
    /// As the text that was written.
    case decimal
  }

  /// A number found at the start of some bytes.
  public struct Lexeme: Equatable, Sendable {
    /// The bytes it takes, 0 when there is no number.
    public var length: Int
    public var kind: Kind
    /// The integer, the bit pattern of the double, or 0 for a decimal.
    public var bits: UInt64

    @inline(__always)
    init(length: Int, kind: Kind, bits: UInt64) {
      self.length = length
      self.kind = kind
      self.bits = bits
    }

    /// What is returned where no number begins.
    static let none = Lexeme(length: 0, kind: .int, bits: 0)
  }

  /// Reads the number that `bytes` begins with, by the grammar of RFC 8259.
  ///
  /// The longest number is taken: the caller checks what follows. A byte that cannot be part of a
  /// number must be readable behind it.
  public static func scan(_ bytes: UnsafePointer<UInt8>) -> Lexeme {
    let isNegative = bytes[0] == UInt8(ascii: "-")
    var at = isNegative ? bytes + 1 : bytes
    let first = at
    var magnitude: UInt64 = 0
    var digit = at[0] &- UInt8(ascii: "0")
    guard digit <= 9 else { return .none }
    if digit == 0 {
      at += 1
    } else {
      repeat {
        magnitude = magnitude &* 10 &+ UInt64(digit)
        at += 1
        digit = at[0] &- UInt8(ascii: "0")
      } while digit <= 9
    }
    let digits = at - first
    if at[0] != UInt8(ascii: "."), at[0] | 0x20 != UInt8(ascii: "e") {
      if digits <= 18, magnitude != 0 || !isNegative {
        let value = Int64(bitPattern: isNegative ? 0 &- magnitude : magnitude)
        return Lexeme(length: at - bytes, kind: .int, bits: UInt64(bitPattern: value))
      }
      return longInteger(bytes, length: at - bytes, digits: digits, magnitude: magnitude)
    }
    return scanFraction(bytes, at, digits, magnitude)
  }

  /// Reads `text` as one whole JSON number.
  public static func parse(_ text: UnsafeRawBufferPointer) -> Lexeme? {
    guard text.count > 0 else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 1) { copy in
      guard let base = copy.baseAddress else { return nil }
      UnsafeMutableRawBufferPointer(copy).copyMemory(from: text)
      copy[text.count] = 0
      let lexeme = scan(base)
      return lexeme.length == text.count ? lexeme : nil
    }
  }

  /// Reads `text` as one whole JSON number.
  public static func parse(_ text: String) -> Lexeme? {
    var text = text
    return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
  }

  /// The shortest text that reads back as `value`, with a point or an exponent: "1.5", "2.0",
  /// "1e+22".
  public static func shortest(_ value: Double) -> String { value.description }

  // MARK: - Beyond the fast path

  /// Powers of ten that a double holds exactly.
  private static let exactPowers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Numbers below this have at most 15 significant digits, which every double keeps.
  private static let fifteenDigits: UInt64 = 1_000_000_000_000_000

  private static func longInteger(
    _ bytes: UnsafePointer<UInt8>, length: Int, digits: Int, magnitude: UInt64
  ) -> Lexeme {
    let isNegative = digits < length
    let largest = UInt64(Int64.max) + (isNegative ? 1 : 0)
    if digits <= 19, magnitude <= largest, magnitude != 0 {
      return Lexeme(length: length, kind: .int, bits: isNegative ? 0 &- magnitude : magnitude)
    }
    return exact(bytes, length: length)
  }

  private static func scanFraction(
    _ bytes: UnsafePointer<UInt8>, _ afterInteger: UnsafePointer<UInt8>, _ integerDigits: Int,
    _ integer: UInt64
  ) -> Lexeme {
    var at = afterInteger
    var magnitude = integer
    var fractionDigits = 0
    if at[0] == UInt8(ascii: ".") {
      at += 1
      let first = at
      var digit = at[0] &- UInt8(ascii: "0")
      while digit <= 9 {
        magnitude = magnitude &* 10 &+ UInt64(digit)
        at += 1
        digit = at[0] &- UInt8(ascii: "0")
      }
      fractionDigits = at - first
      guard fractionDigits > 0 else { return .none }
    }
    var exponent = 0
    if at[0] | 0x20 == UInt8(ascii: "e") {
      guard let read = scanExponent(&at) else { return .none }
      exponent = read
    }
    let length = at - bytes
    let power = exponent - fractionDigits
    // Clinger's fast path: both factors are exact doubles, so one rounding gives the right one.
    if integerDigits + fractionDigits <= 19, magnitude < fifteenDigits, power >= -22, power <= 22 {
      let positive = Double(Int64(bitPattern: magnitude))
      let value = power < 0 ? positive / exactPowers[-power] : positive * exactPowers[power]
      let signed = bytes[0] == UInt8(ascii: "-") ? -value : value
      return Lexeme(length: length, kind: .double, bits: signed.bitPattern)
    }
    return exact(bytes, length: length)
  }

  /// Reads an exponent; saturates far outside of what any double can hold.
  private static func scanExponent(_ at: inout UnsafePointer<UInt8>) -> Int? {
    at += 1
    let isNegative = at[0] == UInt8(ascii: "-")
    if isNegative || at[0] == UInt8(ascii: "+") { at += 1 }
    var digit = at[0] &- UInt8(ascii: "0")
    guard digit <= 9 else { return nil }
    var exponent = 0
    while digit <= 9 {
      if exponent < 1_000_000_000 { exponent = exponent * 10 + Int(digit) }
      at += 1
      digit = at[0] &- UInt8(ascii: "0")
    }
    return isNegative ? -exponent : exponent
  }

  private static func exact(_ bytes: UnsafePointer<UInt8>, length: Int) -> Lexeme {
    let decimal = Lexeme(length: length, kind: .decimal, bits: 0)
    let isNegative = bytes[0] == UInt8(ascii: "-")
    let lexeme = UnsafeBufferPointer(start: bytes, count: length)
    guard let written = SignificantDigits(lexeme) else { return decimal }
    if written.digits == 0 {
      return Lexeme(length: length, kind: .double, bits: (isNegative ? -0.0 : 0.0).bitPattern)
    }
    // Far outside of the doubles, and a guard for the text below.
    guard abs(written.power) < 400 else { return decimal }
    let value = strtod("\(written.digits)e\(written.power)", nil)
    guard value.isFinite, value != 0 else { return decimal }
    var shortest = value.description
    let denoted = shortest.withUTF8 { SignificantDigits($0) }
    guard denoted == written else { return decimal }
    let bits = (isNegative ? -value : value).bitPattern
    return Lexeme(length: length, kind: .double, bits: bits)
  }
}

/// The magnitude of a decimal number as digits x 10^power, the digits without trailing zeros.
struct SignificantDigits: Equatable {
  var digits: UInt64 = 0
  var power = 0

  /// Reads valid number text; nil when it has more than 17 significant digits, which no shortest
  /// text of a double has.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    var pendingZeros = 0
    var isFraction = false
    var exponentSign = 1
    var exponent = 0
    var isExponent = false
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = UInt64(byte &- UInt8(ascii: "0"))
        if isExponent {
          if exponent < 1_000_000_000 { exponent = exponent * 10 + Int(digit) }
          continue
        }
        if isFraction { power -= 1 }
        if digit == 0 {
          if digits > 0 { pendingZeros += 1 }
          continue
        }
        // Zeros between digits count once a digit follows them.
        if digits > 0, pendingZeros >= 17 { return nil }
        for _ in 0..<pendingZeros { digits = digits &* 10 }
        pendingZeros = 0
        digits = digits &* 10 &+ digit
        if digits >= 100_000_000_000_000_000 { return nil }
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
      case UInt8(ascii: "-"): if isExponent { exponentSign = -1 }
      default: break
      }
    }
    if digits == 0 {
      power = 0
    } else {
      power += pendingZeros + exponentSign * exponent
    }
  }
}
