// Brings the values of one column together from the batches.

import EvtCore

/// Neighbours in input order that are in the same batch, in the order of its rows.
struct RowStretch: Sendable {
  var batch: Int
  var positions: Range<Int>

  /// Cuts `rows` where the batch changes.
  static func stretches(of rows: [RowReference]) -> [RowStretch] {
    var stretches: [RowStretch] = []
    var start = 0
    for end in rows.indices.dropFirst() where rows[end].batch != rows[start].batch {
      stretches.append(RowStretch(batch: Int(rows[start].batch), positions: start..<end))
      start = end
    }
    if let first = rows.indices.contains(start) ? rows[start] : nil {
      stretches.append(RowStretch(batch: Int(first.batch), positions: start..<rows.count))
    }
    return stretches
  }
}

/// The rows of a segment in input order, and the batches they are in.
struct SegmentRows: Sendable {
  let batches: [EventBatch]
  let rows: [RowReference]
  let stretches: [RowStretch]

  init(batches: [EventBatch], rows: [RowReference]) {
    self.batches = batches
    self.rows = rows
    stretches = RowStretch.stretches(of: rows)
  }
}

/// The values of one column in input order: kinds and bits by row, textual bits as codes of
/// `union`.
struct ColumnGather {
  private(set) var kinds: [UInt8]
  private(set) var bits: [Int64]
  private(set) var union = TextUnion()
  /// Whether equal texts have equal codes.
  let isUnique: Bool

  /// Gathers the column that stands at `indices[b]` in batch b, −1 where the batch has none.
  init(_ source: SegmentRows, indices: [Int], alwaysUnique: Bool = false) {
    isUnique =
      alwaysUnique
      || zip(source.batches, indices).allSatisfy { batch, index in
        index < 0 || batch.withColumn(index) { $0.texts.isUnique }
      }
    kinds = [UInt8](repeating: ValueKind.absent.rawValue, count: source.rows.count)
    bits = [Int64](repeating: 0, count: source.rows.count)
    for stretch in source.stretches where indices[stretch.batch] >= 0 {
      source.batches[stretch.batch].withColumn(indices[stretch.batch]) {
        gather($0, stretch.positions, source.rows)
      }
    }
  }

  private mutating func gather(
    _ column: borrowing BatchColumn, _ positions: Range<Int>, _ rows: [RowReference]
  ) {
    var codes: [UInt32] = []
    var entry = column.firstEntry(from: Int(rows[positions.lowerBound].row))
    for position in positions {
      let row = Int(rows[position].row)
      if column.entriesAreRows {
        entry = row
      } else {
        while entry < column.count, column.row(of: entry) < row { entry += 1 }
      }
      guard entry < column.count else { return }
      guard column.entriesAreRows || column.row(of: entry) == row else { continue }
      let kind = column.kind(of: entry)
      kinds[position] = kind.rawValue
      if kind.isTextual {
        if codes.isEmpty { codes = [UInt32](repeating: .max, count: column.texts.count) }
        bits[position] = Int64(code(Int(column.values[entry]), column, &codes))
      } else {
        bits[position] = Int64(bitPattern: column.values[entry])
      }
    }
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
}
