// What a funnel found.

import Query

/// One step of a funnel over all users, or over those of one group.
public struct FunnelStepResult: Hashable, Sendable {
  /// From 1.
  public var step: Int
  /// The step as it was typed.
  public var name: String
  /// Users whose level is at least this step.
  public var count: Int
  /// Percent (0-100, unrounded) of the users of step 1; nil when there are none.
  public var rate: Double?
  /// Percent of the users of the step before, and of those of them that did not come here. Nil for
  /// step 1, and when there are none.
  public var fromPrevious: Double?
  public var dropOff: Double?
  /// Users whose level is this step, not the last, and whose last entry may still lead further.
  public var inProgress: Int
  /// Milliseconds from the step before; nil for step 1, and when `count` is 0.
  public var fromPreviousTimes: FunnelTimes?
  /// Milliseconds from step 1; nil for step 1, and when `count` is 0.
  public var fromFirstTimes: FunnelTimes?
}

/// How long users took, in milliseconds.
public struct FunnelTimes: Hashable, Sendable {
  public var median: Double
  public var average: Double
  public var p90: Double
}

/// The funnel of the users with one value of the breakdown at their entry.
public struct FunnelGroup: Hashable, Sendable {
  public var value: ResultValue
  public var steps: [FunnelStepResult]
}

/// How far one user came.
public struct FunnelUser: Hashable, Sendable {
  public var user: String
  /// The number of steps reached, at least 1.
  public var level: Int
  /// The time of step 1 of the reported chain, in nanoseconds.
  public var enteredAt: Int64
  /// The time of the last step of the funnel; nil if it was not reached.
  public var convertedAt: Int64?
  /// Milliseconds from the step before, for each of the steps 2...level.
  public var stepMillis: [Double]
}

/// The answer to a `FunnelQuery`.
public struct FunnelResult: Hashable, Sendable {
  /// The window that was applied, in nanoseconds.
  public var window: Int64
  /// All users, also when there is a breakdown.
  public var steps: [FunnelStepResult]
  /// With a breakdown: the groups with the most entrants, by entrants descending, then by value.
  public var groups: [FunnelGroup]
  /// Groups beyond those, and the users who entered in them.
  public var remainingGroups: Int
  public var remainingEntrants: Int
  /// The users asked for, by hash64(user) and then by text; nil when none were.
  public var users: [FunnelUser]?
  /// Events that match a step but have no user (null, absent or empty) and are left out.
  public var eventsWithoutUser: Int
  /// What the reader should know besides: names that are missing and were taken for nothing.
  public var warnings: [String]
}
