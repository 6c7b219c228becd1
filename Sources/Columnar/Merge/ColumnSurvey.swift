// What the rows of a column hold, found before the column is written.

import EvtCore

/// The kinds of a merged column's values and its dictionary. Footers tell most of it; blocks are
/// read where rows are dropped, and where texts are not in a dictionary.
struct ColumnSurvey {
  private(set) var kindCounts = [UInt64](repeating: 0, count: ValueKind.allCases.count)
  /// Nil when the column gets no dictionary.
  private(set) var texts: UnitedTexts?

  /// - Throws: `SegmentDamage`, or the error of the source.
  init(_ column: MergedColumn, _ inputs: [MergeInput]) throws {
    let mayHaveDictionary = column.role != .user && column.role != .overflow
    var texts: [InputTexts] = []
    for (input, place) in zip(inputs, column.places) {
      texts.append(
        try add(input, place, needsTexts: mayHaveDictionary && !texts.contains { $0.hasTooMany }))
    }
    if mayHaveDictionary, kindCounts[Int(ValueKind.text.rawValue)] > 0 {
      self.texts = UnitedTexts(texts, role: column.role)
    }
  }

  /// Whether no row has a value.
  var isEmpty: Bool { kindCounts[0] == kindCounts.reduce(0, +) }

  private mutating func add(
    _ input: MergeInput, _ place: ColumnPlace, needsTexts: Bool
  ) throws -> InputTexts {
    let reader = input.reader
    guard case .column(let index) = place else {
      return try addWithoutColumn(input, place, needsTexts: needsTexts)
    }
    let entry = reader.footer.columns[index]
    let dictionary = needsTexts ? try reader.dictionary(column: index) : nil
    let texts = InputTexts(dictionary: dictionary, countsUse: input.dropped != nil)
    let textRows = entry.kindCounts[Int(ValueKind.text.rawValue)]
    if input.dropped != nil {
      try scan(input, place, needsTexts ? texts : nil)
      return texts
    }
    add(kindCounts: entry.kindCounts)
    if dictionary != nil {
      texts.add(rows: Int(textRows))
    } else if needsTexts, textRows > 0 {
      var cursor = ColumnCursor(input, place)
      while !texts.hasTooMany, let rows = try cursor.next(atMost: .max) {
        texts.add(cursor.vector, rows)
      }
    }
    return texts
  }

  private mutating func addWithoutColumn(
    _ input: MergeInput, _ place: ColumnPlace, needsTexts: Bool
  ) throws -> InputTexts {
    let texts = InputTexts(dictionary: nil, countsUse: false)
    switch place {
    case .missing: kindCounts[Int(ValueKind.absent.rawValue)] += UInt64(input.keptRows)
    case .constant: kindCounts[Int(ValueKind.int.rawValue)] += UInt64(input.keptRows)
    case .column, .promoted, .overflow: try scan(input, place, needsTexts ? texts : nil)
    }
    return texts
  }

  private mutating func scan(
    _ input: MergeInput, _ place: ColumnPlace, _ texts: InputTexts?
  ) throws {
    var cursor = ColumnCursor(input, place)
    while let rows = try cursor.next(atMost: .max) {
      if let kind = cursor.vector.uniformKind {
        kindCounts[Int(kind.rawValue)] += UInt64(rows.count)
      } else {
        for row in rows { kindCounts[Int(cursor.vector.kinds[row])] += 1 }
      }
      texts?.add(cursor.vector, rows)
    }
  }

  private mutating func add(kindCounts counts: [UInt64]) {
    for kind in counts.indices { kindCounts[kind] += counts[kind] }
  }
}
