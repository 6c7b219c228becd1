// Numbers and texts as bytes.

import EvtCore

/// Appends values in the notation of the catalogue.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  /// Appends the low `count` bytes of `value`, the lowest first.
  mutating func fixed(_ value: UInt64, count: Int) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
  }

  /// Appends `value` as LEB128.
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Appends a count or an index, which is never negative.
  mutating func count(_ value: Int) { varint(UInt64(value)) }

  /// Appends a signed value: 0, -1, 1, -2 … become 0, 1, 2, 3 …
  mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  mutating func hash(_ value: Hash128) {
    fixed(value.high, count: 8)
    fixed(value.low, count: 8)
  }

  mutating func text(_ value: String) {
    count(value.utf8.count)
    bytes += value.utf8
  }

  mutating func raw(_ value: [UInt8]) { bytes += value }
}
