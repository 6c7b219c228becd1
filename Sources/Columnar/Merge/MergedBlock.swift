// Rows of one column on their way into a block of the merged segment.

import EvtCore

/// Collects the rows of one block from the blocks of the inputs.
final class MergedBlock {
  private(set) var kinds: [UInt8] = []
  /// As in `BlockRows`: texts of the united dictionary by their codes in it, all others by their
  /// number in `arena` behind those.
  private(set) var bits: [Int64] = []
  private let united: UnitedTexts?
  private let arena = TextArena()
  private var texts: ColumnTexts
  /// The last text that was copied to the arena: input, code and number.
  private var last: (input: Int, code: UInt32, bits: Int64)?

  private static let textBytesMax = Limits.blockBytesMax / 2

  init(_ united: UnitedTexts?) {
    self.united = united
    texts = united?.texts ?? ColumnTexts()
    kinds.reserveCapacity(Limits.blockRowsMax)
    bits.reserveCapacity(Limits.blockRowsMax)
  }

  /// Makes room for the next block.
  func clear() {
    kinds.removeAll(keepingCapacity: true)
    bits.removeAll(keepingCapacity: true)
    arena.removeAll()
    last = nil
  }

  /// Forgets what it knows of an input's block, because that has changed.
  func forgetCodes() { last = nil }

  /// Appends `rows` of `vector`, a block of input number `input`.
  /// - Throws: `MergeTooLarge`; `SegmentDamage` when the block is not as the format says.
  func append(_ vector: ColumnVector, _ rows: Range<Int>, input: Int) throws {
    if let kind = vector.uniformKind {
      kinds.append(contentsOf: repeatElement(kind.rawValue, count: rows.count))
      if kind.isNumeric {
        bits.append(contentsOf: vector.numbers[rows])
      } else if kind.isTextual {
        for row in rows { bits.append(try code(vector, row, kind, input)) }
      } else {
        bits.append(contentsOf: repeatElement(0, count: rows.count))
      }
    } else {
      kinds.append(contentsOf: vector.kinds[rows])
      for row in rows {
        let kind = vector.kind(row)
        if kind.isTextual {
          bits.append(try code(vector, row, kind, input))
        } else {
          bits.append(kind.isNumeric ? vector.numbers[row] : 0)
        }
      }
    }
    if arena.byteCount > Self.textBytesMax { throw MergeTooLarge() }
  }

  @inline(__always)
  private func code(
    _ vector: ColumnVector, _ row: Int, _ kind: ValueKind, _ input: Int
  ) throws -> Int64 {
    let code = vector.codes[row]
    if let last, last.input == input, last.code == code { return last.bits }
    let found: Int64
    if kind == .text, let united {
      found = try united.code(code, in: vector, input: input)
    } else {
      let number = vector.texts.withBytes(Int(code)) { arena.append($0) }
      found = Int64(number + (united?.count ?? 0))
    }
    last = (input, code, found)
    return found
  }

  /// Calls `body` with the rows and what the codes among them mean.
  func withRows<Result>(_ body: (BlockRows, ColumnTexts) throws -> Result) rethrows -> Result {
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
