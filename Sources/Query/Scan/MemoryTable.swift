// The answer of a sub-query as something that can be scanned.

import Columnar
import EvtCore

/// Rows in memory under named columns.
struct MemoryTable: ColumnBlocks, RowSource {
  /// The columns; of two with one name the first is meant.
  let fields: [BoundField]
  let rowCount: Int
  /// By block, by column.
  private let blocks: [[ColumnVector]]

  /// Creates a table of `rows`, whose values stand in the order of `columns`.
  init(_ columns: [BoundField], _ rows: [[Value]]) {
    fields = columns.enumerated().map { index, column in
      var field = column
      field.type = Self.type(of: rows, index) ?? column.type
      return field
    }
    rowCount = rows.count
    blocks = stride(from: 0, to: rows.count, by: Limits.blockRowsMax).map { start in
      let block = rows[start..<min(rows.count, start + Limits.blockRowsMax)]
      return columns.indices.map { column in ColumnVector.of(block.map { $0[column] }).vector }
    }
  }

  /// What the integers and JSON values of a column mean, which a planner need not know; nil when
  /// there are only nulls.
  private static func type(of rows: [[Value]], _ column: Int) -> FieldType? {
    var type: FieldType?
    for row in rows {
      guard let own = FieldType(of: row[column]) else { continue }
      if own != .date { return own }
      type = .date
    }
    return type
  }

  func column(of field: BoundField) -> Int? { fields.firstIndex(of: field) }

  func dictionaryCount(_ column: Int) -> Int { 0 }

  func read(
    _ field: BoundField, _ column: Int?, block: Int, at places: [UInt32]?,
    into vector: inout ColumnVector
  ) throws {
    if let column {
      vector = places.map(blocks[block][column].picked) ?? blocks[block][column]
    } else {
      vector.setAbsent(rowCount: places?.count ?? blocks[block].first?.rowCount ?? 0)
    }
  }

  func parts(_ request: ScanRequest) -> [Int] { [0] }

  /// Events and range of the request, which a table does not know, must be open.
  func scan(
    part: Int, _ request: ScanRequest, _ body: (borrowing ScanBlock) throws -> Void
  ) throws {
    let columns = BlockColumns(self)
    let slots = request.fields.map(columns.slot)
    let filter = request.filter.map { PredicateEvaluator($0, columns: columns) }
    let marks = request.marks.map { PredicateEvaluator($0, columns: columns) }
    for block in blocks.indices {
      columns.begin(block: block)
      var mask = RowMask(allOf: min(Limits.blockRowsMax, rowCount - block * Limits.blockRowsMax))
      if let filter { mask = try filter.select(mask) }
      if mask.isEmpty { continue }
      try body(
        ScanBlock(
          block: block, rowCount: mask.rowCount, places: nil, mask: mask, times: [],
          users: ColumnVector(), columns: try slots.map { try columns.vector($0) },
          marks: try marks.map { try $0.select(mask) }))
    }
  }
}
