// Batches as text, so that what came of an input can be compared.

import Columnar
import EvtCore

/// The rows of a batch as `source time path=kind:text …`, columns in the order of their paths.
public func render(_ batch: EventBatch) -> [String] {
  var cells = [[(String, String)]](repeating: [], count: batch.rowCount)
  for index in 0..<batch.columnCount {
    batch.withColumn(index) { column in
      let name = column.role == .property ? column.path : "@\(column.path)"
      for entry in 0..<column.count {
        cells[column.row(of: entry)].append((name, render(column, entry)))
      }
    }
  }
  return (0..<batch.rowCount).map { row in
    let sorted = cells[row].sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    let text = sorted.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    return "\(batch.source) \(TimeText.format(batch.times[row])) \(text)"
  }
}

private func render(_ column: borrowing BatchColumn, _ entry: Int) -> String {
  let bits = column.values[entry]
  switch column.kind(of: entry) {
  case .absent: return "absent"
  case .null: return "null"
  case .bool: return bits == 0 ? "false" : "true"
  case .int: return "int:\(Int64(bitPattern: bits))"
  case .double: return "double:\(Double(bitPattern: bits))"
  case .decimal: return "decimal:\(text(column, bits))"
  case .text: return "text:\(text(column, bits))"
  case .json: return "json:\(text(column, bits))"
  }
}

private func text(_ column: borrowing BatchColumn, _ code: UInt64) -> String {
  String(decoding: column.texts[Int(code)], as: UTF8.self)
}
