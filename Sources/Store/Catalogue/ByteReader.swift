// Bytes as numbers and texts, for bytes that may be anything.

import EvtCore

/// What is wrong with bytes that were to be decoded.
struct DecodingFailure: Error {
  var what: String
  init(_ what: String) { self.what = what }
}

/// Reads values in the notation of the catalogue. Nothing in the bytes can make it trap.
struct ByteReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The bytes not read yet.
  var remaining: Int { bytes.endIndex - position }

  mutating func raw(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw DecodingFailure("it ends too early") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func byte() throws -> UInt8 {
    guard remaining > 0 else { throw DecodingFailure("it ends too early") }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func fixed(count: Int) throws -> UInt64 {
    var value: UInt64 = 0
    for (index, byte) in try raw(count).enumerated() { value |= UInt64(byte) << (8 * UInt64(index)) }
    return value
  }

  /// Reads LEB128 in its shortest form, the only one that is written.
  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let byte = try byte()
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        if byte == 0, shift > 0 { break }
        return value
      }
    }
    throw DecodingFailure("it holds a malformed number")
  }

  /// Reads the number of elements of at least `bytesEach` bytes that follow.
  mutating func count(bytesEach: Int) throws -> Int {
    let value = try varint()
    guard value <= UInt64(remaining / bytesEach) else {
      throw DecodingFailure("it counts more elements than it has room for")
    }
    return Int(value)
  }

  mutating func zigzag() throws -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func hash() throws -> Hash128 {
    let high = try fixed(count: 8)
    return Hash128(high: high, low: try fixed(count: 8))
  }

  mutating func text() throws -> String {
    let length = try count(bytesEach: 1)
    guard let text = String(validating: try raw(length), as: UTF8.self) else {
      throw DecodingFailure("it holds text that is not UTF-8")
    }
    return text
  }

  /// Reads 0 or 1.
  mutating func flag() throws -> Bool {
    let value = try byte()
    guard value <= 1 else { throw DecodingFailure("it holds a flag that is neither 0 nor 1") }
    return value == 1
  }

  func requireEnd() throws {
    guard remaining == 0 else { throw DecodingFailure("it has bytes left over") }
  }
}
