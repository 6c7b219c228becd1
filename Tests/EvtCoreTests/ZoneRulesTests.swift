// Offsets and local times against the calendar of the system.

import TestSupport
import Testing

@testable import EvtCore

@Suite("ZoneRules") struct ZoneRulesTests {
  @Test(
    "has the system's offset on every day and around every change to 2100",
    .enabled(if: SystemCalendar.hasZones), arguments: SystemCalendar.zones)
  func offsets(zone: String) throws {
    let rules = try SystemCalendar.rules(of: zone)
    // From 1830 on, noon and so never at a change itself.
    let days = (-51_134...47_481).map { Int64($0) * 86_400 + 43_200 }
    let readings = try SystemCalendar.readings(
      at: days + SystemCalendar.secondsAroundChanges(of: rules), zone: zone)
    var wrong: [Int64] = []
    for (second, reading) in readings {
      if rules.offset(at: second * 1_000_000_000) != reading.offset { wrong.append(second) }
    }
    #expect(wrong.isEmpty, "\(zone): \(wrong.sorted().prefix(5))")
    #expect(rules.changes.count >= 2)
  }

  @Test("shows the system's clock", .enabled(if: SystemCalendar.hasZones))
  func clock() throws {
    for zone in ["Europe/Dublin", "Asia/Kathmandu", "America/St_Johns"] {
      let rules = try SystemCalendar.rules(of: zone)
      let readings = try SystemCalendar.readings(
        at: SystemCalendar.secondsAroundChanges(of: rules), zone: zone)
      for (second, reading) in readings {
        let instant = second * 1_000_000_000
        let local = UTCDay(number: Int32(reading.date)).description
        #expect(rules.date(instant) == local)
        let minutes = TimeText.clock(Int64(reading.secondOfDay) * 1_000_000_000, offset: 0)
        #expect(rules.format(instant).hasPrefix(local + minutes.dropFirst(10)))
        // The text is the instant again, but for offsets with seconds, which RFC 3339 has not.
        if reading.offset % 60 == 0 { #expect(TimeText.parse(rules.format(instant)) == instant) }
      }
    }
  }

  /// 02:00 becomes 03:00 in spring and 03:00 becomes 02:00 in autumn, with one day of each kind.
  static let zone = ZoneRules(
    name: "Test/Zone", offset: 3_600,
    changes: [(1_774_746_000, 7_200), (1_792_890_000, 3_600)])

  static let shown: [(String, String)] = [
    ("2026-03-29 01:59:59.5", "2026-03-29T00:59:59.5Z"),
    // Leapt over: the instant of the leap.
    ("2026-03-29 02:00", "2026-03-29T01:00:00Z"),
    ("2026-03-29 02:30:00.25", "2026-03-29T01:00:00Z"),
    ("2026-03-29 03:00:00.25", "2026-03-29T01:00:00.25Z"),
    // Shown twice: the first time.
    ("2026-10-25 02:30", "2026-10-25T00:30:00Z"), ("2026-10-25 03:00", "2026-10-25T02:00:00Z"),
    ("2026-01-01", "2025-12-31T23:00:00Z"), ("2026-07-01", "2026-06-30T22:00:00Z"),
  ]

  @Test("takes a local time for the first instant that shows it", arguments: shown)
  func firstInstant(row: (String, String)) throws {
    let local = try #require(TimeText.parse(row.0))
    #expect(TimeText.format(Self.zone.firstInstant(showing: local)) == row.1)
    #expect(TimeText.parse(row.0, in: Self.zone) == TimeText.parse(row.1))
  }

  @Test("writes local times with their offset") func format() {
    let spring: Int64 = 1_774_746_000_000_000_000
    #expect(Self.zone.format(spring) == "2026-03-29T03:00:00+02:00")
    #expect(Self.zone.format(spring - 1) == "2026-03-29T01:59:59.999999999+01:00")
    #expect(Self.zone.date(spring) == "2026-03-29" && Self.zone.timeOfDay(spring) == "03:00")
    #expect(ZoneRules.utc.format(spring) == "2026-03-29T01:00:00Z")
    #expect(ZoneRules.utc.timeOfDay(1_000_000_000) == "00:00:01")
    let west = ZoneRules(name: "Test/West", offset: -12_600)
    #expect(west.format(spring) == "2026-03-28T21:30:00-03:30")
    let mean = ZoneRules(name: "Test/Mean", offset: 3_208)
    #expect(mean.format(0) == "1970-01-01T00:53:28+00:53:28")
  }

  @Test("finds the starts of days") func startOfDay() {
    let autumn: Int64 = 1_792_890_000_000_000_000
    #expect(Self.zone.format(Self.zone.startOfDay(autumn)) == "2026-10-25T00:00:00+02:00")
    #expect(Self.zone.format(Self.zone.startOfDay(autumn, days: 1)) == "2026-10-26T00:00:00+01:00")
    #expect(Self.zone.format(Self.zone.startOfDay(autumn, days: -1)) == "2026-10-24T00:00:00+02:00")
  }

  @Test("bears the ends of time")
  func ends() {
    for offset: Int64 in [-89_999, 0, 93_599] {
      let rules = ZoneRules(
        name: "Test/End", offset: offset,
        changes: [(.min, offset), (-9_223_372_037, offset), (0, 0), (9_223_372_036, 60), (.max, 1)])
      for instant in [Int64.min, .min + 1, -1, 0, .max - 1, .max] {
        _ = rules.format(instant)
        _ = rules.firstInstant(showing: instant)
        _ = rules.startOfDay(instant, days: 1)
        _ = rules.startOfDay(instant, days: -1)
        #expect(ZoneRules.utc.firstInstant(showing: instant) == instant)
      }
      #expect(rules.offset(at: .min) == offset)
    }
  }

  @Test("drops changes that change nothing") func changes() {
    let rules = ZoneRules(
      name: "Test/Few", offset: 0, changes: [(10, 0), (20, 60), (20, 0), (30, 60), (40, 60)])
    #expect(rules.changes == [30_000_000_000])
    #expect(rules.offset(at: 25_000_000_000) == 0 && rules.offset(at: 30_000_000_000) == 60)
  }
}
