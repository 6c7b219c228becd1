// Brings the values of paths without a column of their own together, row by row.

import EvtCore

/// The overflow objects of a segment. What they cost depends on the number of their members, not
/// on that of paths times rows: a log may have a new path in every row.
struct OverflowRows {
  /// By row in input order; nil for rows without such a path.
  private(set) var objects: [OverflowObject?]
  /// The paths in them, as many as a catalogue may keep.
  private(set) var fields: [SegmentSummary.Field] = []
  private var kinds: ValueKinds = []

  /// Gathers `paths`, which become the members of each object in this order.
  init(_ source: SegmentRows, paths: [PropertyPlaces]) {
    objects = [OverflowObject?](repeating: nil, count: source.rows.count)
    var positions = [[Range<Int>]](repeating: [], count: source.batches.count)
    for stretch in source.stretches { positions[stretch.batch].append(stretch.positions) }
    for path in paths {
      kinds = []
      for place in path.places {
        source.batches[place.batch].withColumn(place.column) { column in
          for range in positions[place.batch] { add(path.path, column, range, source.rows) }
        }
      }
      if !kinds.isEmpty, fields.count < Limits.knownNamesMax {
        fields.append(SegmentSummary.Field(path: path.path, role: .property, kinds: kinds))
      }
    }
  }

  /// Adds the values that `column` has for the rows at `positions`: the fewer ones are looked up
  /// among the others.
  private mutating func add(
    _ path: String, _ column: borrowing BatchColumn, _ positions: Range<Int>, _ rows: [RowReference]
  ) {
    if column.count < positions.count {
      for entry in 0..<column.count {
        let row = column.row(of: entry)
        let position = Self.position(of: row, in: positions, rows)
        guard position < positions.upperBound, Int(rows[position].row) == row else { continue }
        append(path, column, entry, at: position)
      }
    } else {
      for position in positions {
        let row = Int(rows[position].row)
        guard let entry = column.entry(ofRow: row) else { continue }
        append(path, column, entry, at: position)
      }
    }
  }

  private mutating func append(
    _ path: String, _ column: borrowing BatchColumn, _ entry: Int, at position: Int
  ) {
    let kind = column.kind(of: entry)
    let bits = column.values[entry]
    let text = kind.isTextual ? column.texts[Int(bits)] : nil
    kinds.insert(ValueKinds(kind))
    if objects[position] == nil { objects[position] = OverflowObject() }
    objects[position]?.append(path: path, kind: kind, bits: Int64(bitPattern: bits), text: text)
  }

  /// The first of `positions` whose row is `row` or a later one.
  private static func position(
    of row: Int, in positions: Range<Int>, _ rows: [RowReference]
  ) -> Int {
    var (lower, upper) = (positions.lowerBound, positions.upperBound)
    while lower < upper {
      let middle = (lower + upper) / 2
      if Int(rows[middle].row) < row { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}
