// What a cohort question found.

import Query

/// The users of a cohort who were retained in one period.
public struct CohortCell: Hashable, Sendable {
  /// How much of a period was observed.
  public enum State: String, Hashable, Sendable {
    /// All of it, for every user that could be in the cohort.
    case complete
    /// Some of it.
    case inProgress = "in_progress"
    /// Nothing.
    case notObservable = "not_observable"
  }

  public var state: State
  /// Users; nil unless the period is complete.
  public var retained: Int?
  /// Percent (0-100, unrounded); nil without users, and of nobody.
  public var rate: Double?
}

/// The users who began in one bucket.
public struct CohortRow: Hashable, Sendable {
  /// The first instant of the bucket, in nanoseconds since 1970.
  public var start: Int64
  public var size: Int
  /// By period.
  public var cells: [CohortCell]
}

/// All cohorts of some users.
public struct CohortTable: Hashable, Sendable {
  /// In the order of time; buckets in which nobody began have none.
  public var rows: [CohortRow]
  /// By period, the mean of the complete cells in percent; nil without any.
  public var means: [Double?]

  /// The users of all cohorts.
  public var size: Int { rows.reduce(0) { $0 + $1.size } }
}

/// The cohorts of the users with one value of the breakdown at their start.
public struct CohortGroup: Hashable, Sendable {
  public var value: ResultValue
  public var table: CohortTable
}

/// The answer to a `CohortQuery`.
public struct CohortResult: Hashable, Sendable {
  /// By period, its number from 0, or the window as it was typed.
  public var periods: [ResultValue]
  /// All users, also when there is a breakdown.
  public var all: CohortTable
  /// With a breakdown: the groups with the most users, by users descending, then by value.
  public var groups: [CohortGroup]
  /// Groups beyond those, and their users.
  public var remainingGroups: Int
  public var remainingUsers: Int
  /// Events that match a step but have no user (null, absent or empty) and are left out.
  public var eventsWithoutUser: Int
  /// What the reader should know besides: names that are missing and were taken for nothing.
  public var warnings: [String]
}
