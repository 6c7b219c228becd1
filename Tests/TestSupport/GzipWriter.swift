// Gzip members made by hand, with stored blocks, so that tests need no compressor.

/// The gzip form of `bytes`, in one member of stored blocks.
public func gzip(_ bytes: [UInt8], name: String? = nil) -> [UInt8] {
  var out: [UInt8] = [0x1F, 0x8B, 8, name == nil ? 0 : 8, 0, 0, 0, 0, 0, 3]
  if let name { out += Array(name.utf8) + [0] }
  var rest = bytes[...]
  repeat {
    let block = rest.prefix(60_000)
    rest = rest.dropFirst(60_000)
    let count = UInt16(block.count)
    out.append(rest.isEmpty ? 1 : 0)
    out += littleEndian(UInt32(count), 2) + littleEndian(UInt32(~count), 2) + block
  } while !rest.isEmpty
  return out + littleEndian(crc32(bytes), 4)
    + littleEndian(UInt32(truncatingIfNeeded: bytes.count), 4)
}

public func gzip(_ text: String) -> [UInt8] { gzip(Array(text.utf8)) }

private func littleEndian(_ value: UInt32, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  var crc: UInt32 = .max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  return ~crc
}
