// Ranges and instants as typed.

import Testing

@testable import EvtCore

@Suite("TimeRange") struct TimeRangeTests {
  /// 2026-11-21T03:04:05Z.
  static let now: Int64 = 1_795_230_245_000_000_000

  static let instants: [(String, String)] = [
    ("now", "2026-11-21T03:04:05Z"), ("today", "2026-11-21T00:00:00Z"),
    ("yesterday", "2026-11-20T00:00:00Z"), ("tomorrow", "2026-11-22T00:00:00Z"),
    ("-7d", "2026-11-14T03:04:05Z"), ("-1mo", "2026-10-21T03:04:05Z"),
    ("2026-01-02", "2026-01-02T00:00:00Z"), ("2026-01-02 10:30", "2026-01-02T10:30:00Z"),
    ("2026-01-02T10:30:00+02:00", "2026-01-02T08:30:00Z"), ("@1700000000", "2023-11-14T22:13:20Z"),
    ("@1700000000123", "2023-11-14T22:13:20.123Z"), ("@1700000000.25", "2023-11-14T22:13:20.25Z"),
    ("@0", "1970-01-01T00:00:00Z"), ("@-1", "1969-12-31T23:59:59Z"),
  ]

  @Test("reads instants", arguments: instants) func accept(row: (String, String)) throws {
    #expect(TimeText.format(try InstantText.parse(row.0, now: Self.now)) == row.1)
  }

  @Test(
    "refuses what is no instant",
    arguments: [
      "", "soon", "7d", "2026-13-01", "2026-02-30", "@", "@x", "@1.", "@1.x", "-", "2026",
      "@99999999999999999999",
    ]) func refuse(text: String)
  {
    #expect(throws: TimeInputError.self) { try InstantText.parse(text, now: Self.now) }
  }

  @Test("ends --last at now, or at --until") func last() throws {
    let range = try TimeRange(last: "7d", now: Self.now)
    #expect(range.until == Self.now && range.since == Self.now - 7 * UTCDay.nanoseconds)
    let earlier = try TimeRange(until: "2026-11-01", last: "1d", now: Self.now)
    #expect(earlier.until.map(TimeText.format) == "2026-11-01T00:00:00Z")
    #expect(earlier.since.map(TimeText.format) == "2026-10-31T00:00:00Z")
  }

  @Test("has open ends where nothing is said") func open() throws {
    #expect(try TimeRange(now: Self.now) == .all)
    #expect(try TimeRange(since: "today", now: Self.now).until == nil)
  }

  @Test("refuses empty ranges and contradictions") func refused() {
    #expect(throws: TimeInputError.self) {
      try TimeRange(since: "2026-02-01", until: "2026-01-01", now: Self.now)
    }
    #expect(throws: TimeInputError.self) {
      try TimeRange(since: "2026-02-01", until: "2026-02-01", now: Self.now)
    }
    #expect(throws: TimeInputError.self) {
      try TimeRange(since: "2026-02-01", last: "7d", now: Self.now)
    }
  }

  @Test("takes days, months and times without offset for those of the zone") func zones() throws {
    let zone = ZoneRulesTests.zone
    func range(_ since: String, _ last: String? = nil) throws -> String? {
      let range = try TimeRange(
        since: last == nil ? since : nil, until: last == nil ? nil : since, last: last,
        now: Self.now, zone: zone)
      return range.since.map(TimeText.format)
    }
    #expect(try range("2026-07-01") == "2026-06-30T22:00:00Z")
    #expect(try range("2026-07-01T00:00Z") == "2026-07-01T00:00:00Z")
    #expect(try range("2026-10-25 02:30") == "2026-10-25T00:30:00Z")
    #expect(try range("today") == "2026-11-20T23:00:00Z")
    #expect(try range("2026-07-01", "1mo") == "2026-05-31T22:00:00Z")
    // A month before 1 November in winter is 1 October in summer.
    #expect(try range("2026-11-01", "1mo") == "2026-09-30T22:00:00Z")
    #expect(try range("2026-11-01", "1d") == "2026-10-30T23:00:00Z")
  }

  @Test("intersects") func intersection() {
    let range = TimeRange(since: 10, until: 20)
    #expect(range.intersection(.all) == range && TimeRange.all.intersection(range) == range)
    #expect(range.intersection(TimeRange(since: 15)) == TimeRange(since: 15, until: 20))
    #expect(range.intersection(TimeRange(since: 5, until: 12)) == TimeRange(since: 10, until: 12))
  }

  @Test("is half open") func halfOpen() {
    let range = TimeRange(since: 10, until: 20)
    #expect(range.contains(10) && range.contains(19) && !range.contains(20) && !range.contains(9))
    #expect(range.overlaps(least: 0, greatest: 10) && !range.overlaps(least: 0, greatest: 9))
    #expect(range.overlaps(least: 19, greatest: 30) && !range.overlaps(least: 20, greatest: 30))
    #expect(range.covers(least: 10, greatest: 19) && !range.covers(least: 10, greatest: 20))
    #expect(TimeRange.all.contains(.min) && TimeRange.all.contains(.max))
  }
}
