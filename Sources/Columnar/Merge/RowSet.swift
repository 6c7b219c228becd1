// Some of the rows of one segment.

/// A set of rows, by their places in their segment.
public struct RowSet: Hashable, Sendable {
  private var words: [UInt64]
  /// The number of rows in the set.
  public private(set) var count = 0

  /// Creates the empty set for a segment of `rowCount` rows.
  public init(rowCount: Int) {
    words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
  }

  /// Whether no row is in the set.
  public var isEmpty: Bool { count == 0 }

  /// Adds `row`.
  public mutating func insert(_ row: Int) {
    let bit: UInt64 = 1 << UInt64(row % 64)
    if words[row / 64] & bit == 0 { count += 1 }
    words[row / 64] |= bit
  }

  /// Whether `row` is in the set.
  @inline(__always)
  public func contains(_ row: Int) -> Bool { words[row / 64] & (1 << UInt64(row % 64)) != 0 }
}
