// What a rollup knows of some rows.

import EvtCore

/// The figures of some rows, to which those of others can be added.
public struct RollupFigures: Hashable, Sendable {
  public var rows: UInt64 = 0
  /// Users and sessions but the null, absent and empty ones.
  public var users = DistinctSketch()
  public var sessions = DistinctSketch()

  /// Creates the figures of no rows.
  public init() {}

  /// Adds the figures of other rows.
  public mutating func merge(_ other: RollupFigures) {
    rows &+= other.rows
    users.merge(other.users)
    sessions.merge(other.sessions)
  }

  /// Adds one row, with the hashes of its user and its session.
  @inline(__always)
  mutating func addRow(user: UInt64?, session: UInt64?) {
    rows &+= 1
    if let user { users.insert(hash: user) }
    if let session { sessions.insert(hash: session) }
  }
}

/// The rows of one hour of a UTC day.
public struct RollupHour: Hashable, Sendable {
  /// 0 to 23.
  public var hour: Int
  public var figures: RollupFigures
}
