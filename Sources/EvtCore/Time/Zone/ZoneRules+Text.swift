// Local times as text: read without an offset, written with one.

extension ZoneRules {
  /// The instant on the clock of the zone, with the offset: `2026-01-01T00:00:00+01:00`. In UTC the
  /// offset is `Z`; one with seconds, as before zones were invented, has them too.
  public func format(_ nanoseconds: Int64) -> String {
    if self == .utc { return TimeText.format(nanoseconds) }
    return TimeText.clock(nanoseconds, offset: offset(at: nanoseconds)) + offsetText(nanoseconds)
  }

  /// The date on the clock of the zone: `2026-01-01`.
  public func date(_ nanoseconds: Int64) -> String {
    String(TimeText.clock(nanoseconds, offset: offset(at: nanoseconds)).prefix { $0 != "T" })
  }

  /// The hour and minute on the clock of the zone, with seconds where they are not 0: `09:30`.
  public func timeOfDay(_ nanoseconds: Int64) -> String {
    let clock = TimeText.clock(nanoseconds, offset: offset(at: nanoseconds))
    let time = clock.drop { $0 != "T" }.dropFirst()
    return String(time.hasSuffix(":00") ? time.dropLast(3) : time)
  }

  /// The offset at the instant: `+01:00`.
  public func offsetText(_ nanoseconds: Int64) -> String {
    let offset = offset(at: nanoseconds)
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let size = abs(offset)
    let seconds = size % 60 == 0 ? "" : ":" + padded(size % 60)
    return (offset < 0 ? "-" : "+") + "\(padded(size / 3_600)):\(padded(size / 60 % 60))\(seconds)"
  }

  /// The first instant of the date that the clock of the zone shows at `nanoseconds`, or of the
  /// date `days` later.
  public func startOfDay(_ nanoseconds: Int64, days: Int64 = 0) -> Int64 {
    let second = Self.second(of: nanoseconds)
    let local = second + stretch(atSecond: second).offset
    let rest = local % 86_400
    let midnight = local - (rest < 0 ? rest + 86_400 : rest)
    return Self.clampedNanoseconds(ofSecond: firstSecond(showing: midnight + days * 86_400))
  }
}
