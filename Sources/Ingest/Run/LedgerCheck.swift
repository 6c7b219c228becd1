// Compares an input with what was loaded before, by its content alone.

import Columnar
import EvtCore
import Glibc

/// What to do with an input.
enum LoadDecision {
  /// All of it was loaded before, under that name.
  case skip(SourceRecord)
  /// Load it from the file; `replay` is what was already read of a stream.
  case load(OpenFile, replay: [UInt8])
  /// It begins with what was loaded before, and goes on.
  case continuing(OpenFile, SourceRecord)
}

/// Decides whether an input, or its beginning, was loaded before.
struct LedgerCheck {
  let known: KnownSources
  let spool: Spool

  private static let bufferBytes = 1 << 20

  /// Decides on `file`, of which nothing was read.
  func decide(_ file: OpenFile) throws -> LoadDecision {
    guard !known.isEmpty else { return .load(file, replay: []) }
    if file.isRegular { return try decideRegular(file) }
    let stored = StoredBytes(file, isRecording: true)
    guard try !candidates(ContentReader(stored)).isEmpty else {
      return .load(file, replay: stored.recorded)
    }
    return try decideRegular(copy(file, behind: stored.recorded))
  }

  private func decideRegular(_ file: OpenFile) throws -> LoadDecision {
    if let equal = try equalCompressed(file) { return .skip(equal) }
    try file.rewind()
    let found = try candidates(ContentReader(StoredBytes(file)))
    try file.rewind()
    guard !found.isEmpty else { return .load(file, replay: []) }
    let decision = try compare(file, found)
    try file.rewind()
    return decision
  }

  /// An equal `.gz` needs no inflating.
  private func equalCompressed(_ file: OpenFile) throws -> SourceRecord? {
    let possible = known.compressed(length: file.length)
    guard !possible.isEmpty else { return nil }
    var hasher = Hasher128()
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.bufferBytes)
    defer { buffer.deallocate() }
    while true {
      let got = try file.read(into: buffer, count: Self.bufferBytes)
      if got == 0 { break }
      hasher.add(UnsafeRawBufferPointer(start: buffer, count: got))
    }
    let hash = hasher.finish()
    return possible.first { $0.storedHash == hash }
  }

  private func candidates(_ reader: ContentReader) throws -> [SourceRecord] {
    let head = UnsafeMutablePointer<UInt8>.allocate(capacity: SourceContent.prefixLength)
    defer { head.deallocate() }
    let got = try reader.fill(head, count: SourceContent.prefixLength)
    return known.candidates(UnsafeRawBufferPointer(start: head, count: got))
  }

  /// Reads as much as it takes to know which of `found` the content is, or begins with.
  private func compare(_ file: OpenFile, _ found: [SourceRecord]) throws -> LoadDecision {
    let reader = try ContentReader(StoredBytes(file))
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.bufferBytes)
    defer { buffer.deallocate() }
    var longest: SourceRecord?
    for record in found.sorted(by: { $0.content.bytes < $1.content.bytes }) {
      while reader.count < record.content.bytes {
        let wanted = min(record.content.bytes - reader.count, UInt64(Self.bufferBytes))
        if try reader.fill(buffer, count: Int(wanted)) < Int(wanted) { break }
      }
      guard reader.count == record.content.bytes else { break }
      guard reader.content.hash == record.content.hash else { continue }
      // A record of the same file goes before others with the same content.
      if longest?.content.bytes != record.content.bytes || isSameFile(file, record) {
        longest = record
      }
    }
    guard let longest else { return .load(file, replay: []) }
    if reader.count == longest.content.bytes, try reader.fill(buffer, count: 1) == 0 {
      return .skip(longest)
    }
    let isLong = longest.content.bytes >= UInt64(SourceContent.prefixLength)
    guard isLong || isSameFile(file, longest) else { return .load(file, replay: []) }
    return longest.content.bytes > 0 ? .continuing(file, longest) : .load(file, replay: [])
  }

  private func isSameFile(_ file: OpenFile, _ record: SourceRecord) -> Bool {
    if file.name != "-", ExactText(file.name) == ExactText(record.name) { return true }
    return file.inode != 0 && file.inode == record.inode && file.device == record.device
  }

  // MARK: - Streams

  /// Copies a stream, so that it can be compared and then read.
  private func copy(_ file: OpenFile, behind recorded: [UInt8]) throws -> OpenFile {
    let copy = OpenFile(spooled: try spool.open(), of: file.name)
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.bufferBytes)
    defer { buffer.deallocate() }
    try recorded.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { try copy.write(base, count: bytes.count) }
    }
    var copied = recorded.count
    while true {
      let got = try file.read(into: buffer, count: Self.bufferBytes)
      if got == 0 { break }
      copied += got
      try spool.check(bytes: copied, of: ContentReader.shown(file.name))
      try copy.write(buffer, count: got)
    }
    try copy.rewind()
    return copy
  }
}
