// Rules of zones, as POSIX writes them.

import TestSupport
import Testing

@testable import EvtCore

@Suite("PosixZoneRule") struct PosixZoneRuleTests {
  /// A rule and its changes in 2026, in UTC, with the offset from then on.
  static let rules: [(String, [String])] = [
    ("CET-1CEST,M3.5.0,M10.5.0/3", ["2026-03-29T01:00:00Z 7200", "2026-10-25T01:00:00Z 3600"]),
    ("EST5EDT,M3.2.0,M11.1.0", ["2026-03-08T07:00:00Z -14400", "2026-11-01T06:00:00Z -18000"]),
    // Ireland: summer is standard time, winter the exception.
    ("IST-1GMT0,M10.5.0,M3.5.0/1", ["2026-03-29T01:00:00Z 3600", "2026-10-25T01:00:00Z 0"]),
    // The southern half, with half an hour.
    (
      "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
      ["2026-04-04T15:00:00Z 37800", "2026-10-03T15:30:00Z 39600"]
    ),
    // Hours before and beyond the day.
    (
      "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
      ["2026-03-29T01:00:00Z -3600", "2026-10-25T01:00:00Z -7200"]
    ),
    (
      "EET-2EEST,M3.4.4/50,M10.4.4/50", ["2026-03-28T00:00:00Z 10800", "2026-10-23T23:00:00Z 7200"]
    ),
    // Days of the year, with and without 29 February.
    ("AAA0BBB,J60,J61/0", ["2026-03-01T02:00:00Z 3600", "2026-03-01T23:00:00Z 0"]),
    ("AAA0BBB,59/0:30,60/1:02:03", ["2026-03-01T00:30:00Z 3600", "2026-03-02T00:02:03Z 0"]),
    ("<-03>3", []), ("UTC0", []), ("<+0545>-5:45", []),
    // All year: the end of a year is the start of the next.
    ("PPP3EDT4,0/0,J365/23", ["2026-01-01T03:00:00Z -14400"]),
  ]

  @Test("says when the offset changes", arguments: rules)
  func changes(row: (String, [String])) throws {
    let rule = try #require(PosixZoneRule(parsing: row.0.utf8))
    let year = 1_767_225_600..<1_798_761_600
    let zone = ZoneRules(name: "Test", offset: rule.offset, changes: rule.changes(after: nil))
    if row.0.hasPrefix("PPP3") {
      #expect(zone.changes.count <= 1 && zone.offset(at: 1_780_000_000_000_000_000) == -14_400)
      return
    }
    let found = zone.changes.filter { year.contains(Int($0 / 1_000_000_000)) }
    #expect(found.map { "\(TimeText.format($0)) \(zone.offset(at: $0))" } == row.1)
  }

  @Test("counts 29 February where the rule does") func leapYears() throws {
    let ordinal = try #require(PosixZoneRule(parsing: "AAA0BBB,59/0,60/0".utf8))
    let julian = try #require(PosixZoneRule(parsing: "AAA0BBB,J60/0,J61/0".utf8))
    func first(_ rule: PosixZoneRule) -> String? {
      rule.changes(after: 1_830_297_600).first.map {
        TimeText.format($0.second * 1_000_000_000)
      }
    }
    // 2028 has a 29 February.
    #expect(first(ordinal) == "2028-02-29T00:00:00Z" && first(julian) == "2028-03-01T00:00:00Z")
  }

  @Test(
    "refuses what is no rule",
    arguments: [
      "", "CET", "CE-1", "CET-1CEST", "CET-25", "CET-1CEST,", "CET-1CEST,M3.5.0",
      "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
      "CET-1CEST,M3.5.0,M10.5.0x", "CET-1CEST,J0,J1", "CET-1CEST,366,1", "CET-1CEST,M3.5.0/168,1",
      "<+01-1", "<>-1", "CET-1:60", "CET-1:00:60", "CET-99999999999999999999", "CET-1C,J1,J2",
      "CET-24CEST-25,J1,J2", "\u{0}",
    ]) func refuse(text: String)
  {
    #expect(PosixZoneRule(parsing: text.utf8) == nil)
  }

  @Test("takes any bytes without harm", arguments: [1, 2, 3]) func anything(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("CETM<>+-0123456789,./:J".utf8)
    for _ in 0..<20_000 {
      let text = (0..<random.below(30)).map { _ in alphabet[random.below(alphabet.count)] }
      _ = PosixZoneRule(parsing: text)?.changes(after: 4_000_000_000)
    }
  }
}
