// Content that is read and inflated by another thread.

import Columnar
import EvtCore

/// Reads a file, which it opens anew, on a thread of its own, up to a bounded number of bytes ahead
/// of whoever takes them. What it hands out, errors included, is what reading it here would give.
final class ReadAhead: ContentSource {
  /// What the reading thread hands over.
  private enum Part: Sendable {
    /// The next bytes, and how much of the file they took together with all before.
    case block([UInt8], storedBytes: UInt64)
    case end(SourceContent, storedHash: Hash128?)
    case failure(any Error)
  }

  private let parts: BoundedQueue<Part>
  private var block: [UInt8] = []
  private var blockAt = 0
  private var end: (content: SourceContent, storedHash: Hash128?)?
  private var failure: (any Error)?
  private(set) var count: UInt64 = 0
  private(set) var storedBytes: UInt64 = 0

  private static let blockBytes = 256 << 10

  /// Begins to read the file called `name`, at most `bytesAhead` ahead, but one block.
  init(_ name: String, bytesAhead: Int) {
    let parts = BoundedQueue<Part>(capacity: max(1, bytesAhead / Self.blockBytes))
    self.parts = parts
    _ = WorkerPool(threads: 1).submit { Self.read(name, into: parts) }
  }

  deinit { parts.cancel() }

  var content: SourceContent {
    guard let end else { preconditionFailure("BUG: content that was not read to its end") }
    return end.content
  }

  var storedHash: Hash128? { end?.storedHash }

  func readSome(into target: UnsafeMutablePointer<UInt8>, count wanted: Int) throws -> Int {
    while blockAt == block.count {
      if let failure { throw failure }
      if end != nil { return 0 }
      switch parts.pop() {
      case .block(let bytes, let storedBytes):
        (block, blockAt) = (bytes, 0)
        self.storedBytes = storedBytes
      case .end(let content, let storedHash): end = (content, storedHash)
      case .failure(let error): failure = error
      }
    }
    let got = min(wanted, block.count - blockAt)
    block.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { target.update(from: base + blockAt, count: got) }
    }
    blockAt += got
    count += UInt64(got)
    return got
  }

  // MARK: - The reading thread

  private static func read(_ name: String, into parts: BoundedQueue<Part>) {
    do {
      let reader = try ContentReader(StoredBytes(OpenFile(name)))
      var failure: (any Error)?
      while failure == nil {
        let block = [UInt8](unsafeUninitializedCapacity: blockBytes) { buffer, count in
          guard let base = buffer.baseAddress else { return }
          do {
            while count < blockBytes {
              let got = try reader.readSome(into: base + count, count: blockBytes - count)
              if got == 0 { break }
              count += got
            }
          } catch { failure = error }
        }
        // What was read before a failure is handed over before it.
        if !block.isEmpty, !parts.push(.block(block, storedBytes: reader.storedBytes)) { return }
        if block.count < blockBytes, failure == nil {
          _ = parts.push(.end(reader.content, storedHash: reader.storedHash))
          return
        }
      }
      if let failure { throw failure }
    } catch {
      _ = parts.push(.failure(error))
    }
  }
}
