// Which rows of a block are meant.

/// A set of rows of a block, one bit each.
public struct RowMask: Hashable, Sendable {
  public let rowCount: Int
  /// Bit r % 64 of word r / 64 stands for row r; bits behind the last row are zero.
  public private(set) var words: [UInt64]

  /// Creates the mask of all rows.
  public init(allOf rowCount: Int) {
    self.rowCount = rowCount
    words = [UInt64](repeating: ~0, count: (rowCount + 63) / 64)
    if rowCount % 64 != 0 { words[words.count - 1] = (1 << UInt64(rowCount % 64)) - 1 }
  }

  /// Creates the mask of no row.
  public init(noneOf rowCount: Int) {
    self.rowCount = rowCount
    words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
  }

  /// Creates the mask of those rows of `active` for which `fill` sets the bit in the words it is
  /// given, which are all zero.
  public init(_ active: RowMask, filledBy fill: (UnsafeMutablePointer<UInt64>) -> Void) {
    self.init(noneOf: active.rowCount)
    words.withUnsafeMutableBufferPointer { words in
      guard let base = words.baseAddress else { return }
      fill(base)
      for index in 0..<words.count { words[index] &= active.words[index] }
    }
  }

  /// Creates the mask of those rows of `active` that pass `test`.
  @inline(__always)
  init(_ active: RowMask, where test: (Int) -> Bool) {
    self.init(noneOf: active.rowCount)
    for index in 0..<words.count {
      let candidates = active.words[index]
      if candidates == 0 { continue }
      let first = index * 64
      var passed: UInt64 = 0
      if candidates == ~0 {
        for bit in 0..<64 { passed |= (test(first + bit) ? 1 : 0) << UInt64(bit) }
      } else {
        var rest = candidates
        while rest != 0 {
          let bit = rest.trailingZeroBitCount
          rest &= rest - 1
          if test(first + bit) { passed |= 1 << UInt64(bit) }
        }
      }
      words[index] = passed
    }
  }

  /// Whether no row is meant.
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// The number of rows meant.
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether `row` is meant.
  @inline(__always)
  public subscript(row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

  /// The rows meant, ascending.
  public var rows: [UInt32] {
    let count = self.count
    return [UInt32](unsafeUninitializedCapacity: count) { rows, initialized in
      var next = 0
      for index in 0..<words.count {
        var rest = words[index]
        while rest != 0 {
          rows[next] = UInt32(index * 64 + rest.trailingZeroBitCount)
          next += 1
          rest &= rest - 1
        }
      }
      initialized = next
    }
  }

  /// Adds the rows of `other`.
  mutating func formUnion(_ other: RowMask) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  /// Takes the rows of `other` away.
  mutating func subtract(_ other: RowMask) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }
}
