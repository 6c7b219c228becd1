// Tests of HumanNumber.

import Testing

@testable import EvtCLI

@Suite("Human numbers")
struct HumanNumberTests {
  @Test(
    "digits are grouped by thousands",
    arguments: [
      ("0", "0"), ("999", "999"), ("1000", "1,000"), ("-1234567", "-1,234,567"),
      ("-100", "-100"), ("1234.5678", "1,234.5678"), ("1e400", "1e400"), ("1234E9", "1234E9"),
      ("123456789012345678901234567890", "123,456,789,012,345,678,901,234,567,890"),
    ])
  func groups(_ digits: String, _ shown: String) {
    #expect(HumanNumber.grouped(digits) == shown)
  }

  @Test("every 64-bit integer can be shown")
  func showsExtremes() {
    #expect(HumanNumber.count(Int64.min) == "-9,223,372,036,854,775,808")
    #expect(HumanNumber.count(UInt64.max) == "18,446,744,073,709,551,615")
    #expect(HumanNumber.bytes(.min) == "-9.2 EB")
    #expect(HumanNumber.span(nanoseconds: .max).hasPrefix("106751d 23h 47m"))
  }

  @Test(
    "fractions have two decimals, small ones more, extreme ones all digits",
    arguments: [
      (0.0, "0.00"), (1.0, "1.00"), (57.971428571, "57.97"), (12345.678, "12,345.68"),
      (-0.004, "-0.0040"), (0.25, "0.2500"), (1e-9, "1e-09"), (1e300, "1e+300"),
      (.infinity, ""), (.nan, ""), (999.999, "1000.00"),
    ])
  func showsFractions(_ value: Double, _ shown: String) {
    #expect(HumanNumber.number(value).replacing(",", with: "") == shown.replacing(",", with: ""))
  }

  @Test(
    "lengths of time show their two largest units",
    arguments: [
      (0, "0ms"), (0.5, "0.5ms"), (850, "850ms"), (12_340, "12.3s"), (59_949, "59.9s"),
      (59_950, "1m"), (60_000, "1m"), (133_000, "2m 13s"), (3_600_000, "1h"),
      (3_900_000, "1h 5m"), (90_000_000, "1d 1h"), (-133_000, "-2m 13s"), (.nan, ""),
    ] as [(Double, String)])
  func showsDurations(_ milliseconds: Double, _ shown: String) {
    #expect(HumanNumber.duration(milliseconds: milliseconds) == shown)
  }

  @Test(
    "spans are exact",
    arguments: [
      (0, "0s"), (1_800_000_000_000, "30m"), (129_600_000_000_000, "1d 12h"),
      (1_500_000_000, "1s 500ms"), (1, "1ns"),
    ] as [(Int64, String)])
  func showsSpans(_ nanoseconds: Int64, _ shown: String) {
    #expect(HumanNumber.span(nanoseconds: nanoseconds) == shown)
  }

  @Test(
    "bytes have a unit",
    arguments: [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_750_000_000, "1.8 GB")]
      as [(Int64, String)])
  func showsBytes(_ bytes: Int64, _ shown: String) {
    #expect(HumanNumber.bytes(bytes) == shown)
  }

  @Test("percentages have one decimal")
  func showsPercentages() {
    #expect(HumanNumber.percent(33.3333) == "33.3%")
    #expect(HumanNumber.percent(100) == "100.0%")
  }
}
