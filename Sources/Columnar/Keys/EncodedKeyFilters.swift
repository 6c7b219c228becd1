// The key filters of a segment, ready to be written.

import EvtCore

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
      StoredBlock(keyHashes: hashes[start..<min(start + Limits.blockRowsMax, hashes.count)])
    }
  }

  /// The bytes they will take.
  var storedBytes: Int { blocks.reduce(0) { $0 + $1.bytes.count } }
}
