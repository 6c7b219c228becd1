// Hashes whose values may be stored: they never change between versions or machines.

import CKernels

/// A 128-bit digest made of two XXH64 values with different seeds. It detects damage and equal
/// content; it is not a defence against somebody who builds collisions.
public struct Hash128: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  /// Creates the digest with the given halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The digest of `bytes`.
  public init(of bytes: UnsafeRawBufferPointer) {
    var hasher = Hasher128()
    hasher.add(bytes)
    self = hasher.finish()
  }

  /// Reads the 32 hexadecimal digits of `hex`.
  public init?(hex: String) {
    guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16),
      let low = UInt64(hex.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// The 32 lower-case hexadecimal digits.
  public var hex: String {
    let digits = [high, low].map { String($0, radix: 16) }
    return digits.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
  }
}

/// Computes a `Hash128` over bytes that arrive in pieces.
public struct Hasher128: Sendable {
  static let highSeed: UInt64 = 0
  static let lowSeed: UInt64 = 0x6576_742D_6861_7368  // "evt-hash"

  private var high = evt_xxh64_state()
  private var low = evt_xxh64_state()

  /// Creates a hasher that has seen no bytes.
  public init() {
    evt_xxh64_begin(&high, Self.highSeed)
    evt_xxh64_begin(&low, Self.lowSeed)
  }

  /// Adds `bytes` behind those seen so far.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    evt_xxh64_add_pair(&high, &low, base, bytes.count)
  }

  /// Returns the digest of all bytes seen so far; more may follow.
  public func finish() -> Hash128 {
    withUnsafePointer(to: high) { high in
      withUnsafePointer(to: low) { low in
        Hash128(high: evt_xxh64_end(high), low: evt_xxh64_end(low))
      }
    }
  }
}

/// Functions from bytes to stored hash values.
public enum StableHash {
  /// The hash that orders users on disk: XXH64 with seed 0 of the user's UTF-8 text.
  public static func user(_ text: UnsafeRawBufferPointer) -> UInt64 { xxh64(text, seed: 0) }

  /// XXH64 of `bytes`.
  public static func xxh64(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    guard let base = bytes.baseAddress else {
      var none: UInt8 = 0
      return evt_xxh64(&none, 0, seed)
    }
    return evt_xxh64(base.assumingMemoryBound(to: UInt8.self), bytes.count, seed)
  }

  /// The hash of one field of an event's key, on top of `seed`, that of what comes before it; much
  /// faster than XXH64 for texts of a few words.
  public static func key(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    guard let base = bytes.baseAddress else {
      var none: UInt8 = 0
      return evt_key_hash(&none, 0, seed)
    }
    return evt_key_hash(base.assumingMemoryBound(to: UInt8.self), bytes.count, seed)
  }

  /// CRC-32C of `bytes`.
  public static func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let base = bytes.baseAddress else { return 0 }
    return evt_crc32c(0, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }
}
