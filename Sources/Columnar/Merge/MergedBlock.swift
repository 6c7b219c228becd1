// Rows of one column on their way into a block of the merged segment.

import EvtCore

/// Collects the rows of one block from the blocks of the inputs. A struct, for the sake of its
/// loops: the properties of a class are checked at every access.
struct MergedBlock {
  private(set) var kinds: [UInt8] = []
  /// As in `BlockRows`: texts of the united dictionary by their codes in it, all others by their
  /// number in `arena` behind those.
  private(set) var bits: [Int64] = []
  private let united: UnitedTexts?
  private let arena = TextArena()
  private var texts: ColumnTexts
  /// The last text that was copied to the arena: input, code and number.
  private var last: (input: Int, code: UInt32, bits: Int64)?

  /// The bytes that `arena` may hold.
  private let textBytesMax: Int

  init(_ united: UnitedTexts?, textBytesMax: Int) {
    self.united = united
    self.textBytesMax = textBytesMax
    texts = united?.texts ?? ColumnTexts()
    kinds.reserveCapacity(Limits.blockRowsMax)
    bits.reserveCapacity(Limits.blockRowsMax)
  }

  /// Makes room for the next block.
  mutating func clear() {
    kinds.removeAll(keepingCapacity: true)
    bits.removeAll(keepingCapacity: true)
    arena.removeAll()
    last = nil
  }

  /// Forgets what it knows of an input's block, because that has changed.
  mutating func forgetCodes() { last = nil }

  /// Appends `rows` of `vector`, a block of input number `input`.
  /// - Throws: `MergeTooLarge`; `SegmentDamage` when the block is not as the format says.
  mutating func append(
    _ vector: borrowing ColumnVector, _ rows: Range<Int>, input: Int
  ) throws {
    for row in rows {
      let kind = vector.kind(row)
      kinds.append(kind.rawValue)
      if kind.isTextual {
        bits.append(try code(vector, row, kind, input))
      } else {
        bits.append(kind.isNumeric ? vector.numbers[row] : 0)
      }
    }
  }

  @inline(__always)
  private mutating func code(
    _ vector: borrowing ColumnVector, _ row: Int, _ kind: ValueKind, _ input: Int
  ) throws -> Int64 {
    let code = vector.codes[row]
    if kind == .text, let united {
      if vector.usesSegmentDictionary {
        return try united.code(ofDictionary: code, input: input)
      }
      if let last, last.input == input, last.code == code { return last.bits }
      let found = vector.texts.withBytes(Int(code)) { united.code(of: $0, input: input) }
      guard let found else { throw InputTexts.unknownText }
      last = (input, code, found)
      return found
    }
    if let last, last.input == input, last.code == code { return last.bits }
    let number = vector.texts.withBytes(Int(code)) { arena.append($0) }
    if arena.byteCount > textBytesMax { throw MergeTooLarge() }
    let found = Int64(number + (united?.count ?? 0))
    last = (input, code, found)
    return found
  }

  /// Calls `body` with the rows and what the codes among them mean.
  mutating func withRows<Result>(
    _ body: (BlockRows, ColumnTexts) throws -> Result
  ) rethrows -> Result {
    let dictionaryCount = texts.union.count
    texts.union.append(contentsOf: arena.texts)
    defer { texts.union.removeLast(texts.union.count - dictionaryCount) }
    return try kinds.withUnsafeBufferPointer { kinds in
      try bits.withUnsafeBufferPointer { bits in
        try body(BlockRows(kinds: kinds, bits: bits, counts: KindCounts(kinds)), texts)
      }
    }
  }
}
