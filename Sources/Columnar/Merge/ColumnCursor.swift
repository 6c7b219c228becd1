// Walks over the values of one column in one of the segments that are merged.

import EvtCore

/// Where an input has what becomes one column.
enum ColumnPlace: Sendable {
  /// It has no value of it.
  case missing
  case column(Int)
  /// Values out of its overflow column.
  case promoted(PromotedValues)
  /// The same integer in all rows.
  case constant(Int64)
  /// The overflow objects themselves.
  case overflow(OverflowRebuild)
}

/// Gives the values of the rows that are kept, in their order, one block in memory at a time.
struct ColumnCursor {
  let input: MergeInput
  let place: ColumnPlace
  /// The current block.
  private(set) var vector = ColumnVector()
  private(set) var block = -1
  private var row = 0

  init(_ input: MergeInput, _ place: ColumnPlace) {
    self.input = input
    self.place = place
  }

  /// The next rows of `vector`, `count` at most and maybe fewer; nil behind the last one.
  /// - Throws: `SegmentDamage`, or the error of the source.
  mutating func next(atMost count: Int) throws -> Range<Int>? {
    while true {
      if row >= vector.rowCount {
        guard block + 1 < input.reader.footer.blockCount else { return nil }
        block += 1
        row = 0
        try load()
      }
      let rows = nextRows(atMost: count)
      row = rows.upperBound
      if !rows.isEmpty { return rows }
    }
  }

  /// Moves the next `count` rows to `block`, where they are of input number `input`.
  /// - Throws: as `next`; `MergeTooLarge`.
  mutating func move(_ count: Int, to target: inout MergedBlock, input: Int) throws {
    var left = count
    while left > 0 {
      let before = block
      guard let rows = try next(atMost: left) else {
        throw SegmentDamage("a column has fewer rows than its segment")
      }
      if block != before { target.forgetCodes() }
      try target.append(vector, rows, input: input)
      left -= rows.count
    }
  }

  private func nextRows(atMost count: Int) -> Range<Int> {
    guard let dropped = input.dropped else {
      return row..<row + min(count, vector.rowCount - row)
    }
    let base = block * Limits.blockRowsMax
    var first = row
    while first < vector.rowCount, dropped.contains(base + first) { first += 1 }
    var end = first
    while end < vector.rowCount, end - first < count, !dropped.contains(base + end) { end += 1 }
    return first..<end
  }

  private mutating func load() throws {
    let reader = input.reader
    switch place {
    case .missing: vector.setAbsent(rowCount: reader.footer.rows(inBlock: block))
    case .column(let column): try reader.decode(column: column, block: block, into: &vector)
    case .promoted(let values):
      values.load(block: block, rowCount: reader.footer.rows(inBlock: block), into: &vector)
    case .constant(let value):
      vector = ColumnVector(repeating: value, count: reader.footer.rows(inBlock: block))
    case .overflow(let rebuild): try rebuild.load(reader, block: block, into: &vector)
    }
  }
}
