// Tests of evt trend on the built program: time zones against the calendar of the system.

import EvtCore
import Foundation
import TestSupport
import Testing

@testable import EvtCLI

@Suite("evt trend", .enabled(if: SystemCalendar.hasZones))
struct TrendCommandTests {
  /// A bucket as the program printed it.
  private struct Row {
    var time: String
    /// Seconds since 1970.
    var start: Int64
    var count: Int
  }

  /// Instants of events: one second before each change of the clock, the change, half an hour and a
  /// bit more than a day behind it, as far as buckets of a day fit into one answer.
  private func seconds(around rules: ZoneRules) -> [Int64] {
    // Events before 1970 are rejected.
    let first = UTCDay(year: 1970, month: 1, day: 3).start
    let years = first..<UTCDay(year: 2100, month: 1, day: 1).start
    let changes = rules.changes.filter(years.contains).map { $0 / 1_000_000_000 }
    return Set(changes.flatMap { [$0 - 1, $0, $0 + 1_800, $0 + 90_000] }).sorted()
  }

  private func load(_ seconds: [Int64], into directory: WorkDirectory) throws {
    let lines = seconds.enumerated().map { number, second in
      "{\"event\":\"a\",\"user_id\":\"u\(number)\",\"timestamp\":"
        + "\"\(TimeText.format(second * 1_000_000_000))\"}\n"
    }
    try directory.write(lines.joined(), to: "events.ndjson")
    // The years to come are no mistake here.
    let result = try Program.shell(
      "evt --now 2101-01-01 --store zone.evt ingest events.ndjson", in: directory.path)
    #expect(result.status == 0, "\(result.stderr)")
  }

  /// The buckets of a trend that hold events, each with the start of the next one, if there is one.
  private func buckets(
    _ options: String, in directory: WorkDirectory
  ) throws -> [(row: Row, end: Int64?)] {
    // The rows with events, and those that follow them.
    let filter = "NR > 1 && ($5 > 0 || isNext); { isNext = NR > 1 && $5 > 0 }"
    let result = try Program.shell(
      "set -o pipefail; evt --store zone.evt trend --agg count,users -f csv \(options)"
        + " | awk -F, '\(filter)'", in: directory.path)
    #expect(result.status == 0, "\(options): \(result.stderr)")
    let rows = try result.stdout.split(separator: "\n").map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      try #require(cells.count == 8)
      let start = try #require(TimeText.parse(String(cells[1]))) / 1_000_000_000
      // Each event has a user of its own.
      try #require(cells[4] == cells[5])
      return Row(time: String(cells[0]), start: start, count: try #require(Int(cells[4])))
    }
    return rows.indices.filter { rows[$0].count > 0 }.map { index in
      (rows[index], index + 1 < rows.count ? rows[index + 1].start : nil)
    }
  }

  /// Those of `seconds`, which ascend, that lie in the bucket.
  private func inside(
    _ bucket: (row: Row, end: Int64?), _ seconds: [Int64]
  ) -> ArraySlice<Int64> {
    let first = seconds.firstIndex { $0 >= bucket.row.start } ?? seconds.count
    return seconds[first...].prefix { $0 < bucket.end ?? .max }
  }

  /// The number of the day, week or month that a clock shows.
  private func key(_ interval: String, _ reading: ClockReading) -> Int {
    switch interval {
    case "week": reading.date - (reading.weekday - 1)
    case "month": reading.year * 12 + reading.month
    default: reading.date
    }
  }

  @Test(
    "days, weeks and months are those of the system's calendar", arguments: SystemCalendar.zones)
  func days(zone: String) throws {
    let seconds = seconds(around: try SystemCalendar.rules(of: zone))
    let directory = try WorkDirectory()
    try load(seconds, into: directory)
    for interval in ["day", "week", "month"] {
      let buckets = try buckets("--every \(interval) --tz \(zone)", in: directory)
      let edges = buckets.flatMap { [$0.row.start, $0.end ?? $0.row.start] }
      let readings = try SystemCalendar.readings(
        at: edges + edges.map { $0 - 1 } + seconds, zone: zone)
      func key(_ second: Int64) throws -> Int {
        self.key(interval, try #require(readings[second]))
      }
      var wrong: [String] = []
      for bucket in buckets {
        let (row, end) = bucket
        let own = try key(row.start)
        let inside = inside(bucket, seconds)
        // A bucket begins and ends where a later date begins, and nowhere else.
        let isRight =
          try key(row.start - 1) < own && inside.allSatisfy { try key($0) <= own }
          && end.map { try key($0 - 1) <= own && own < key($0) } ?? true
        if !isRight || row.count != inside.count { wrong.append(row.time) }
        let date = UTCDay(number: Int32(try #require(readings[row.start]).date)).description
        if !row.time.hasPrefix(date + "T") { wrong.append(row.time) }
      }
      #expect(wrong == [], "\(zone) by \(interval)")
      #expect(buckets.reduce(0) { $0 + $1.row.count } == seconds.count)
    }
  }

  @Test("hours are cut where the system's clock is set", arguments: SystemCalendar.zones)
  func hours(zone: String) throws {
    let rules = try SystemCalendar.rules(of: zone)
    let seconds = seconds(around: rules)
    let directory = try WorkDirectory()
    try load(seconds, into: directory)
    var buckets: [(row: Row, end: Int64?)] = []
    for year in stride(from: 1980, to: 2030, by: 10) {
      buckets += try self.buckets(
        "--every hour --tz \(zone) --since \(year)-01-01 --until \(year + 10)-01-01",
        in: directory)
    }
    let edges = buckets.flatMap { [$0.row.start, $0.end ?? $0.row.start] }
    let readings = try SystemCalendar.readings(
      at: edges + edges.map { $0 - 1 } + seconds, zone: zone)
    /// The hour by the clock, with the offset of the clock.
    func hour(_ second: Int64) throws -> [Int] {
      let reading = try #require(readings[second])
      return [reading.date * 24 + reading.secondOfDay / 3_600, reading.offset]
    }
    var wrong: [String] = []
    for bucket in buckets {
      let (row, end) = bucket
      let own = try hour(row.start)
      let inside = inside(bucket, seconds)
      let isRight =
        try hour(row.start - 1) != own && inside.allSatisfy { try hour($0) == own }
        && end.map { try hour($0 - 1) == own && hour($0) != own } ?? true
      if !isRight || row.count != inside.count { wrong.append(row.time) }
    }
    #expect(wrong == [], "\(zone)")
    #expect(buckets.count > 1)
  }

  @Test("the same for any number of threads, and for counts from metadata")
  func threads() throws {
    let directory = try SampleStore.directory()
    for zone in ["UTC", "Europe/Berlin", "Asia/Kathmandu"] {
      let results = try ["--threads 1", "--threads 5"].map { threads in
        try Program.shell(
          "for every in 15m hour day week; do evt trend \(threads) --every $every --tz \(zone)"
            + " --by country --agg users,count -f csv; done",
          in: directory.path, environment: SampleStore.environment)
      }
      #expect(results[0].status == 0 && results[0] == results[1])
      let counts = try ["", "--where \"length(event) > 0\""].map { condition in
        try Program.shell(
          "evt trend --every hour --tz \(zone) --agg count -f csv \(condition)",
          in: directory.path, environment: SampleStore.environment)
      }
      #expect(counts[0] == counts[1])
    }
  }
}
