// The groups of an answer before they are rows, so that they can be united.

import Columnar
import EvtCore

/// A way to unite groups.
public struct GroupUnions: Sendable {
  /// By group, the number of its union.
  public var unionByGroup: [UInt32]
  /// The number of unions.
  public var count: Int
  /// With more than 1, unions come in runs of so many, and the figures of each are over the groups
  /// of all unions of its run up to itself.
  public var runLength: Int

  /// Creates a way in which group g goes into union `unionByGroup`[g].
  public init(unionByGroup: [UInt32], count: Int, runLength: Int = 1) {
    self.unionByGroup = unionByGroup
    self.count = count
    self.runLength = runLength
  }
}

/// The groups of an `AggregateQuery`, whose figures can be had for unions of them: exactly, also of
/// distinct users, which cannot be added.
public struct AggregateGroups {
  private let merge: GroupMerge
  /// What the reader should know besides the figures.
  public let warnings: [String]

  init(_ merge: GroupMerge, warnings: [String]) {
    self.merge = merge
    self.warnings = warnings
  }

  /// The number of groups.
  public var count: Int { merge.groups.count }

  /// The values of the keys of `group`.
  public func keys(of group: Int) -> [ResultValue] { merge.groups.keys(of: group).map(\.result) }

  /// By group, the place of its value of key `key` among the distinct ones in their order: numbers,
  /// texts and so on by value, null last.
  public func ranks(key: Int) -> [Int] { merge.groups.ranks(key: key) }

  /// The figures of each union, in the order of the query's aggregates.
  /// - Throws: `QueryError`.
  public func figures(of unions: GroupUnions, pool: WorkerPool) throws -> [[ResultValue]] {
    try merge.figures(of: unions, pool).map { $0.map(\.result) }
  }

  /// The unions by their first figures, the greatest first, nulls last; equal ones ascending.
  /// - Throws: `QueryError`.
  public func order(of unions: GroupUnions, pool: WorkerPool) throws -> [Int] {
    let first = try merge.figures(of: unions, pool).map { $0.first ?? .null }
    return first.indices.sorted {
      AggregateQuery.order(first[$0], first[$1]) ?? ($0 < $1)
    }
  }
}
