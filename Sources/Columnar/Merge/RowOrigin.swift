// Where rows came from, and how those of one input are found again.

import EvtCore

/// The input that brought a row.
public struct RowOrigin: Hashable, Sendable {
  /// The ingest run.
  public var run: UInt64
  /// The ordinal of the input within the run.
  public var ordinal: UInt64

  /// Creates the origin of rows of input `ordinal` of `run`.
  public init(run: UInt64, ordinal: UInt64) {
    self.run = run
    self.ordinal = ordinal
  }
}

/// A choice of inputs: whole runs, and single inputs of others.
public struct RowOrigins: Sendable {
  public var runs: Set<UInt64>
  public var inputs: Set<RowOrigin>

  /// Creates the choice of all inputs of `runs`, and of `inputs`.
  public init(runs: Set<UInt64> = [], inputs: Set<RowOrigin> = []) {
    self.runs = runs
    self.inputs = inputs
  }

  /// Whether rows of `origin` are meant.
  public func contains(_ origin: RowOrigin) -> Bool {
    runs.contains(origin.run) || inputs.contains(origin)
  }

  /// Whether rows of `run` may be meant.
  public func mayContain(run: UInt64) -> Bool {
    runs.contains(run) || inputs.contains { $0.run == run }
  }
}

extension SegmentReader {
  /// Calls `body` for the rows of `block`, for each stretch of them that has one origin.
  /// - Parameter runs: the runs of which the segment has rows; one, unless a column tells.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func forEachOrigin(
    inBlock block: Int, runs: [UInt64], _ body: (RowOrigin, Range<Int>) throws -> Void
  ) throws {
    guard let source = footer.column(role: .source) else {
      throw SegmentDamage("it does not say where its rows came from")
    }
    var ordinals = ColumnVector()
    try decode(column: source, block: block, into: &ordinals)
    var runsByRow = ColumnVector()
    if let column = footer.column(role: .run) {
      try decode(column: column, block: block, into: &runsByRow)
    } else {
      guard runs.count == 1 else {
        throw SegmentDamage("its rows are of \(runs.count) runs, but it does not say which")
      }
      runsByRow = ColumnVector(repeating: Int64(bitPattern: runs[0]), count: ordinals.rowCount)
    }
    guard ordinals.uniformKind == .int, runsByRow.uniformKind == .int else {
      throw SegmentDamage("block \(block) does not say where its rows came from")
    }
    var start = 0
    for row in 1...ordinals.rowCount {
      if row < ordinals.rowCount, ordinals.numbers[row] == ordinals.numbers[start],
        runsByRow.numbers[row] == runsByRow.numbers[start]
      {
        continue
      }
      let origin = RowOrigin(
        run: UInt64(bitPattern: runsByRow.numbers[start]),
        ordinal: UInt64(bitPattern: ordinals.numbers[start]))
      try body(origin, start..<row)
      start = row
    }
  }

  /// The rows that came from `origins`.
  /// - Parameter runs: the runs of which the segment has rows.
  /// - Throws: `SegmentDamage`, or the error of the source.
  public func rows(from origins: RowOrigins, runs: [UInt64]) throws -> RowSet {
    var rows = RowSet(rowCount: footer.rowCount)
    guard runs.contains(where: origins.mayContain) else { return rows }
    for block in 0..<footer.blockCount {
      let base = block * Limits.blockRowsMax
      try forEachOrigin(inBlock: block, runs: runs) { origin, stretch in
        guard origins.contains(origin) else { return }
        for row in stretch { rows.insert(base + row) }
      }
    }
    return rows
  }
}
