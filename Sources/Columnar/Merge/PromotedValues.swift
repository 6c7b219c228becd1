// Values that move from an overflow column to a column of their own.

import EvtCore

/// The values of one path in the overflow objects of one segment, by row.
struct PromotedValues: Sendable {
  private var rows: [UInt32] = []
  private var kinds: [UInt8] = []
  private var bits: [Int64] = []
  /// Where the text of each value ends in `bytes`.
  private var ends: [Int] = []
  private var bytes: [UInt8] = []

  /// The memory that a value takes beside its text.
  static let bytesEach = 21

  /// Reads the values of `paths` from the kept rows of `input`, by path.
  /// - Throws: `SegmentDamage`, or the error of the source.
  static func values(
    of paths: Set<ExactText>, in input: MergeInput
  ) throws -> [ExactText: PromotedValues] {
    var values: [ExactText: PromotedValues] = [:]
    guard !paths.isEmpty, let column = input.reader.footer.column(role: .overflow) else {
      return values
    }
    var cursor = ColumnCursor(input, .column(column))
    while let rows = try cursor.next(atMost: .max) {
      let base = cursor.block * Limits.blockRowsMax
      for row in rows where cursor.vector.kind(row) == .json {
        for member in try OverflowRebuild.members(of: cursor.vector, row: row) {
          let path = ExactText(member.path)
          if paths.contains(path) {
            values[path, default: PromotedValues()].append(member, row: base + row)
          }
        }
      }
    }
    return values
  }

  private mutating func append(_ member: OverflowMember, row: Int) {
    rows.append(UInt32(row))
    kinds.append(member.kind.rawValue)
    bytes += member.text
    bits.append(member.bits)
    ends.append(bytes.count)
  }

  private func firstIndex(atOrBehind row: Int) -> Int {
    var (lower, upper) = (0, rows.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if Int(rows[middle]) < row { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }

  /// Makes `vector` the values of the `rowCount` rows of `block`.
  func load(block: Int, rowCount: Int, into vector: inout ColumnVector) {
    vector.setAbsent(rowCount: rowCount)
    vector.uniformKind = nil
    vector.kinds = [UInt8](repeating: ValueKind.absent.rawValue, count: rowCount)
    vector.numbers = [Int64](repeating: 0, count: rowCount)
    vector.codes = [UInt32](repeating: 0, count: rowCount)
    let base = block * Limits.blockRowsMax
    var textEnds: [UInt32] = []
    var texts: [UInt8] = []
    for index in firstIndex(atOrBehind: base)..<firstIndex(atOrBehind: base + rowCount) {
      let row = Int(rows[index]) - base
      vector.kinds[row] = kinds[index]
      if vector.kind(row).isTextual {
        texts += bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
        vector.codes[row] = UInt32(textEnds.count)
        textEnds.append(UInt32(texts.count))
      } else {
        vector.numbers[row] = bits[index]
      }
    }
    vector.texts = TextList(ends: textEnds, bytes: texts, isSortedDictionary: false)
  }
}
