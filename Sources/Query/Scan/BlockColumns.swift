// The columns of one block, decoded when somebody asks for them.

import Columnar
import EvtCore

/// Where blocks of columns come from.
protocol ColumnBlocks {
  /// The column that holds `field`, nil when it has none of its own.
  func column(of field: BoundField) -> Int?
  /// The number of texts in the dictionary that all blocks of `column` share.
  func dictionaryCount(_ column: Int) -> Int
  /// Reads the values of `field`, which is in `column`, in `block`: of the rows at `places`, which
  /// ascend, or of all.
  func read(
    _ field: BoundField, _ column: Int?, block: Int, at places: [UInt32]?,
    into vector: inout ColumnVector
  ) throws
  /// Reads all values of `field` likewise, by run where they are stored so.
  func readRuns(_ field: BoundField, _ column: Int?, block: Int) throws -> ColumnVector
}

extension ColumnBlocks {
  func readRuns(_ field: BoundField, _ column: Int?, block: Int) throws -> ColumnVector {
    var vector = ColumnVector()
    try read(field, column, block: block, at: nil, into: &vector)
    return vector
  }
}

extension SegmentReader: ColumnBlocks {
  func column(of field: BoundField) -> Int? {
    field.role == .property ? propertyColumn(field.name) : footer.column(role: field.role)
  }

  func dictionaryCount(_ column: Int) -> Int { footer.columns[column].dictionaryCount }

  func read(
    _ field: BoundField, _ column: Int?, block: Int, at places: [UInt32]?,
    into vector: inout ColumnVector
  ) throws {
    if let column {
      try decode(column: column, block: block, at: places, into: &vector)
    } else if field.role == .property {
      try decode(path: field.name, block: block, at: places, into: &vector)
    } else {
      vector.setAbsent(rowCount: places?.count ?? footer.rows(inBlock: block))
    }
  }

  func readRuns(_ field: BoundField, _ column: Int?, block: Int) throws -> ColumnVector {
    var vector = ColumnVector()
    if let column {
      try decode(column: column, block: block, byRun: true, into: &vector)
    } else {
      try read(field, column, block: block, at: nil, into: &vector)
    }
    return vector
  }
}

/// Decodes the fields of a query block by block, each at most once a block.
final class BlockColumns {
  private let blocks: any ColumnBlocks
  /// The fields by slot.
  private(set) var fields: [BoundField] = []
  private var vectors: [ColumnVector] = []
  private var loadedBlocks: [Int] = []
  private var columns: [Int?] = []
  private(set) var block = -1
  /// The rows of the block that are wanted, nil for all.
  private var places: [UInt32]?
  /// By slot, whether the vector has only those.
  private var isNarrow: [Bool] = []

  init(_ blocks: any ColumnBlocks) { self.blocks = blocks }

  /// Returns the slot of `field`.
  func slot(of field: BoundField) -> Int {
    if let known = fields.firstIndex(of: field) { return known }
    fields.append(field)
    vectors.append(ColumnVector())
    loadedBlocks.append(-1)
    isNarrow.append(false)
    columns.append(blocks.column(of: field))
    return fields.count - 1
  }

  /// Goes on to `block`, which was not read yet.
  func begin(block: Int) {
    self.block = block
    places = nil
  }

  /// Leaves all rows of the block but those at `places` out from now on.
  func narrow(to places: [UInt32]) { self.places = places }

  /// The column of the segment that holds slot `slot`, nil when it has none of its own.
  func column(_ slot: Int) -> Int? { columns[slot] }

  /// The number of texts in the segment-wide dictionary of slot `slot`.
  func dictionaryCount(_ slot: Int) -> Int {
    columns[slot].map { blocks.dictionaryCount($0) } ?? 0
  }

  /// The values of slot `slot` in the current block.
  func vector(_ slot: Int) throws -> ColumnVector {
    if loadedBlocks[slot] != block {
      try blocks.read(
        fields[slot], columns[slot], block: block, at: places, into: &vectors[slot])
      loadedBlocks[slot] = block
      isNarrow[slot] = places != nil
    } else if let places, !isNarrow[slot] {
      vectors[slot] = vectors[slot].picked(at: places)
      isNarrow[slot] = true
    }
    return vectors[slot]
  }

  /// The values of slot `slot`, by run where they are stored so (see `ColumnVector.hasOnlyRuns`).
  func runs(_ slot: Int) throws -> ColumnVector {
    guard places == nil, loadedBlocks[slot] != block else { return try vector(slot) }
    return try blocks.readRuns(fields[slot], columns[slot], block: block)
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
    case .json where type == .nested: texts.withBytes(Int(codes[row])) { ValueCoding.value($0) }
    case .json: .json(textBytes(row))
    }
  }

  private func textBytes(_ row: Int) -> [UInt8] {
    texts.withBytes(Int(codes[row])) { Array($0) }
  }
}
