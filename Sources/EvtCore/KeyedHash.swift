// HMAC-SHA256, as RFC 2104 defines it: hashes that nobody can try values against without the key.

/// The hashes that one secret key gives.
public struct KeyedHash: Sendable {
  /// The states behind the two blocks that depend on the key alone.
  private let inner: SHA256
  private let outer: SHA256

  /// Creates the hashes of `key`.
  public init(key: [UInt8]) {
    var block = key
    if key.count > SHA256.blockBytes { block = SHA256.digest(of: key.span) }
    block += [UInt8](repeating: 0, count: SHA256.blockBytes - block.count)
    inner = Self.state(behind: block.map { $0 ^ 0x36 })
    outer = Self.state(behind: block.map { $0 ^ 0x5C })
  }

  private static func state(behind block: [UInt8]) -> SHA256 {
    var hasher = SHA256()
    hasher.add(block.span)
    return hasher
  }

  /// The 32 bytes of the hash of `bytes`.
  public func code(of bytes: Span<UInt8>) -> [UInt8] {
    var hasher = inner
    hasher.add(bytes)
    let digest = hasher.finish()
    hasher = outer
    hasher.add(digest.span)
    return hasher.finish()
  }
}
