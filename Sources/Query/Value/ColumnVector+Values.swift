// Computed values as a column, so that scans and aggregates need only one form.

import Columnar
import EvtCore

extension ColumnVector {
  /// The column of `values` and what its integers mean. Dates among instants become the instants at
  /// which they begin. Times never stand among other values, nor JSON among arrays: binding refuses
  /// such expressions.
  static func of(_ values: [Value]) -> (vector: ColumnVector, type: FieldType) {
    var vector = ColumnVector()
    vector.rowCount = values.count
    let kinds = values.map { $0.kind.rawValue }
    let isUniform = kinds.allSatisfy { $0 == kinds[0] }
    vector.uniformKind = isUniform ? kinds.first.flatMap { ValueKind(rawValue: $0) } ?? .null : nil
    vector.kinds = isUniform ? [] : kinds
    var type = FieldType.plain
    var texts = TextTable()
    for (row, value) in values.enumerated() {
      switch value {
      case .null: break
      case .bool(let truth): vector.set(row, truth ? 1 : 0)
      case .int(let number): vector.set(row, number)
      case .double(let number): vector.set(row, Int64(bitPattern: number.bitPattern))
      case .time(let time):
        vector.set(row, time)
        type = .instant
      case .date(let day):
        vector.set(row, UTCDay(number: day).start)
        if type == .plain { type = .date }
      case .decimal(let number): vector.set(row, code: texts.insert(Array(number.text.utf8)))
      case .array, .tuple:
        vector.set(row, code: texts.insert(ValueCoding.bytes(value)))
        type = .nested
      case .text(let bytes), .json(let bytes): vector.set(row, code: texts.insert(bytes))
      }
    }
    vector.texts = texts.list
    return (vector, type)
  }

  private mutating func set(_ row: Int, _ number: Int64) {
    if numbers.isEmpty { numbers = [Int64](repeating: 0, count: rowCount) }
    numbers[row] = number
  }

  private mutating func set(_ row: Int, code: UInt32) {
    if codes.isEmpty { codes = [UInt32](repeating: 0, count: rowCount) }
    codes[row] = code
  }
}

extension Value {
  /// The kind under which a column holds it.
  var kind: ValueKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int, .time, .date: .int
    case .double: .double
    case .decimal: .decimal
    case .text: .text
    case .json, .array, .tuple: .json
    }
  }
}
