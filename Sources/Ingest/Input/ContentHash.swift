// What identifies content in the ledger, computed as it passes.

import Columnar
import EvtCore

/// Counts and hashes bytes, those of the beginning apart. A copy is the state at that place.
struct ContentHash {
  private(set) var count: UInt64 = 0
  private var hasher = Hasher128()
  private var prefixHash: Hash128?

  /// Adds `bytes`.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    let bytes = UnsafeRawBufferPointer(bytes)
    let prefixLeft = SourceContent.prefixLength - Int(min(count, UInt64(Int.max)))
    if prefixLeft > 0, bytes.count >= prefixLeft {
      hasher.add(UnsafeRawBufferPointer(rebasing: bytes[..<prefixLeft]))
      prefixHash = hasher.finish()
      hasher.add(UnsafeRawBufferPointer(rebasing: bytes[prefixLeft...]))
    } else {
      hasher.add(bytes)
    }
    count += UInt64(bytes.count)
  }

  /// What identifies all bytes added.
  var content: SourceContent {
    SourceContent(
      bytes: count, hash: hasher.finish(), prefixHash: prefixHash ?? hasher.finish())
  }
}
