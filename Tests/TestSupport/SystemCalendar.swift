// Local times by the calendar of the system: what `date` says, whose code is not ours.

import EvtCore
import Foundation

/// What the clock of a zone shows at one second.
public struct ClockReading: Hashable, Sendable {
  public var year: Int
  public var month: Int
  public var day: Int
  /// 1 (Monday) to 7.
  public var weekday: Int
  /// Since midnight by the clock.
  public var secondOfDay: Int
  /// Seconds east of UTC.
  public var offset: Int

  /// The date as a number of days.
  public var date: Int { Int(UTCDay(year: year, month: month, day: day).number) }
}

/// The zone database of the system and its calendar, for tests.
public enum SystemCalendar {
  /// Zones whose history has everything that is hard.
  public static let zones = [
    "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
    "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "Asia/Tehran",
    "Europe/Dublin", "Antarctica/Troll", "Africa/Cairo", "America/Juneau", "Asia/Gaza",
  ]

  private static let directory = "/usr/share/zoneinfo"

  /// Whether this system has a zone database.
  public static let hasZones = FileManager.default.fileExists(atPath: "\(directory)/Europe/Berlin")

  /// The bytes of the file of `zone`.
  public static func file(of zone: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(zone)")))
  }

  /// The rules of `zone`.
  public static func rules(of zone: String) throws -> ZoneRules {
    try ZoneRules(name: zone, file: try file(of: zone))
  }

  /// Seconds around each change of offset of `rules` before the year 2100: the change itself, the
  /// second before, minutes, hours and days around.
  public static func secondsAroundChanges(of rules: ZoneRules) -> [Int64] {
    let distances: [Int64] = [
      0, 1, 59, 600, 1_800, 3_599, 3_600, 5_400, 7_200, 10_800, 21_600, 43_200, 86_399, 90_000,
      172_800,
    ]
    var seconds: Set<Int64> = []
    for change in rules.changes where change < 4_102_444_800_000_000_000 {
      let second = change / 1_000_000_000
      for distance in distances { seconds.formUnion([second - distance, second + distance]) }
    }
    return seconds.sorted()
  }

  /// What the clock of `zone` shows at each of `seconds` since 1970, by second.
  public static func readings(
    at seconds: some Collection<Int64>, zone: String
  ) throws -> [Int64: ClockReading] {
    let wanted = Set(seconds).sorted()
    let work = try TemporaryDirectory()
    defer { work.remove() }
    let input = work.path + "/seconds"
    try Data(wanted.map { "@\($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: input))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["date", "-f", input, "+%Y %m %d %u %H %M %S %::z"]
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": zone]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let lines = output.split(separator: UInt8(ascii: "\n"))
    guard lines.count == wanted.count else { throw Unreadable(lines: lines.count) }
    var readings: [Int64: ClockReading] = [:]
    for (second, line) in zip(wanted, lines) { readings[second] = try reading(line) }
    return readings
  }

  /// `date` printed something else than asked for.
  public struct Unreadable: Error {
    public var lines: Int
  }

  private static func reading(_ line: Data) throws -> ClockReading {
    let isWest = line.contains { $0 == UInt8(ascii: "-") }
    let numbers = line.split { !(0x30...0x39).contains($0) }.map { digits in
      digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    guard numbers.count == 10 else { throw Unreadable(lines: 1) }
    let offset = numbers[7] * 3_600 + numbers[8] * 60 + numbers[9]
    return ClockReading(
      year: numbers[0], month: numbers[1], day: numbers[2], weekday: numbers[3],
      secondOfDay: numbers[4] * 3_600 + numbers[5] * 60 + numbers[6],
      offset: isWest ? -offset : offset)
  }
}
