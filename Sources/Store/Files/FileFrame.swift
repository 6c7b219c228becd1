// What stands around the content of the store's own files, so that damage is noticed.
//
//   offset  bytes  field
//        0      8  magic
//        8      4  version
//       12      4  reserved, 0
//       16      8  length of the body in bytes
//       24      n  body
//     24+n     16  hash of all bytes before: XXH64 of two seeds, high half first
//
// Numbers are little endian.

import EvtCore

/// The frame of one kind of file.
struct FileFrame: Sendable {
  /// Eight bytes.
  let magic: [UInt8]
  let version: UInt32
  /// What such a file is called in messages.
  let noun: String
  let bytesMax: Int

  static let headerBytes = 24
  static let trailerBytes = 16

  /// Returns the bytes of the file that holds `body`, and their trailing hash.
  func wrap(_ body: [UInt8]) -> (bytes: [UInt8], hash: Hash128) {
    var file = ByteWriter()
    magic.withUnsafeBytes { file.append(contentsOf: $0) }
    file.append(version)
    file.append(UInt32(0))
    file.append(UInt64(body.count))
    body.withUnsafeBytes { file.append(contentsOf: $0) }
    let hash = file.bytes.withUnsafeBytes { Hash128(of: $0) }
    file.append(hash)
    return (file.bytes, hash)
  }

  /// Checks everything around the body of a file.
  /// - Parameter path: the file, for messages.
  /// - Returns: the body and the file's hash.
  /// - Throws: `MalformedBytes` or `StoreError.newerFormat`.
  func unwrap(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws -> (body: UnsafeRawBufferPointer, hash: Hash128) {
    var reader = ByteReader(bytes)
    let frameBytes = Self.headerBytes + Self.trailerBytes
    guard bytes.count >= frameBytes, bytes.count <= bytesMax else {
      throw reader.malformed("\(bytes.count) bytes are no \(noun)")
    }
    guard try reader.take(magic.count).elementsEqual(magic) else {
      throw reader.malformed("it does not begin as a \(noun) does")
    }
    let found: UInt32 = try reader.read()
    guard found <= version else {
      throw StoreError.newerFormat(path: path, found: "\(found)", supported: "\(version)")
    }
    guard found == version, try reader.read(UInt32.self) == 0 else {
      throw reader.malformed("its header is malformed")
    }
    guard try reader.read(UInt64.self) == UInt64(bytes.count - frameBytes) else {
      throw reader.malformed("its length is not the one in its header")
    }
    let body = try reader.take(bytes.count - frameBytes)
    let stored = try reader.readHash()
    let end = bytes.count - Self.trailerBytes
    guard Hash128(of: UnsafeRawBufferPointer(rebasing: bytes[..<end])) == stored else {
      throw reader.malformed("it fails its checksum")
    }
    return (body, stored)
  }
}
