// The picture of a segment file.

import EvtCore

/// Where things stand in a segment file, all integers little endian:
///
///     offset 0     magic "EVTSEG1\n"
///     offset 8     blocks, column by column as the footer lists them, without gaps: first the
///                  column's dictionary, if it has one, then its blocks of 65,536 rows
///     …            footer (see FooterCoding), compressed with LZ4 where that makes it smaller
///     last 48      trailer: footer bytes stored u32, footer bytes raw u32, format version u32,
///                  reserved u32 (0), digest of the stored footer and these 16 bytes (two u64),
///                  reserved u64 (0), magic "EVTSEGE\n"
enum SegmentLayout {
  static let version: UInt32 = 1
  static let headMagic: [UInt8] = Array("EVTSEG1\n".utf8)
  static let tailMagic: [UInt8] = Array("EVTSEGE\n".utf8)
  static let trailerBytes = 48
  static let digestedTrailerBytes = 16
}

/// The fixed last bytes of a segment file.
struct SegmentTrailer {
  var footerStoredBytes: UInt32
  var footerRawBytes: UInt32
  var footerHash: Hash128

  /// Seals `footer`: the stored footer followed by the trailer.
  static func seal(footer raw: [UInt8]) -> (bytes: [UInt8], footerHash: Hash128) {
    let stored = LZ4Block.compress(raw, leastSaving: raw.count) ?? raw
    var writer = ByteWriter()
    stored.withUnsafeBytes { writer.append(contentsOf: $0) }
    writer.append(UInt32(stored.count))
    writer.append(UInt32(raw.count))
    writer.append(SegmentLayout.version)
    writer.append(UInt32(0))
    let hash = writer.bytes.withUnsafeBytes { Hash128(of: $0) }
    writer.append(hash)
    writer.append(UInt64(0))
    SegmentLayout.tailMagic.withUnsafeBytes { writer.append(contentsOf: $0) }
    return (writer.bytes, hash)
  }

  /// Reads the trailer in the last bytes of `tail`.
  /// - Throws: `SegmentDamage` unless every byte is as it must be.
  init(in tail: [UInt8]) throws {
    let bytes = Array(tail.suffix(SegmentLayout.trailerBytes))
    guard bytes.count == SegmentLayout.trailerBytes,
      Array(bytes.suffix(8)) == SegmentLayout.tailMagic
    else { throw SegmentDamage("the file does not end as a segment does") }
    self = try bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      let stored = try reader.read(UInt32.self)
      let rawBytes = try reader.read(UInt32.self)
      let version = try reader.read(UInt32.self)
      let reserved = try reader.read(UInt32.self)
      let hash = try reader.readHash()
      let reservedToo = try reader.read(UInt64.self)
      guard version == SegmentLayout.version else {
        throw SegmentDamage("segment format \(version) is unknown to this version of evt")
      }
      guard reserved == 0, reservedToo == 0 else { throw SegmentDamage("damaged trailer") }
      return SegmentTrailer(
        footerStoredBytes: stored, footerRawBytes: rawBytes, footerHash: hash)
    }
  }

  private init(footerStoredBytes: UInt32, footerRawBytes: UInt32, footerHash: Hash128) {
    self.footerStoredBytes = footerStoredBytes
    self.footerRawBytes = footerRawBytes
    self.footerHash = footerHash
  }
}
