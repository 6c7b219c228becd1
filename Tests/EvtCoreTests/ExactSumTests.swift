// Exact sums against rational arithmetic that takes every term as what it means.

import TestSupport
import Testing

@testable import EvtCore

@Suite("ExactSum") struct ExactSumTests {
  enum Term {
    case int(Int64)
    case double(Double)
    case decimal(String)
  }

  /// A fraction with a positive denominator.
  struct Rational {
    var numerator = BigInteger.zero
    var denominator = BigInteger(1)

    mutating func add(_ numerator: BigInteger, over denominator: BigInteger) {
      self.numerator = self.numerator * denominator + numerator * self.denominator
      self.denominator = self.denominator * denominator
    }
  }

  /// The sum by the definition, and whether a term counts as its binary value.
  static func slowSum(_ terms: [Term]) throws -> (Rational, hasBinary: Bool) {
    var sum = Rational()
    var hasBinary = false
    for term in terms {
      switch term {
      case .int(let value): sum.add(BigInteger(Int128(value)), over: BigInteger(1))
      case .decimal(let text): add(try #require(ExactDecimal(parsing: text.utf8)), &sum)
      case .double(let value):
        let shown = try #require(ExactDecimal(parsing: value.description.utf8))
        if shown.exponent >= -10 {
          add(shown, &sum)
        } else {
          hasBinary = true
          // value = significand × 2^exponent, with 52 bits behind the point of the significand.
          let scaled = Int128(value.significand * 4_503_599_627_370_496)
          let power = Int(value.exponent) - 52
          let signed = BigInteger(value < 0 ? -scaled : scaled)
          sum.add(
            signed.shiftedLeft(by: max(0, power)),
            over: BigInteger(1).shiftedLeft(by: max(0, -power)))
        }
      }
    }
    return (sum, hasBinary)
  }

  static func add(_ decimal: ExactDecimal, _ sum: inout Rational) {
    let scale = max(0, -decimal.exponent)
    sum.add(decimal.unscaled(scale: scale), over: .powerOfTen(scale))
  }

  static func fastSum(_ terms: [Term]) throws -> ExactSum {
    var sum = ExactSum()
    for term in terms {
      switch term {
      case .int(let value): sum.add(value)
      case .double(let value): sum.add(value)
      case .decimal(let text):
        let wasAdded = sum.add(try #require(ExactDecimal(parsing: text.utf8)))
        #expect(wasAdded)
      }
    }
    return sum
  }

  static func term(_ style: Int, _ random: inout SeededGenerator) -> Term {
    switch style % 9 {
    case 0: .int(Int64(bitPattern: random.next()))
    case 1: .int(Int64.random(in: -1_000...1_000, using: &random))
    case 2: .double(Double(Int.random(in: -99_999...99_999, using: &random)) / 100)
    case 3: .double(Double.random(in: -1...1, using: &random))
    case 4: .double(Double.random(in: -1e300...1e300, using: &random))
    case 5:
      .decimal(
        "\(Int.random(in: 1...9, using: &random))0000000000000000000000.\(Int.random(in: 0...999, using: &random))"
      )
    case 6: .double(Double.random(in: 1e5...1e9, using: &random))
    case 7: .double(Double(Int.random(in: 1...1_000_000_000_000, using: &random)) / 1e10)
    default: .double(.leastNonzeroMagnitude * Double(Int.random(in: 1...9, using: &random)))
    }
  }

  @Test("is the rounded rational sum, in any order and any grouping", arguments: 0..<300)
  func oracle(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let styles = (0..<3).map { _ in Int.random(in: 0..<9, using: &random) }
    let terms = (0..<Int.random(in: 1...40, using: &random)).map { _ in
      Self.term(styles[Int.random(in: 0..<3, using: &random)], &random)
    }
    let (exact, hasBinary) = try Self.slowSum(terms)
    let sum = try Self.fastSum(terms)
    let rounded = Double(nearestTo: exact.numerator, over: exact.denominator)
    switch sum.value {
    case .double(let value): #expect(value == rounded, "seed \(seed)")
    case .int(let value):
      #expect(exact.numerator == BigInteger(Int128(value)) * exact.denominator, "seed \(seed)")
    case .decimal(let text):
      #expect(!hasBinary, "seed \(seed)")
      let shown = try #require(ExactDecimal(parsing: text.utf8))
      var difference = exact
      Self.add(shown, &difference)
      var twice = exact
      twice.add(exact.numerator, over: exact.denominator)
      #expect(
        difference.numerator * twice.denominator == twice.numerator * difference.denominator,
        "seed \(seed)")
    }
    let count = BigInteger(Int128(terms.count))
    let average = Double(nearestTo: exact.numerator, over: exact.denominator * count)
    #expect(sum.average == average, "seed \(seed)")
    let shuffled = try Self.fastSum(terms.shuffled(using: &random))
    #expect(shuffled.value == sum.value, "seed \(seed)")
    let cut = Int.random(in: 0...terms.count, using: &random)
    var merged = try Self.fastSum(Array(terms[cut...]))
    merged.merge(try Self.fastSum(Array(terms[..<cut])))
    #expect(merged.value == sum.value && merged.count == sum.count, "seed \(seed)")
  }

  @Test("adds cents exactly") func cents() throws {
    var sum = ExactSum()
    for _ in 0..<1_000_000 { sum.add(0.1) }
    #expect(sum.value == .double(100_000))
    sum.add(59.98)
    #expect(sum.value == .double(100_059.98))
  }

  @Test("is an integer for integers, also beyond 64 bits") func integers() {
    var sum = ExactSum()
    #expect(sum.value == .int(0) && sum.average == nil)
    sum.add(Int64.max)
    #expect(sum.value == .int(.max))
    sum.add(Int64.max)
    #expect(sum.value == .decimal("18446744073709551614"))
    sum.add(Int64(-1) - .max)
    #expect(sum.value == .int(.max - 1))
  }

  @Test("shows what no double shows in digits") func decimals() throws {
    var sum = ExactSum()
    sum.add(12_345_678_901_234.5)
    sum.add(0.0000000001)
    #expect(sum.value == .decimal("12345678901234.5000000001"))
  }

  @Test("does not lose the small beside the huge") func cancellation() {
    var sum = ExactSum()
    for value in [1e300, 0.3333333333333333, -1e300] { sum.add(value) }
    #expect(sum.value == .double(0.3333333333333333))
  }

  @Test("survives sums beyond 128 bits") func overflow() throws {
    var sum = ExactSum()
    let big = try #require(ExactDecimal(parsing: "99999999999999999999".utf8))
    for _ in 0..<1_000 { _ = sum.add(big) }
    var huge = sum
    for _ in 0..<30 { huge.merge(huge) }
    let expected = BigInteger(1_073_741_824_000) * big.unscaled(scale: 0)
    #expect(huge.value == .decimal(ExactDecimal(expected, scale: 0).text))
  }

  @Test("refuses numbers of absurd length") func absurd() throws {
    var sum = ExactSum()
    for text in ["1e999999999", "1e-999999999"] {
      let wasAdded = sum.add(try #require(ExactDecimal(parsing: text.utf8)))
      #expect(!wasAdded)
    }
    #expect(sum.count == 0)
  }
}
