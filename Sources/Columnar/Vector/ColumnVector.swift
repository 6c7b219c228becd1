// One decoded block of a column: what scans work on.

/// The values of one column for the rows of a block.
public struct ColumnVector: Sendable {
  public var rowCount = 0
  /// The kind of every row, or nil when `kinds` tells row by row.
  public var uniformKind: ValueKind? = .absent
  /// The `ValueKind` of each row; empty when `uniformKind` is set.
  public var kinds: [UInt8] = []
  /// By row: the integer, the bit pattern of the double, 0 or 1. Undefined for rows of other kinds;
  /// empty when the block has no row of a numeric kind.
  public var numbers: [Int64] = []
  /// By row: the index in `texts` of a text, decimal or JSON value. Zero for rows of other kinds;
  /// empty when the block has no row of a textual kind, or has only runs.
  public var codes: [UInt32] = []
  public var texts: TextList = .empty
  /// Whether `texts` begins with the segment's dictionary of the column, so that codes below its
  /// count mean the same in every block of the segment.
  public var usesSegmentDictionary = false
  /// Where the block stores runs of equal values: the row behind each run, else empty.
  public var runEnds: [UInt32] = []

  /// Whether the rows have no codes: all rows of the run number n have the text n.
  public var hasOnlyRuns: Bool { codes.isEmpty && !runEnds.isEmpty }

  /// Creates the vector of no rows.
  public init() {}

  /// Creates the vector of `count` rows that all have the integer `value`.
  init(repeating value: Int64, count: Int) {
    rowCount = count
    uniformKind = .int
    numbers = [Int64](repeating: value, count: count)
  }

  /// The kind of `row`.
  @inline(__always)
  public func kind(_ row: Int) -> ValueKind {
    uniformKind ?? ValueKind(rawValue: kinds[row]) ?? .null
  }

  /// The vector of the rows at `places` alone, which ascend.
  public func picked(at places: [UInt32]) -> ColumnVector {
    var vector = self
    vector.rowCount = places.count
    if !kinds.isEmpty { vector.kinds = places.map { kinds[Int($0)] } }
    if !numbers.isEmpty { vector.numbers = places.map { numbers[Int($0)] } }
    if !codes.isEmpty { vector.codes = places.map { codes[Int($0)] } }
    if !runEnds.isEmpty { vector.runEnds = RunEnds(ends: runEnds).picked(at: places).ends }
    return vector
  }

  /// Makes this the vector of `rowCount` rows without the key.
  public mutating func setAbsent(rowCount: Int) {
    self = ColumnVector()
    self.rowCount = rowCount
  }
}
