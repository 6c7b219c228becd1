// Big integers against 128-bit arithmetic and against themselves.

import TestSupport
import Testing

@testable import EvtCore

@Suite("BigInteger") struct BigIntegerTests {
  static func random(_ bits: Int, _ random: inout SeededGenerator) -> BigInteger {
    var value = BigInteger.zero
    for _ in 0..<((bits + 31) / 32) {
      value =
        value.shiftedLeft(by: 32)
        + BigInteger(Int128(UInt32.random(in: 0...(.max), using: &random)))
    }
    return Bool.random(using: &random) ? value : -value
  }

  @Test("agrees with 128-bit integers", arguments: 0..<200) func small(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let shift = Int.random(in: 0...60, using: &random)
    let a = Int64(bitPattern: random.next()) >> Int64(shift)
    let b = Int64(bitPattern: random.next()) >> Int64(60 - shift)
    let (left, right) = (BigInteger(Int128(a)), BigInteger(Int128(b)))
    #expect(left + right == BigInteger(Int128(a) + Int128(b)), "seed \(seed)")
    #expect(left - right == BigInteger(Int128(a) - Int128(b)), "seed \(seed)")
    #expect(left * right == BigInteger(Int128(a) * Int128(b)), "seed \(seed)")
    #expect((left < right) == (a < b), "seed \(seed)")
    #expect(left.description == String(a) && left.int64 == a, "seed \(seed)")
  }

  @Test("divides so that quotient times divisor plus remainder is the dividend", arguments: 0..<300)
  func division(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let a = Self.random(Int.random(in: 1...400, using: &random), &random)
    let b = Self.random(Int.random(in: 1...200, using: &random), &random)
    if b.isZero { return }
    let (dividend, divisor) = (a < .zero ? -a : a, b < .zero ? -b : b)
    let (quotient, remainder) = a.magnitudeQuotientAndRemainder(dividingBy: b)
    #expect(quotient * divisor + remainder == dividend, "seed \(seed)")
    #expect(remainder < divisor, "seed \(seed)")
  }

  @Test("divides where the first guess of a digit is one too large") func guessTooLarge() {
    let dividend = BigInteger(1).shiftedLeft(by: 127) + BigInteger(1).shiftedLeft(by: 63)
    let divisor = BigInteger(1).shiftedLeft(by: 63) + BigInteger(1)
    let (quotient, remainder) = dividend.magnitudeQuotientAndRemainder(dividingBy: divisor)
    #expect(quotient * divisor + remainder == dividend && remainder < divisor)
  }

  @Test("reads and writes decimal digits") func digits() {
    let text = "123456789012345678901234567890000000000000001"
    let value = BigInteger(isNegative: true, decimalDigits: text.utf8.map { $0 - 0x30 })
    #expect(value.description == "-" + text)
    #expect(BigInteger.powerOfTen(23).description == "1" + String(repeating: "0", count: 23))
    #expect(BigInteger(Int128.min).description == String(Int128.min))
  }
}

@Suite("NearestDouble") struct NearestDoubleTests {
  @Test("rounds decimals as strtod does", arguments: 0..<2_000) func decimals(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let digits = (0..<Int.random(in: 1...25, using: &random)).map { _ in
      UInt8.random(in: 0...9, using: &random)
    }
    let exponent = Int.random(in: -345...310, using: &random)
    let shown = String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self) + "e\(exponent)"
    let exact = try #require(ExactDecimal(parsing: shown.utf8))
    let expected = try #require(Double(shown))
    #expect(exact.nearestDouble == expected, "\(shown)")
  }

  @Test("rounds ties to even, also among subnormals") func ties() {
    let half = BigInteger(1).shiftedLeft(by: 53)
    #expect(Double(nearestTo: half + BigInteger(1), over: BigInteger(1)) == 9_007_199_254_740_992)
    #expect(Double(nearestTo: half + BigInteger(3), over: BigInteger(1)) == 9_007_199_254_740_996)
    let tiny = BigInteger(1).shiftedLeft(by: 1075)
    #expect(Double(nearestTo: BigInteger(1), over: tiny) == 0)
    #expect(Double(nearestTo: BigInteger(3), over: tiny) == 2 * .leastNonzeroMagnitude)
    #expect(Double(nearestTo: BigInteger(-3), over: tiny) == -2 * .leastNonzeroMagnitude)
  }

  @Test("is infinite beyond the range") func overflow() {
    #expect(Double(nearestTo: .powerOfTen(309), over: BigInteger(1)) == .infinity)
  }
}
