// The rows of a block that an aggregate takes.

/// The selected rows of a block, or some of them. Each has an ordinal: its place among the selected
/// rows, by which groups are noted.
struct SelectedRows: Sendable {
  let count: Int
  /// Nil when every row of the block is selected.
  private let rows: [UInt32]?
  /// Nil when every selected row is taken.
  private var ordinals: [UInt32]?

  /// Takes all selected rows of `block`.
  init(_ block: borrowing ScanBlock) { self.init(block.mask) }

  /// Takes the rows of `mask`.
  init(_ mask: RowMask) {
    let count = mask.count
    rows = count == mask.rowCount ? nil : mask.rows
    self.count = count
  }

  /// Takes those of all `selected` rows that are in `mask`.
  init(_ selected: SelectedRows, in mask: RowMask) {
    guard let candidates = selected.rows else {
      rows = mask.rows
      ordinals = rows
      count = rows?.count ?? 0
      return
    }
    var rows: [UInt32] = []
    var ordinals: [UInt32] = []
    for (ordinal, row) in candidates.enumerated() where mask[Int(row)] {
      rows.append(row)
      ordinals.append(UInt32(ordinal))
    }
    self.rows = rows
    self.ordinals = ordinals
    count = rows.count
  }

  /// Calls `body` with each row and its ordinal.
  @inline(__always)
  func forEach(_ body: (_ ordinal: Int, _ row: Int) throws -> Void) rethrows {
    guard let rows else {
      for row in 0..<count { try body(row, row) }
      return
    }
    try rows.withUnsafeBufferPointer { rows in
      guard let ordinals else {
        for ordinal in 0..<rows.count { try body(ordinal, Int(rows[ordinal])) }
        return
      }
      try ordinals.withUnsafeBufferPointer { ordinals in
        for place in 0..<rows.count { try body(Int(ordinals[place]), Int(rows[place])) }
      }
    }
  }
}
