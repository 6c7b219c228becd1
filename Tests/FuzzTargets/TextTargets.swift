// What people type: queries, steps, times; and the time zones of the system.

import Analytics
import EvtCore
import Query
import Store
import TestSupport

@testable import EvtCore

extension FuzzTarget {
  private static let now = StoreScenario.noon

  /// A small store to ask.
  private static let snapshot = Result {
    let store = try Store.create(files: FaultyFiles())
    try StoreScenario.ingest(["a", "bb"], rows: 20, into: store)
    return try store.snapshot()
  }

  /// A statement is refused, or answered.
  static let sql = FuzzTarget(
    name: "sql",
    seeds: {
      [
        "SELECT * FROM events ORDER BY timestamp DESC LIMIT 3",
        "SELECT event, count() AS n, uniqExact(user_id) FROM events GROUP BY event HAVING n > 1",
        "SELECT DISTINCT page, n % 2 FROM events WHERE n BETWEEN -1 AND 1e3 OR NOT (page LIKE '%_')",
        "SELECT quantileExact(0.5)(n), sumIf(n, event = 'error'), avg(n * 1.5) FROM events",
        "SELECT toStartOfHour(timestamp) AS t, countIf(event IN ('purchase', 'error')) FROM events "
          + "WHERE timestamp >= now() - INTERVAL 7 DAY GROUP BY t ORDER BY t",
        "SELECT * FROM (SELECT input, max(n) AS m FROM events GROUP BY input) WHERE m > 2 -- end",
        "SELECT concat(lower(page), '\\'x'), if(n > 3, 'a', 'b'), coalesce(page, '') FROM events",
        "SELECT JSONExtractString(properties, 'page') AS p, position(event, 'r') FROM events /* */",
        "SELECT substring(event, 2, 3), splitByChar('_', event), toString(n) FROM events LIMIT 1, 2",
      ].map { Array($0.utf8) }
    }
  ) { bytes in
    do {
      var query = try SQLQuery(parsing: String(decoding: bytes, as: UTF8.self), now: now)
      query.memoryBytes = 32 << 20
      query.allowsMissing = bytes.count % 2 == 0
      _ = try query.run(on: snapshot.get(), pool: WorkerPool(threads: 1))
    } catch is QueryError {}
  }

  /// Steps of funnels and expectations, and the conditions in them.
  static let steps = FuzzTarget(
    name: "steps",
    seeds: {
      [
        #"page_view,purchase"#, #"page_view[n > 3 AND page = ']'] | error , "a ""b"", c", *"#,
        #"purchase:>=10"#, #"page_view[input IN ('a', 'bb')]:=20,error:<1"#, #"a\"b|*[mixed=1]"#,
      ].map { Array($0.utf8) }
    }
  ) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let pool = WorkerPool(threads: 1)
    do {
      var funnel = try FunnelQuery(parsing: text, now: now)
      funnel.allowsMissing = true
      let result = try funnel.run(on: snapshot.get(), pool: pool)
      try Finding.unless(result.steps.count == funnel.steps.count, "a step is missing")
    } catch is AnalyticsError {} catch is QueryError {}
    do {
      var cohort = CohortQuery(now: now)
      cohort.comeback = try .init(parsing: text)
      cohort.allowsMissing = true
      let result = try cohort.run(on: snapshot.get(), pool: pool)
      try Finding.unless(result.all.means.count == cohort.periods, "a period is missing")
    } catch is AnalyticsError {} catch is QueryError {}
    do {
      let query = try ExpectationQuery(parsing: [text], now: now)
      _ = try query.run(on: snapshot.get(), pool: pool)
    } catch is AnalyticsError {} catch is QueryError {}
  }

  /// Times in all their forms. What is read as a time is written so that it is read again.
  static let time = FuzzTarget(
    name: "time",
    seeds: {
      [
        "2026-01-01T10:00:00.123456789+05:30", "2026-02-28 23:59:60Z", "1767225600123", "-7d",
        "@1767225600.5", "1.767225600e9", "yesterday", "1mo2w3d4h", "9223372036.854775807",
        "1677-09-21T00:12:43.145224193Z", "EST5EDT,M3.2.0/-167:59:59,M11.1.0", "<+0330>-3:30",
      ].map { Array($0.utf8) }
    }
  ) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    for instant in [TimeText.parse(text), TimeText.epoch(text)].compactMap({ $0 }) {
      let shown = TimeText.format(instant)
      try Finding.unless(TimeText.parse(shown) == instant, "\(instant) is shown as \(shown)")
    }
    for instant in [now, .min, .max] {
      _ = try? InstantText.parse(text, now: instant)
      _ = (try? TimeSpan(parsing: text))?.added(to: instant)
    }
    if let rule = PosixZoneRule(parsing: bytes) { _ = rule.changes(after: nil) }
  }

  /// A zone's file. Every instant has its place in the zone that is read.
  static let zone = FuzzTarget(
    name: "zone", seeds: { [zoneFile(version: UInt8(ascii: "2")), zoneFile(version: 0)] }
  ) { bytes in
    guard let rules = try? ZoneRules(name: "Test/Zone", file: bytes) else { return }
    for instant in [Int64.min, -1, 1_774_746_000_000_000_000, 4_000_000_000_000_000_000, .max] {
      _ = rules.format(instant)
      for unit in [CalendarBuckets.Unit.minutes(15), .hour, .day, .week(.monday), .year] {
        let bucket = CalendarBuckets(unit, zone: rules).bucket(containing: instant)
        try Finding.unless(bucket.contains(instant), "\(instant) lies outside of its bucket")
      }
    }
  }

  /// As zic writes the zone of Berlin, in a few years only.
  private static func zoneFile(version: UInt8) -> [UInt8] {
    func bigEndian(_ value: Int64, _ size: Int) -> [UInt8] {
      (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
    }
    func data(timeBytes: Int) -> [UInt8] {
      let times: [Int64] = [1_774_746_000, 1_792_890_000, 1_806_195_600]
      var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
      for count in [0, 2, 0, 3, 2, 4] as [Int64] { bytes += bigEndian(count, 4) }
      bytes += times.flatMap { bigEndian($0, timeBytes) } + [1, 0, 1]
      for offset in [3_600, 7_200] as [Int64] { bytes += bigEndian(offset, 4) + [0, 0] }
      return bytes + Array("ABC".utf8) + [0, 0, 0]
    }
    guard version > 0 else { return data(timeBytes: 4) }
    let rule = Array("\nCET-1CEST,M3.5.0,M10.5.0/3\n".utf8)
    return data(timeBytes: 4) + data(timeBytes: 8) + rule
  }
}
