// Which keys may occur in a block: lets an ingest find stored duplicates without reading rows.

import EvtCore

/// The upper halves of the key hashes of a block's rows, ascending and distinct. A key that is not
/// among them is not in the block; another one is there by mistake once in 65,536 times at most.
///
/// As bytes: their number as a varint and an integer stream, whose delta form takes about two bytes
/// a row.
public struct KeyFilter: Hashable, Sendable {
  public let fingerprints: [UInt32]
  /// Where the fingerprints begin that have these upper bits.
  private let starts: [UInt32]

  private static let indexBits: UInt32 = 12

  /// The part of `hash` that filters keep.
  @inline(__always)
  public static func fingerprint(_ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 32)
  }

  /// Makes the filter of rows with these hashes, 0 standing for rows without a key.
  public init(hashes: some Sequence<UInt64>) {
    var sorted = hashes.compactMap { $0 == 0 ? nil : Self.fingerprint($0) }
    RadixSort.sort(&sorted)
    var count = 0
    for index in sorted.indices where index == 0 || sorted[index] != sorted[count - 1] {
      sorted[count] = sorted[index]
      count += 1
    }
    sorted.removeLast(sorted.count - count)
    self.init(ascending: sorted)
  }

  private init(ascending fingerprints: [UInt32]) {
    self.fingerprints = fingerprints
    var starts = [UInt32](repeating: 0, count: 1 << Int(Self.indexBits) + 1)
    var next = 0
    for (index, fingerprint) in fingerprints.enumerated() {
      let bucket = Int(fingerprint >> (32 - Self.indexBits))
      while next <= bucket {
        starts[next] = UInt32(truncatingIfNeeded: index)
        next += 1
      }
    }
    while next < starts.count {
      starts[next] = UInt32(truncatingIfNeeded: fingerprints.count)
      next += 1
    }
    self.starts = starts
  }

  /// Whether a row whose key has this hash may be in the block.
  public func mayContain(_ hash: UInt64) -> Bool {
    let wanted = Self.fingerprint(hash)
    let bucket = Int(wanted >> (32 - Self.indexBits))
    for index in Int(starts[bucket])..<Int(starts[bucket + 1]) where fingerprints[index] >= wanted {
      return fingerprints[index] == wanted
    }
    return false
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
    self.init(ascending: fingerprints)
  }
}

/// Sorts by digits, without comparing.
enum RadixSort {
  /// Sorts `values` ascending.
  static func sort(_ values: inout [UInt32]) {
    guard values.count > 256 else { return values.sort() }
    var other = [UInt32](repeating: 0, count: values.count)
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      var starts = [Int](repeating: 0, count: 257)
      for value in values { starts[Int(value >> shift & 0xFF) + 1] += 1 }
      for digit in 1..<257 { starts[digit] += starts[digit - 1] }
      for value in values {
        let digit = Int(value >> shift & 0xFF)
        other[starts[digit]] = value
        starts[digit] += 1
      }
      swap(&values, &other)
    }
  }
}
