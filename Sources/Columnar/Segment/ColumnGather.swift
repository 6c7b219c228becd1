// Brings the values of one column together from the batches, in the order of the segment.

import EvtCore

/// The values of one column in segment order: kinds and bits by row, textual bits as codes of
/// `union`.
struct ColumnGather {
  private let batches: [EventBatch]
  /// The column's index in each batch, −1 where the batch has none.
  private let columns: [Int]
  private(set) var union = TextUnion()
  /// Whether equal texts have equal codes.
  let isUnique: Bool

  init(batches: [EventBatch], columns: [Int], alwaysUnique: Bool = false) {
    self.batches = batches
    self.columns = columns
    isUnique = alwaysUnique || zip(batches, columns).allSatisfy { batch, column in
      column < 0 || batch.withColumn(column) { $0.texts.isUnique }
    }
  }

  /// The codes of the rows' texts, −1 for rows without a text; here codes are always unique.
  mutating func codesOfText(_ rows: [RowReference]) -> [Int64] {
    self = ColumnGather(batches: batches, columns: columns, alwaysUnique: true)
    let (kinds, bits) = gather(rows)
    return zip(kinds, bits).map { $0 == ValueKind.text.rawValue ? $1 : -1 }
  }

  /// Returns kind and bits of each of `rows`.
  mutating func gather(_ rows: [RowReference]) -> (kinds: [UInt8], bits: [Int64]) {
    var kinds = [UInt8](repeating: ValueKind.absent.rawValue, count: rows.count)
    var bits = [Int64](repeating: 0, count: rows.count)
    // Input order within a batch's rows makes the entry lookup a walk; segment order does not, so
    // entries are found through an index for each batch that is not dense.
    var entries: [[Int32]?] = batches.indices.map { entryIndex($0) }
    var codes = batches.indices.map { batch in
      columns[batch] < 0
        ? [] : [UInt32](repeating: .max, count: batches[batch].withColumn(columns[batch]) { $0.texts.count })
    }
    for (position, reference) in rows.enumerated() {
      let batch = Int(reference.batch)
      guard columns[batch] >= 0 else { continue }
      let entry: Int
      if let index = entries[batch] {
        entry = Int(index[Int(reference.row)])
        if entry < 0 { continue }
      } else {
        entry = Int(reference.row)
      }
      batches[batch].withColumn(columns[batch]) { column in
        guard entry < column.count else { return }
        let kind = column.kind(of: entry)
        let value = column.values[entry]
        kinds[position] = kind.rawValue
        bits[position] = Int64(bitPattern: value)
        if kind.isTextual {
          bits[position] = Int64(code(Int(value), column, &codes[batch]))
        }
      }
    }
    entries.removeAll()
    return (kinds, bits)
  }

  @inline(__always)
  private mutating func code(
    _ local: Int, _ column: borrowing BatchColumn, _ codes: inout [UInt32]
  ) -> UInt32 {
    if codes[local] != .max { return codes[local] }
    let text = column.texts[local]
    let code = isUnique ? union.code(of: text) : union.append(text)
    codes[local] = code
    return code
  }

  /// Entry by row of a batch whose column is sparse; nil where entry i is of row i.
  private func entryIndex(_ batch: Int) -> [Int32]? {
    guard columns[batch] >= 0 else { return nil }
    return batches[batch].withColumn(columns[batch]) { column in
      if column.entriesAreRows { return nil }
      var index = [Int32](repeating: -1, count: batches[batch].rowCount)
      for entry in 0..<column.count where column.row(of: entry) < index.count {
        index[column.row(of: entry)] = Int32(entry)
      }
      return index
    }
  }
}
