// How long the buckets of a trend are.

import EvtCore

/// The length of a trend's buckets.
public enum TrendInterval: String, CaseIterable, Hashable, Sendable {
  case minute
  case quarterHour = "15m"
  case hour, day, week, month
  /// The finest that gives about 100 buckets at most.
  case auto

  /// The lengths that there are, from the finest.
  static let fixed: [TrendInterval] = [.minute, .quarterHour, .hour, .day, .week, .month]

  /// The buckets that `auto` aims at.
  private static let bucketsWanted = 100

  /// Returns the interval itself; for `auto` the finest that cuts `span` into few enough buckets.
  func resolved(for span: ClosedRange<Int64>?) -> TrendInterval {
    guard self == .auto else { return self }
    guard let span else { return .day }
    return Self.fixed.first { $0.bucketCount(in: span) <= Self.bucketsWanted } ?? .month
  }

  /// About how many buckets `span` has.
  func bucketCount(in span: ClosedRange<Int64>) -> Int {
    let length = UInt64(bitPattern: span.upperBound &- span.lowerBound)
    return Int(length / UInt64(unit(weekStart: .monday).nominalNanoseconds)) + 1
  }

  /// The unit of the calendar; a day for `auto`.
  func unit(weekStart: CalendarBuckets.WeekStart) -> CalendarBuckets.Unit {
    switch self {
    case .minute: .minutes(1)
    case .quarterHour: .minutes(15)
    case .hour: .hour
    case .day, .auto: .day
    case .week: .week(weekStart)
    case .month: .month
    }
  }
}
