// The columns of one block, decoded when somebody asks for them.

import Columnar
import EvtCore

/// Decodes the fields of a query block by block, each at most once a block.
final class BlockColumns {
  let reader: SegmentReader
  /// The fields by slot.
  private(set) var fields: [BoundField] = []
  private var vectors: [ColumnVector] = []
  private var loadedBlocks: [Int] = []
  private var columns: [Int?] = []
  private(set) var block = -1

  init(_ reader: SegmentReader) { self.reader = reader }

  /// Returns the slot of `field`.
  func slot(of field: BoundField) -> Int {
    if let known = fields.firstIndex(of: field) { return known }
    fields.append(field)
    vectors.append(ColumnVector())
    loadedBlocks.append(-1)
    columns.append(
      field.role == .property
        ? reader.propertyColumn(field.name) : reader.footer.column(role: field.role))
    return fields.count - 1
  }

  /// Goes on to `block`.
  func begin(block: Int) { self.block = block }

  /// The column of the segment that holds slot `slot`, nil when it has none of its own.
  func column(_ slot: Int) -> Int? { columns[slot] }

  /// The number of texts in the segment-wide dictionary of slot `slot`.
  func dictionaryCount(_ slot: Int) -> Int {
    columns[slot].map { reader.footer.columns[$0].dictionaryCount } ?? 0
  }

  /// The values of slot `slot` in the current block.
  func vector(_ slot: Int) throws -> ColumnVector {
    if loadedBlocks[slot] != block {
      let field = fields[slot]
      if let column = columns[slot] {
        try reader.decode(column: column, block: block, into: &vectors[slot])
      } else if field.role == .property {
        try reader.decode(path: field.name, block: block, into: &vectors[slot])
      } else {
        vectors[slot].setAbsent(rowCount: reader.footer.rows(inBlock: block))
      }
      loadedBlocks[slot] = block
    }
    return vectors[slot]
  }
}

extension ColumnVector {
  /// The value of `row` for an expression.
  func evaluated(_ row: Int, as type: FieldType) -> Value {
    switch kind(row) {
    case .absent, .null: .null
    case .bool: .bool(numbers[row] != 0)
    case .int: type.value(numbers[row])
    case .double: .double(Double(bitPattern: UInt64(bitPattern: numbers[row])))
    case .decimal: ExactDecimal(parsing: textBytes(row)).map { .decimal($0) } ?? .null
    case .text: .text(textBytes(row))
    case .json: .json(textBytes(row))
    }
  }

  private func textBytes(_ row: Int) -> [UInt8] {
    texts.withBytes(Int(codes[row])) { Array($0) }
  }
}
