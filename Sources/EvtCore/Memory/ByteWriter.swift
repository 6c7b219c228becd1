// Builds stored bytes: little-endian integers, variable-length integers and texts.

/// Appends values in their stored form.
public struct ByteWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  /// Creates a writer that has written nothing.
  public init() {}

  /// Makes room for `count` more bytes.
  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

  /// Appends the bytes of `value`, least significant first.
  public mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends `value` in groups of seven bits, least significant first, the high bit set on all
  /// groups but the last (LEB128).
  public mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Appends a signed value as the varint of 2v, or of −2v − 1 when negative (zigzag).
  public mutating func appendZigzag(_ value: Int64) {
    appendVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Appends the UTF-8 length as a varint, then the bytes.
  public mutating func appendText(_ text: String) {
    appendVarint(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  /// Appends a digest, high half first.
  public mutating func append(_ hash: Hash128) {
    append(hash.high)
    append(hash.low)
  }

  /// Appends `raw` as it is.
  public mutating func append(contentsOf raw: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: raw)
  }

  /// Appends `count` zero bytes and calls `fill` to overwrite them.
  public mutating func append(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: count))
    bytes.withUnsafeMutableBytes { fill(UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
  }
}
