// Buckets against the calendar of the system, around every change of the clock.

import TestSupport
import Testing

@testable import EvtCore

@Suite("CalendarBuckets") struct CalendarBucketsTests {
  static let units: [CalendarBuckets.Unit] = [
    .minutes(1), .minutes(15), .hour, .day, .week(.monday), .week(.sunday), .month, .quarter, .year,
  ]

  /// A number that is the same throughout a unit by the clock, and greater in later ones.
  static func key(_ unit: CalendarBuckets.Unit, _ reading: ClockReading) -> Int {
    switch unit {
    case .minutes(let minutes):
      reading.date * 1_440 + reading.secondOfDay / (minutes * 60) * minutes
    case .day: reading.date
    case .week(.monday): reading.date - (reading.weekday - 1)
    case .week(.sunday): reading.date - reading.weekday % 7
    case .month: reading.year * 12 + reading.month
    case .quarter: reading.year * 4 + (reading.month - 1) / 3
    case .year: reading.year
    }
  }

  /// What to look at of the bucket that holds a second.
  struct Sample {
    var unit: CalendarBuckets.Unit
    var second: Int64
    var start: Int64
    /// The last second.
    var last: Int64
  }

  @Test(
    "begin and end where the system's calendar says, around every change to 2100",
    .enabled(if: SystemCalendar.hasZones), arguments: SystemCalendar.zones)
  func oracle(zone: String) throws {
    let rules = try SystemCalendar.rules(of: zone)
    let seconds = SystemCalendar.secondsAroundChanges(of: rules)
    var samples: [Sample] = []
    var asked = Set(seconds)
    for unit in Self.units {
      let buckets = CalendarBuckets(unit, zone: rules)
      for second in seconds {
        let bucket = buckets.bucket(containing: second * 1_000_000_000 + 5)
        #expect(bucket.lowerBound % 1_000_000_000 == 0)
        let sample = Sample(
          unit: unit, second: second, start: bucket.lowerBound / 1_000_000_000,
          last: (bucket.upperBound + 1) / 1_000_000_000 - 1)
        samples.append(sample)
        asked.formUnion([sample.start, sample.start - 1, sample.last, sample.last + 1])
        // Buckets lie behind each other without gap.
        #expect(buckets.start(of: bucket.upperBound) == bucket.lowerBound)
        #expect(buckets.next(after: bucket.lowerBound) == bucket.upperBound + 1)
        #expect(buckets.start(of: bucket.upperBound + 1) == bucket.upperBound + 1)
      }
    }
    let readings = try SystemCalendar.readings(at: asked, zone: zone)
    for sample in samples {
      let problem = try problem(sample, seconds, readings)
      #expect(problem == nil, "\(zone), \(sample.unit), second \(sample.second): \(problem ?? "")")
    }
  }

  private func problem(
    _ sample: Sample, _ seconds: [Int64], _ readings: [Int64: ClockReading]
  ) throws -> String? {
    func reading(_ second: Int64) throws -> ClockReading { try #require(readings[second]) }
    func key(_ second: Int64) throws -> Int { Self.key(sample.unit, try reading(second)) }
    guard sample.start <= sample.second, sample.second <= sample.last else { return "lies outside" }
    let own = try key(sample.start)
    if case .minutes = sample.unit {
      for second in [sample.second, sample.last] {
        if try key(second) != own { return "holds two units" }
        if try reading(second).offset != reading(sample.start).offset { return "holds a change" }
      }
      for (inside, outside) in [
        (sample.start, sample.start - 1), (sample.last, sample.last + 1),
      ] {
        let isCut = try reading(inside).offset != reading(outside).offset
        if try !isCut && key(outside) == own { return "ends within a unit at \(outside)" }
      }
      return nil
    }
    // A unit begins where its date, or a later one, is shown for the first time.
    if try key(sample.start - 1) >= own { return "begins late" }
    if try key(sample.last) > own { return "ends late" }
    if try key(sample.last + 1) <= own { return "ends early" }
    for second in Self.near(seconds, sample.start - 4 * 86_400, sample.start - 1) {
      if try key(second) >= own { return "was begun before, at \(second)" }
    }
    for second in Self.near(seconds, sample.start, min(sample.last, sample.start + 8 * 86_400)) {
      if try key(second) > own { return "goes on into the next, at \(second)" }
    }
    return nil
  }

  /// Those of `seconds`, which ascend, that lie between the two.
  private static func near(
    _ seconds: [Int64], _ low: Int64, _ high: Int64
  ) -> ArraySlice<Int64> {
    func first(_ bound: Int64) -> Int {
      var range = 0..<seconds.count
      while !range.isEmpty {
        let middle = (range.lowerBound + range.upperBound) / 2
        range = seconds[middle] < bound ? middle + 1..<range.upperBound : range.lowerBound..<middle
      }
      return range.lowerBound
    }
    return low > high ? [] : seconds[first(low)..<first(high + 1)]
  }

  /// Local starts of successive buckets, from the one that holds the first instant.
  static let runs: [(String, CalendarBuckets.Unit, String, [String])] = [
    (
      "Europe/Berlin", .hour, "2026-10-25T00:30:00Z",
      [
        "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00",
      ]
    ),
    (
      "Europe/Berlin", .day, "2026-03-28T12:00:00Z",
      [
        "2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00",
      ]
    ),
    // Midnight does not exist.
    (
      "America/Sao_Paulo", .day, "2018-11-03T12:00:00Z",
      [
        "2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00",
      ]
    ),
    // Half an hour back: the hour before is cut.
    (
      "Australia/Lord_Howe", .hour, "2026-04-04T14:00:00Z",
      [
        "2026-04-05T01:00:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30",
      ]
    ),
    // A day that never was.
    (
      "Pacific/Apia", .day, "2011-12-29T12:00:00Z",
      [
        "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00",
      ]
    ),
    // One minute after midnight the clock was set back by an hour: the day had begun.
    (
      "America/St_Johns", .day, "2005-10-30T12:00:00Z",
      [
        "2005-10-30T00:00:00-02:30", "2005-10-31T00:00:00-03:30",
      ]
    ),
    (
      "Europe/Berlin", .week(.sunday), "2026-01-01T00:00:00Z",
      ["2025-12-28T00:00:00+01:00", "2026-01-04T00:00:00+01:00"]
    ),
    (
      "Europe/Berlin", .month, "2026-03-31T21:59:59Z",
      ["2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"]
    ),
  ]

  @Test(
    "are those of some days that went down in history", .enabled(if: SystemCalendar.hasZones),
    arguments: runs)
  func history(row: (String, CalendarBuckets.Unit, String, [String])) throws {
    let rules = try SystemCalendar.rules(of: row.0)
    let buckets = CalendarBuckets(row.1, zone: rules)
    var start = buckets.start(of: try #require(TimeText.parse(row.2)))
    for expected in row.3 {
      #expect(rules.format(start) == expected)
      start = try #require(buckets.next(after: start))
    }
  }

  @Test("cover all of Int64, to its ends", arguments: units)
  func ends(unit: CalendarBuckets.Unit) {
    let zones = [
      ZoneRules.utc, ZoneRules(name: "Test/East", offset: 50_400),
      ZoneRules(name: "Test/West", offset: -43_200),
    ]
    for zone in zones {
      let buckets = CalendarBuckets(unit, zone: zone)
      for instant in [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max] {
        let bucket = buckets.bucket(containing: instant)
        #expect(bucket.contains(instant))
        #expect(buckets.start(of: bucket.lowerBound) == bucket.lowerBound)
        if let next = buckets.next(after: instant) { #expect(buckets.start(of: next) == next) }
      }
      #expect(buckets.next(after: .max) == nil)
      #expect(buckets.start(of: .min) == .min)
    }
  }

  @Test("are multiples in UTC", arguments: [1, 5, 15, 60, 1_440])
  func multiples(minutes: Int) {
    let buckets = CalendarBuckets(.minutes(minutes))
    let length = Int64(minutes) * 60_000_000_000
    for instant: Int64 in [-length - 1, -length, -1, 0, 1, length, 1_795_230_245_000_000_123] {
      let floored = instant - (instant % length + length) % length
      #expect(buckets.bucket(containing: instant) == floored...(floored + length - 1))
    }
  }

  @Test("are days of 23 and 25 hours where they should be", .enabled(if: SystemCalendar.hasZones))
  func lengths() throws {
    let rules = try SystemCalendar.rules(of: "Europe/Berlin")
    let buckets = CalendarBuckets(.day, zone: rules)
    var hours: [Int64: Int] = [:]
    var start = buckets.start(of: 1_767_225_600_000_000_000)
    for _ in 0..<365 {
      let bucket = buckets.bucket(containing: start)
      hours[(bucket.upperBound + 1 - start) / 3_600_000_000_000, default: 0] += 1
      start = bucket.upperBound + 1
    }
    #expect(hours == [23: 1, 24: 363, 25: 1])
  }
}
