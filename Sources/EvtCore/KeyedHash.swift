// HMAC-SHA256, as RFC 2104 defines it: hashes that nobody can try values against without the key.

/// The hashes that one secret key gives.
public struct KeyedHash: Sendable {
  /// The states behind the two blocks that depend on the key alone.
  private let inner: SHA256
  private let outer: SHA256

  /// Creates the hashes of `key`.
  public init(key: [UInt8]) {
    var block = key.count > SHA256.blockBytes ? SHA256.digest(of: key.span) : key
    block += [UInt8](repeating: 0, count: SHA256.blockBytes - block.count)
    var inner = SHA256()
    inner.add(block.map { $0 ^ 0x36 }.span)
    var outer = SHA256()
    outer.add(block.map { $0 ^ 0x5C }.span)
    self.inner = inner
    self.outer = outer
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
