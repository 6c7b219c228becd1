// The bytes of an input after decompression, hashed as they pass.

import Columnar
import EvtCore

/// Reads the content of an input, plain or gzip, whichever its first bytes show.
final class ContentReader: ContentSource {
  private let stored: StoredBytes
  let isCompressed: Bool
  /// Of the bytes handed out so far.
  private var hash = ContentHash()
  private let inflater: GzipInflater?
  private var isBetweenMembers = false
  private var isAtEnd = false

  private let buffer: UnsafeMutablePointer<UInt8>
  private var bufferAt = 0
  private var bufferEnd = 0
  private static let bufferBytes = 256 << 10

  /// Looks at the beginning of `stored`, of which nothing was read.
  /// - Throws: `IngestError` of kind `.badInput` for anything but plain text and gzip.
  init(_ stored: StoredBytes) throws {
    self.stored = stored
    buffer = .allocate(capacity: Self.bufferBytes)
    do {
      // Magic bytes and the test for binary data need a few bytes; streams may bring them one by
      // one.
      while bufferEnd < 4_096 {
        let got = try stored.read(into: buffer + bufferEnd, count: Self.bufferBytes - bufferEnd)
        if got == 0 { break }
        bufferEnd += got
      }
      let head = UnsafeBufferPointer(start: buffer, count: bufferEnd)
      switch StoredForm(head, name: stored.file.name) {
      case .plain:
        isCompressed = false
        inflater = nil
      case .gzip:
        isCompressed = true
        inflater = try GzipInflater(name: Self.shown(stored.file.name))
        stored.startHashing(head)
      case .foreign(let what, let remedy):
        throw IngestError(.badInput, "\(Self.shown(stored.file.name)): is \(what); \(remedy)")
      }
    } catch {
      buffer.deallocate()
      throw error
    }
  }

  deinit { buffer.deallocate() }

  /// How messages call the input.
  static func shown(_ name: String) -> String { name == "-" ? "standard input" : name }

  /// Bytes handed out so far.
  var count: UInt64 { hash.count }

  /// What identifies the content read so far.
  var content: SourceContent { hash.content }

  var storedBytes: UInt64 { stored.count }
  var storedHash: Hash128? { stored.hash }

  func readSome(into target: UnsafeMutablePointer<UInt8>, count wanted: Int) throws -> Int {
    let got = try isCompressed ? inflateSome(target, wanted) : copySome(target, wanted)
    hash.add(UnsafeBufferPointer(start: target, count: got))
    return got
  }

  private func copySome(_ target: UnsafeMutablePointer<UInt8>, _ wanted: Int) throws -> Int {
    guard bufferAt < bufferEnd else { return try stored.read(into: target, count: wanted) }
    let got = min(wanted, bufferEnd - bufferAt)
    target.update(from: buffer + bufferAt, count: got)
    bufferAt += got
    return got
  }

  private func inflateSome(_ target: UnsafeMutablePointer<UInt8>, _ wanted: Int) throws -> Int {
    guard let inflater else { return 0 }
    while !isAtEnd {
      let mayGoOn = inflater.mayGoOn && !isBetweenMembers
      if bufferAt == bufferEnd, !mayGoOn {
        bufferAt = 0
        bufferEnd = try stored.read(into: buffer, count: Self.bufferBytes)
        if bufferEnd == 0 {
          guard isBetweenMembers else { throw inflater.damage("the file ends too early") }
          isAtEnd = true
          break
        }
      }
      if isBetweenMembers { try startMember(inflater) }
      switch try inflater.inflate(
        buffer + bufferAt, bufferEnd - bufferAt, into: target, wanted)
      {
      case .progress(let taken, let written):
        bufferAt += taken
        if written > 0 { return written }
        guard taken > 0 || mayGoOn else { throw inflater.damage("the data makes no progress") }
      case .memberEnd(let taken, let written):
        bufferAt += taken
        isBetweenMembers = true
        if written > 0 { return written }
      }
    }
    return 0
  }

  private func startMember(_ inflater: GzipInflater) throws {
    if bufferEnd - bufferAt == 1 {
      buffer[0] = buffer[bufferAt]
      bufferAt = 0
      bufferEnd = 1 + (try stored.read(into: buffer + 1, count: Self.bufferBytes - 1))
    }
    guard bufferEnd - bufferAt >= 2, buffer[bufferAt] == 0x1F, buffer[bufferAt + 1] == 0x8B else {
      throw inflater.damage("something else follows behind the compressed data")
    }
    inflater.startMember()
    isBetweenMembers = false
  }
}
