// The choices of a cohort question: how long buckets are, and what counts as coming back.

import EvtCore

/// The length of the buckets that make cohorts, and of the periods behind them.
public enum CohortInterval: String, CaseIterable, Hashable, Sendable {
  case hour, day, week, month

  /// The unit of the calendar.
  func unit(weekStart: CalendarBuckets.WeekStart) -> CalendarBuckets.Unit {
    switch self {
    case .hour: .hour
    case .day: .day
    case .week: .week(weekStart)
    case .month: .month
    }
  }

  /// The length as elapsed time, in nanoseconds; nil for months, which have none.
  var fixedNanoseconds: Int64? {
    self == .month ? nil : unit(weekStart: .monday).nominalNanoseconds
  }
}

/// When a user is retained in a period.
public enum CohortMode: String, CaseIterable, Hashable, Sendable {
  /// By an event in it.
  case on
  /// By an event in it or later.
  case after
}

/// From where periods count.
public enum CohortClock: String, CaseIterable, Hashable, Sendable {
  /// From bucket to bucket of the calendar.
  case calendar
  /// In elapsed time from each user's start.
  case rolling
}

/// How the shares of several cohorts become one.
public enum CohortMean: String, CaseIterable, Hashable, Sendable {
  /// Every user weighs the same.
  case weighted
  /// Every cohort weighs the same.
  case simple
}

/// Of what a share is taken.
public enum CohortReference: String, CaseIterable, Hashable, Sendable {
  /// Of the cohort.
  case first
  /// Of the users retained in the period before.
  case prev
}

/// A stretch of elapsed time since a user's start, half-open.
public struct CohortWindow: Hashable, Sendable {
  /// As it was typed.
  public let name: String
  /// Nanoseconds, `from` not negative and below `to`.
  public let from: Int64
  public let to: Int64

  /// Reads windows such as `1d..7d`, separated by commas.
  /// - Throws: `AnalyticsError.invalid`.
  public static func parse(_ text: String) throws(AnalyticsError) -> [CohortWindow] {
    var windows: [CohortWindow] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      windows.append(try CohortWindow(parsing: part))
    }
    return windows
  }

  private init(parsing text: Substring) throws(AnalyticsError) {
    func wrong(_ why: String) -> AnalyticsError {
      .invalid("cannot read --within \"\(text)\": \(why) (write 1d..7d, or 0d..1d,1d..7d)")
    }
    guard let dots = text.firstRange(of: "..") else { throw wrong("there is no ..") }
    var ends: [Int64] = []
    for end in [text[..<dots.lowerBound], text[dots.upperBound...]] {
      guard let length = (try? TimeSpan(parsing: String(end)))?.fixedNanoseconds else {
        throw wrong("\"\(end)\" is no length of time, or has months")
      }
      ends.append(length)
    }
    guard ends[0] < ends[1] else { throw wrong("it ends where it begins, or before") }
    name = String(text)
    from = ends[0]
    to = ends[1]
  }
}
