// A block or a dictionary as it stands in the file, and the reference to it.

import EvtCore

/// The bytes of one block behind the LZ4 stage.
struct StoredBlock: Sendable {
  let bytes: [UInt8]
  private let rawBytes: Int
  private let isCompressed: Bool

  /// Compresses `raw` where that saves at least `1/leastSaving` of it.
  init(_ raw: [UInt8], leastSaving: Int) {
    precondition(raw.count <= Limits.blockBytesMax, "BUG: block beyond its limit")
    let compressed = LZ4Block.compress(raw, leastSaving: leastSaving)
    bytes = compressed ?? raw
    rawBytes = raw.count
    isCompressed = compressed != nil
  }

  /// Takes `raw` as it is, because nothing in it repeats.
  init(incompressible raw: [UInt8]) {
    bytes = raw
    rawBytes = raw.count
    isCompressed = false
  }

  /// Appends the block to the file in `writer` and returns the reference to it.
  func place(in writer: inout ByteWriter) -> BlockReference {
    let reference = reference(at: UInt64(writer.bytes.count))
    bytes.withUnsafeBytes { writer.append(contentsOf: $0) }
    return reference
  }

  /// What the footer says of the block if it stands at `offset`.
  func reference(at offset: UInt64) -> BlockReference {
    BlockReference(
      offset: offset, storedBytes: UInt32(bytes.count), rawBytes: UInt32(rawBytes),
      checksum: bytes.withUnsafeBytes { StableHash.crc32c($0) }, isCompressed: isCompressed)
  }
}

extension StoredBlock {
  /// Encodes a column's dictionary.
  init(dictionary texts: [UnsafeRawBufferPointer]) {
    var writer = ByteWriter()
    TextListCoding.encode(texts, into: &writer)
    self.init(writer.bytes, leastSaving: 8)
  }

  /// Encodes the key filter of rows with these hashes.
  init(keyHashes hashes: some Sequence<UInt64>) {
    var writer = ByteWriter()
    KeyFilter(hashes: hashes).encode(into: &writer)
    self.init(incompressible: writer.bytes)
  }

  /// Encodes rows of a column for `role`.
  init(_ rows: BlockRows, texts: ColumnTexts, role: ColumnRole) {
    let raw = BlockCoding.encode(rows, texts: texts, role: role)
    // What nearly every query reads must be worth its decompression.
    let leastSaving = [.event, .user, .timestamp].contains(role) ? 3 : 8
    self.init(raw, leastSaving: leastSaving)
  }
}
