// What goes into a merge of segments.

import EvtCore

/// One segment of which the rows are wanted, all or some.
public struct MergeInput: Sendable {
  public let reader: SegmentReader
  /// The runs of which it has rows, ascending.
  public let runs: [UInt64]
  /// The rows to leave out, nil for none.
  public let dropped: RowSet?

  /// Creates an input of the rows of `reader`, which are of `runs`, without those of `dropped`.
  public init(reader: SegmentReader, runs: [UInt64], dropped: RowSet? = nil) {
    precondition(!runs.isEmpty, "BUG: a segment without a run")
    self.reader = reader
    self.runs = runs
    self.dropped = dropped?.isEmpty == false ? dropped : nil
  }

  /// The number of rows that are kept.
  public var keptRows: Int { reader.footer.rowCount - (dropped?.count ?? 0) }

  /// The runs of the rows that are kept.
  func keptRuns() throws -> Set<UInt64> {
    guard let dropped, runs.count > 1 else { return keptRows > 0 ? Set(runs) : [] }
    var kept: Set<UInt64> = []
    for block in 0..<reader.footer.blockCount where kept.count < runs.count {
      let base = block * Limits.blockRowsMax
      try reader.forEachOrigin(inBlock: block, runs: runs) { origin, stretch in
        guard !kept.contains(origin.run) else { return }
        if stretch.contains(where: { !dropped.contains(base + $0) }) { kept.insert(origin.run) }
      }
    }
    return kept
  }
}

/// Segments that cannot become one: a block of the result would need too much memory.
public struct MergeTooLarge: Error, Sendable {}
