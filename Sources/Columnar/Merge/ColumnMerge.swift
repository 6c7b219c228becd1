// Puts the rows of one column in the order of the merged segment.

import EvtCore

/// Goes through one column block by block. Several columns may go side by side, so that what is
/// derived from the rows of a block (the counts by event, say) sees all it needs of them at once.
struct ColumnMerge {
  private let order: MergeOrder
  private var cursors: [ColumnCursor]
  private let block: MergedBlock
  private var position = 0

  init(
    _ column: MergedColumn, _ inputs: [MergeInput], _ order: MergeOrder, texts: UnitedTexts? = nil
  ) {
    self.order = order
    cursors = zip(inputs, column.places).map { ColumnCursor($0, $1) }
    block = MergedBlock(texts)
  }

  /// Returns the next block, valid until the next call; nil behind the last one.
  /// - Throws: `SegmentDamage`, `MergeTooLarge`, or the error of the source.
  mutating func next() throws -> MergedBlock? {
    guard position < order.inputs.count else { return nil }
    block.clear()
    let end = min(position + Limits.blockRowsMax, order.inputs.count)
    while position < end {
      let input = order.inputs[position]
      var stretchEnd = position + 1
      while stretchEnd < end, order.inputs[stretchEnd] == input { stretchEnd += 1 }
      try take(stretchEnd - position, from: Int(input))
      position = stretchEnd
    }
    return block
  }

  private mutating func take(_ count: Int, from input: Int) throws {
    var left = count
    while left > 0 {
      let before = cursors[input].block
      guard let rows = try cursors[input].next(atMost: left) else {
        throw SegmentDamage("a column has fewer rows than its segment")
      }
      if cursors[input].block != before { block.forgetCodes() }
      try block.append(cursors[input].vector, rows, input: input)
      left -= rows.count
    }
  }
}
