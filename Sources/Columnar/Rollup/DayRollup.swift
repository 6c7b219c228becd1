// What is left of a day when its rows are gone.

import EvtCore

/// What the catalogue keeps of a rollup.
public struct RollupSummary: Hashable, Sendable {
  public var day: UTCDay
  public var rowCount: UInt64
  /// The first and the last time of a row.
  public var minTime: Int64
  public var maxTime: Int64
  /// Length of the file and the hash at its end.
  public var fileBytes: UInt64
  public var hash: Hash128

  /// Creates the summary of a rollup.
  public init(
    day: UTCDay, rowCount: UInt64, minTime: Int64, maxTime: Int64, fileBytes: UInt64,
    hash: Hash128
  ) {
    self.day = day
    self.rowCount = rowCount
    self.minTime = minTime
    self.maxTime = maxTime
    self.fileBytes = fileBytes
    self.hash = hash
  }
}

/// The rows of one event, hour by hour.
public struct RollupEvent: Hashable, Sendable {
  public var name: String
  /// The hours with rows, ascending.
  public var hours: [RollupHour]
}

/// The groups of one dimension, as bytes until somebody asks for them.
struct RollupDimension: Hashable, Sendable {
  /// The path of the property.
  var path: String
  var groups: [UInt8]
}

/// What sketches keep of the hashes of all users and sessions of a day, ascending. The sketches in
/// a file refer to them by their places, as the same users are in many.
struct RollupIdentities: Hashable, Sendable {
  var users: [UInt64] = []
  var sessions: [UInt64] = []
}

/// The figures of one UTC day: by event and hour, and by event and value of some properties.
public struct DayRollup: Hashable, Sendable {
  public var day: UTCDay
  /// The most frequent events, by name ascending.
  public var events: [RollupEvent] = []
  /// The hours of all other events together.
  public var otherHours: [RollupHour] = []
  /// The users and sessions of the day.
  var identities = RollupIdentities()
  /// The names of properties that were to be rolled up, ascending.
  var names: [String] = []
  /// By path ascending. A property of one of `names` that no row had is not among them.
  var dimensions: [RollupDimension] = []

  init(day: UTCDay) { self.day = day }

  /// The number of rows.
  public var rows: UInt64 {
    let named = events.reduce(UInt64(0)) { $0 &+ Self.rows($1.hours) }
    return named &+ Self.rows(otherHours)
  }

  private static func rows(_ hours: [RollupHour]) -> UInt64 {
    hours.reduce(0) { $0 &+ $1.figures.rows }
  }

  /// The index of an event; nil if it is not listed.
  public func index(ofEvent name: String) -> Int? {
    events.firstIndex { ExactText($0.name) == ExactText(name) }
  }

  /// The groups by the property `path`, by event and then by rows, greatest first; nil if the day
  /// was not rolled up by it.
  /// - Throws: `MalformedBytes`.
  public func groups(by path: String) throws(MalformedBytes) -> [RollupGroup]? {
    if let dimension = dimensions.first(where: { ExactText($0.path) == ExactText(path) }) {
      return try RollupCoding.decodeGroups(dimension.groups, of: self)
    }
    guard names.contains(where: { Self.matches(path, name: $0) }) else { return nil }
    // No row had the property: all of them had null.
    return (events.map(\.hours) + [otherHours]).enumerated().compactMap { number, hours in
      var figures = RollupFigures()
      for hour in hours { figures.merge(hour.figures) }
      if figures.rows == 0 { return nil }
      return RollupGroup(
        event: number < events.count ? number : nil, value: RollupValue(.null), figures: figures)
    }
  }

  /// Whether `name` means the property `path`: as its last key, or as the whole path.
  public static func matches(_ path: String, name: String) -> Bool {
    if ExactText(path) == ExactText(name) { return true }
    guard let last = KeyPathText.split(path)?.last else { return false }
    return ExactText(last) == ExactText(name)
  }
}
