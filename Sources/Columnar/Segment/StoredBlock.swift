// A block as it will stand in a file.

import EvtCore

/// The bytes of a block behind the LZ4 stage, not yet placed in a file.
struct StoredBlock: Sendable {
  let bytes: [UInt8]
  private let rawBytes: Int

  /// Compresses `raw` if that saves at least one part in `leastSaving`.
  init(_ raw: [UInt8], leastSaving: Int) {
    precondition(raw.count <= Limits.blockBytesMax, "BUG: block beyond its limit")
    rawBytes = raw.count
    bytes = LZ4Block.compress(raw, leastSaving: leastSaving) ?? raw
  }

  /// Takes `raw` as it is: nothing in it repeats.
  init(incompressible raw: [UInt8]) {
    rawBytes = raw.count
    bytes = raw
  }

  /// Appends the block to the file in `writer` and returns where it stands.
  func place(in writer: inout ByteWriter) -> BlockReference {
    let offset = UInt64(writer.bytes.count)
    let checksum = bytes.withUnsafeBytes { bytes in
      writer.append(contentsOf: bytes)
      return StableHash.crc32c(bytes)
    }
    return BlockReference(
      offset: offset, storedBytes: UInt32(bytes.count), rawBytes: UInt32(rawBytes),
      checksum: checksum, isCompressed: bytes.count != rawBytes)
  }
}

/// The key filters of a segment's blocks in their stored form.
public struct EncodedKeyFilters: Sendable {
  let blocks: [StoredBlock]

  /// Makes the filters of rows with these key hashes, given in segment order; there are none when
  /// no row has a key.
  init(hashes: [UInt64]) {
    guard hashes.contains(where: { $0 != 0 }) else {
      blocks = []
      return
    }
    blocks = stride(from: 0, to: hashes.count, by: Limits.blockRowsMax).map { start in
      let end = min(start + Limits.blockRowsMax, hashes.count)
      var writer = ByteWriter()
      KeyFilter(hashes: hashes[start..<end]).encode(into: &writer)
      return StoredBlock(incompressible: writer.bytes)
    }
  }

  /// The bytes they will take.
  var storedBytes: Int { blocks.reduce(0) { $0 + $1.bytes.count } }
}
