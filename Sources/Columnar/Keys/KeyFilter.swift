// Which keys may occur in a block: lets an ingest find stored duplicates without reading rows.

import EvtCore

/// The upper halves of the key hashes of a block's rows, ascending and distinct. A key that is not
/// among them is not in the block; another one is there by mistake once in 65,536 times at most.
///
/// As bytes: their number as a varint and an integer stream, whose delta form takes about two bytes
/// a row.
public struct KeyFilter: Hashable, Sendable {
  public let fingerprints: [UInt32]

  /// The part of `hash` that filters keep.
  @inline(__always)
  public static func fingerprint(_ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 32)
  }

  /// Makes the filter of rows with these hashes, 0 standing for rows without a key.
  public init(hashes: some Sequence<UInt64>) {
    var sorted = hashes.compactMap { $0 == 0 ? nil : Self.fingerprint($0) }
    RadixSort.sort(&sorted, bits: 0..<32)
    var count = 0
    for index in sorted.indices where index == 0 || sorted[index] != sorted[count - 1] {
      sorted[count] = sorted[index]
      count += 1
    }
    sorted.removeLast(sorted.count - count)
    fingerprints = sorted
  }

  /// Whether a key of the one block may be in the other.
  public func mayShareKeys(with other: KeyFilter) -> Bool {
    var (own, their) = (0, 0)
    while own < fingerprints.count, their < other.fingerprints.count {
      if fingerprints[own] == other.fingerprints[their] { return true }
      if fingerprints[own] < other.fingerprints[their] { own += 1 } else { their += 1 }
    }
    return false
  }

  func encode(into writer: inout ByteWriter) {
    writer.appendVarint(UInt64(fingerprints.count))
    let values = fingerprints.map { Int64($0) }
    values.withUnsafeBufferPointer { IntStream.encode($0, into: &writer) }
  }

  /// Decodes the filter of a block of `rowCount` rows.
  init(_ reader: inout ByteReader, rowCount: Int) throws(MalformedBytes) {
    let count = try reader.readCount("keys", atMost: rowCount)
    let values = try IntStream.decodeArray(&reader, count: count)
    var fingerprints: [UInt32] = []
    fingerprints.reserveCapacity(count)
    for value in values {
      guard let fingerprint = UInt32(exactly: value),
        fingerprints.last.map({ $0 < fingerprint }) ?? true
      else { throw reader.malformed("keys out of order") }
      fingerprints.append(fingerprint)
    }
    self.fingerprints = fingerprints
  }
}
