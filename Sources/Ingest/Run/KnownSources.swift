// The inputs that were loaded before, found by how they begin.

import Columnar
import EvtCore

/// The ledger's records, and those of this run.
struct KnownSources {
  private var records: [SourceRecord] = []
  /// Records of at least the prefix's length by its hash, and shorter ones by their length.
  private var byPrefix: [Hash128: [Int]] = [:]
  private var byLength: [UInt64: [Int]] = [:]
  private var byStoredLength: [UInt64: [Int]] = [:]

  init(_ records: [SourceRecord]) {
    for record in records { add(record) }
  }

  var isEmpty: Bool { records.isEmpty }

  mutating func add(_ record: SourceRecord) {
    let index = records.count
    records.append(record)
    if record.content.bytes >= UInt64(SourceContent.prefixLength) {
      byPrefix[record.content.prefixHash, default: []].append(index)
    } else {
      byLength[record.content.bytes, default: []].append(index)
    }
    if record.storedHash != nil { byStoredLength[record.storedBytes, default: []].append(index) }
  }

  /// The records of compressed files of that length.
  func compressed(length: UInt64) -> [SourceRecord] {
    (byStoredLength[length] ?? []).map { records[$0] }
  }

  /// The records whose content begins, or ends, as content does whose first bytes are `head`.
  /// `head` has `SourceContent.prefixLength` bytes unless the content is shorter.
  func candidates(_ head: UnsafeRawBufferPointer) -> [SourceRecord] {
    var found: [Int] = []
    var hasher = Hasher128()
    var hashed = 0
    for length in byLength.keys.sorted() where length <= UInt64(head.count) {
      let end = Int(length)
      hasher.add(UnsafeRawBufferPointer(rebasing: head[hashed..<end]))
      hashed = end
      let hash = hasher.finish()
      // Nothing is the beginning of everything.
      guard length > 0 || head.isEmpty else { continue }
      found += (byLength[length] ?? []).filter { records[$0].content.hash == hash }
    }
    if head.count >= SourceContent.prefixLength {
      hasher.add(
        UnsafeRawBufferPointer(rebasing: head[hashed..<SourceContent.prefixLength]))
      found += byPrefix[hasher.finish()] ?? []
    }
    return found.map { records[$0] }
  }
}
