// LZ4 as the second stage of a block; the only file that knows the library.

import CLZ4
import EvtCore

/// Compresses and restores whole blocks in LZ4's block format.
enum LZ4Block {
  /// Returns `raw` compressed, or nil when that saves less than `1/leastSaving` of it.
  static func compress(_ raw: [UInt8], leastSaving: Int) -> [UInt8]? {
    guard raw.count >= 64, raw.count <= Int(LZ4_MAX_INPUT_SIZE) else { return nil }
    let limit = raw.count - raw.count / leastSaving
    var size: Int32 = 0
    let compressed = [UInt8](unsafeUninitializedCapacity: limit) { target, count in
      raw.withUnsafeBytes { raw in
        target.withMemoryRebound(to: CChar.self) { target in
          size = LZ4_compress_default(
            raw.bindMemory(to: CChar.self).baseAddress, target.baseAddress, Int32(raw.count),
            Int32(limit))
        }
      }
      count = Int(max(size, 0))
    }
    return size > 0 ? compressed : nil
  }

  /// Restores exactly `rawBytes` bytes.
  /// - Throws: `MalformedBytes` when `stored` is anything else.
  static func decompress(
    _ stored: [UInt8], rawBytes: Int
  ) throws(MalformedBytes) -> [UInt8] {
    // LZ4 cannot expand more than 255 times: a claim beyond that is damage, not a reason to
    // allocate.
    guard rawBytes <= Limits.blockBytesMax, rawBytes / 256 <= stored.count else {
      throw MalformedBytes("compressed block of impossible size", offset: 0)
    }
    var size: Int32 = -1
    let raw = [UInt8](unsafeUninitializedCapacity: rawBytes) { target, count in
      stored.withUnsafeBytes { stored in
        target.withMemoryRebound(to: CChar.self) { target in
          size = LZ4_decompress_safe(
            stored.bindMemory(to: CChar.self).baseAddress, target.baseAddress,
            Int32(stored.count), Int32(rawBytes))
        }
      }
      count = Int(max(size, 0))
    }
    guard Int(size) == rawBytes else {
      throw MalformedBytes("compressed block that does not decompress", offset: 0)
    }
    return raw
  }
}
