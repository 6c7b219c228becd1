// Reads stored bytes that may be damaged: every read is checked, none traps.

/// What is wrong with stored bytes, and where.
public struct MalformedBytes: Error, Hashable, Sendable {
  public var what: String
  /// Bytes from the start of what is being read.
  public var offset: Int

  /// Creates the error.
  public init(_ what: String, offset: Int) {
    self.what = what
    self.offset = offset
  }
}

/// A cursor over bytes that outlive it.
public struct ByteReader {
  public let bytes: UnsafeRawBufferPointer
  public private(set) var offset = 0

  /// Creates a cursor at the start of `bytes`.
  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The bytes not read yet.
  public var remaining: Int { bytes.count - offset }

  /// The error for damage found at the cursor.
  public func malformed(_ what: String) -> MalformedBytes { MalformedBytes(what, offset: offset) }

  /// Returns the next `count` bytes.
  public mutating func take(_ count: Int) throws(MalformedBytes) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else { throw malformed("ends early") }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  /// Reads a little-endian integer.
  public mutating func read<Value: FixedWidthInteger>(
    _ type: Value.Type = Value.self
  ) throws(MalformedBytes) -> Value {
    let raw = try take(MemoryLayout<Value>.size)
    return Value(littleEndian: raw.loadUnaligned(as: Value.self))
  }

  /// Reads a varint of at most 64 bits (see `ByteWriter.appendVarint`).
  public mutating func readVarint() throws(MalformedBytes) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try read(UInt8.self)
      guard shift < 63 || byte <= 1 else { throw malformed("number of more than 64 bits") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  /// Reads a signed varint (see `ByteWriter.appendZigzag`).
  public mutating func readZigzag() throws(MalformedBytes) -> Int64 {
    let raw = try readVarint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// Reads a varint that must not exceed `limit`, such as a length or a count.
  public mutating func readCount(_ what: String, atMost limit: Int) throws(MalformedBytes) -> Int {
    let value = try readVarint()
    guard value <= UInt64(limit) else { throw malformed("\(what) of \(value) above \(limit)") }
    return Int(value)
  }

  /// Reads a text of at most `limit` bytes.
  public mutating func readText(atMost limit: Int) throws(MalformedBytes) -> String {
    let raw = try take(try readCount("text length", atMost: limit))
    guard let text = String(validating: raw.bindMemory(to: UInt8.self), as: UTF8.self) else {
      throw malformed("text that is not UTF-8")
    }
    return text
  }

  /// Reads a digest.
  public mutating func readHash() throws(MalformedBytes) -> Hash128 {
    Hash128(high: try read(), low: try read())
  }
}
