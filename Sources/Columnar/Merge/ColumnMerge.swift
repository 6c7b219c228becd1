// Puts the rows of one column in the order of the merged segment.

import EvtCore

/// Goes through one column block by block. Several columns may go side by side, so that what is
/// derived from the rows of a block (the counts by event, say) sees all it needs of them at once.
struct ColumnMerge {
  private let order: MergeOrder
  private var cursors: [ColumnCursor]
  private var position = 0
  /// The block that `next` found.
  private(set) var block: MergedBlock

  init(
    _ column: MergedColumn, _ inputs: [MergeInput], _ order: MergeOrder, texts: UnitedTexts? = nil,
    textBytesMax: Int = Limits.mergedTextBytesMax
  ) {
    self.order = order
    cursors = zip(inputs, column.places).map { ColumnCursor($0, $1) }
    block = MergedBlock(texts, textBytesMax: textBytesMax)
  }

  /// Goes to the next block; returns false behind the last one.
  /// - Throws: `SegmentDamage`, `MergeTooLarge`, or the error of the source.
  mutating func next() throws -> Bool {
    guard position < order.inputs.count else { return false }
    block.clear()
    let end = min(position + Limits.blockRowsMax, order.inputs.count)
    while position < end {
      let input = order.inputs[position]
      var stretchEnd = position + 1
      while stretchEnd < end, order.inputs[stretchEnd] == input { stretchEnd += 1 }
      try cursors[Int(input)].move(stretchEnd - position, to: &block, input: Int(input))
      position = stretchEnd
    }
    return true
  }

  /// Calls `body` with the rows of the current block and what the codes among them mean.
  mutating func withRows<Result>(_ body: (BlockRows, ColumnTexts) -> Result) -> Result {
    block.withRows(body)
  }

  /// Encodes the current block for `role`.
  mutating func encode(_ role: ColumnRole) -> (block: StoredBlock, zone: ZoneMap) {
    withRows { rows, texts in
      (
        StoredBlock(rows, texts: texts, role: role),
        ZoneMap(rows, texts: texts, role: role)
      )
    }
  }
}
