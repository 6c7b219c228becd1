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

/// The values of one column, each at its row's place: kinds and bits, textual bits as codes of
/// `union`. The bits of rows without a value are not set to anything.
struct ColumnGather {
  let kinds: [UInt8]
  let bits: [Int64]
  let union: TextUnion
  /// Whether equal texts have equal codes.
  let isUnique: Bool

  /// Gathers the column that stands at `indices[b]` in batch b, −1 where the batch has none.
  /// `places` tells for each row, in input order, where its value goes.
  init(
    _ source: SegmentRows, indices: [Int], places: [UInt32], alwaysUnique: Bool = false
  ) {
    let isUnique = alwaysUnique || Self.isUnique(source, indices)
    var union = TextUnion()
    var kinds = [UInt8](repeating: ValueKind.absent.rawValue, count: places.count)
    bits = [Int64](unsafeUninitializedCapacity: places.count) { bits, count in
      kinds.withUnsafeMutableBufferPointer { kinds in
        source.rows.withUnsafeBufferPointer { rows in
          places.withUnsafeBufferPointer { places in
            let target = GatherTarget(rows: rows, places: places, kinds: kinds, bits: bits)
            for stretch in source.stretches where indices[stretch.batch] >= 0 {
              source.batches[stretch.batch].withColumn(indices[stretch.batch]) { column in
                var codes = UnionCodes(of: column, isUnique: isUnique)
                target.take(column, stretch.positions, &codes, &union)
              }
            }
          }
        }
      }
      count = places.count
    }
    self.kinds = kinds
    self.union = union
    self.isUnique = isUnique
  }

  /// Whether each batch has one code for equal texts of the column.
  static func isUnique(_ source: SegmentRows, _ indices: [Int]) -> Bool {
    zip(source.batches, indices).allSatisfy { batch, index in
      index < 0 || batch.withColumn(index) { $0.texts.isUnique }
    }
  }
}

/// The codes that the texts of one batch's column have in the union, as far as they were met.
private struct UnionCodes {
  private var codes: [UInt32]
  private let isUnique: Bool

  init(of column: borrowing BatchColumn, isUnique: Bool) {
    codes = [UInt32](repeating: .max, count: column.texts.count)
    self.isUnique = isUnique
  }

  @inline(__always)
  mutating func code(
    _ local: Int, _ column: borrowing BatchColumn, _ union: inout TextUnion
  ) -> UInt32 {
    let known = codes[local]
    return known != .max ? known : add(local, column, &union)
  }

  @inline(never)
  private mutating func add(
    _ local: Int, _ column: borrowing BatchColumn, _ union: inout TextUnion
  ) -> UInt32 {
    let text = column.texts[local]
    let code = isUnique ? union.code(of: text) : union.append(text)
    codes[local] = code
    return code
  }
}

/// Where values come from and go to. It looks at the entries a batch has, not at all its rows: most
/// columns hold a value in few of them.
private struct GatherTarget {
  let rows: UnsafeBufferPointer<RowReference>
  let places: UnsafeBufferPointer<UInt32>
  let kinds: UnsafeMutableBufferPointer<UInt8>
  let bits: UnsafeMutableBufferPointer<Int64>

  /// Takes the values of the rows at `positions`, all of the batch that has `column`.
  func take(
    _ column: borrowing BatchColumn, _ positions: Range<Int>, _ codes: inout UnionCodes,
    _ union: inout TextUnion
  ) {
    let first = Int(rows[positions.lowerBound].row)
    let last = Int(rows[positions.upperBound - 1].row)
    if column.entriesAreRows {
      for position in positions {
        let row = Int(rows[position].row)
        guard row < column.count else { return }
        put(row, column, at: position, &codes, &union)
      }
    } else if last - first == positions.count - 1 {
      // The rows follow each other, so a row tells its position.
      var entry = firstEntry(column, first)
      while entry < column.count, column.row(of: entry) <= last {
        let position = positions.lowerBound + column.row(of: entry) - first
        put(entry, column, at: position, &codes, &union)
        entry += 1
      }
    } else {
      var entry = firstEntry(column, first)
      for position in positions {
        let row = Int(rows[position].row)
        while entry < column.count, column.row(of: entry) < row { entry += 1 }
        guard entry < column.count else { return }
        if column.row(of: entry) == row { put(entry, column, at: position, &codes, &union) }
      }
    }
  }

  @inline(__always)
  private func put(
    _ entry: Int, _ column: borrowing BatchColumn, at position: Int, _ codes: inout UnionCodes,
    _ union: inout TextUnion
  ) {
    let kind = column.kind(of: entry)
    let value = column.values[entry]
    let place = Int(places[position])
    kinds[place] = kind.rawValue
    bits[place] =
      kind.isTextual ? Int64(codes.code(Int(value), column, &union)) : Int64(bitPattern: value)
  }

  /// The first entry at or behind `row` of a column without entries for every row.
  private func firstEntry(_ column: borrowing BatchColumn, _ row: Int) -> Int {
    var (lower, upper) = (0, column.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if column.row(of: middle) < row { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}
