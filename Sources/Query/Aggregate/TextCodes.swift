// Codes of the texts of a column, remembered for the segment's dictionary.

import Columnar

/// Which code each text of a block has: those of the segment's dictionary last from block to block.
struct TextCodes {
  /// By code of the segment's dictionary; `.max` where not yet known.
  private var byDictionary: [UInt32] = []

  /// The codes known for the texts of `vector`, `.max` for the others; `keep` takes them back.
  mutating func take(_ vector: ColumnVector) -> [UInt32] {
    var known: [UInt32] = []
    if vector.usesSegmentDictionary { swap(&known, &byDictionary) }
    let missing = vector.texts.count - known.count
    if missing > 0 { known += [UInt32](repeating: .max, count: missing) }
    return known
  }

  /// Remembers what was learnt.
  mutating func keep(_ known: [UInt32], _ vector: ColumnVector) {
    // Only a list that is the dictionary itself is kept; other texts may follow it in mixed blocks.
    if vector.usesSegmentDictionary, vector.texts.isSortedDictionary { byDictionary = known }
  }
}
