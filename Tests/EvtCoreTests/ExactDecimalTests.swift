// Decimals of any length: reading, order, text.

import TestSupport
import Testing

@testable import EvtCore

@Suite("ExactDecimal") struct ExactDecimalTests {
  static let texts = [
    ("0", "0"), ("-0", "0"), ("0.000", "0"), ("1", "1"), ("1.50", "1.5"), ("-12.340e1", "-123.4"),
    ("100", "100"), ("1e2", "100"), ("0.001", "0.001"),
    ("12345678901234567890.5", "12345678901234567890.5"),
    ("1e400", "1e400"), ("-1.25e-300", "-1.25e-300"), ("007", "7"), ("5.", "5"), (".5", "0.5"),
  ]

  @Test("reads and writes numbers", arguments: texts) func text(pair: (String, String)) throws {
    #expect(try #require(ExactDecimal(parsing: pair.0.utf8)).text == pair.1)
  }

  @Test(
    "refuses what is no number",
    arguments: ["", "-", ".", "e5", "1e", "1e+", "1.2.3", "1x", "0x10"])
  func refused(text: String) { #expect(ExactDecimal(parsing: text.utf8) == nil) }

  @Test("orders by value without expanding exponents") func order() throws {
    let ascending = [
      "-1e999999999999", "-1e5", "-2", "-1.5", "-1.49", "-1e-400", "0", "1e-999999999", "1e-400",
      "0.1", "0.11", "0.2", "1", "9.99", "10", "10.01", "1e400", "1.1e400", "1e999999999999",
    ]
    let values = try ascending.map { try #require(ExactDecimal(parsing: $0.utf8)) }
    for (i, left) in values.enumerated() {
      for (j, right) in values.enumerated() {
        #expect((left < right) == (i < j), "\(ascending[i]) \(ascending[j])")
        #expect((left == right) == (i == j))
      }
    }
  }

  @Test("agrees with doubles and integers", arguments: 0..<200) func doubles(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let a = Double(Int.random(in: -100_000...100_000, using: &random)) / 100
    let b = Double(Int.random(in: -100_000...100_000, using: &random)) / 1_000
    let left = try #require(ExactDecimal(a))
    let right = try #require(ExactDecimal(b))
    #expect((left < right) == (a < b) && (left == right) == (a == b), "seed \(seed)")
    let integer = Int64(bitPattern: random.next())
    #expect(ExactDecimal(integer).int64 == integer)
  }

  @Test("has no value for infinities") func infinite() { #expect(ExactDecimal(.infinity) == nil) }
}
