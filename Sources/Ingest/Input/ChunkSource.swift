// Cuts the text of an input into chunks of whole events.

import CKernels
import EvtCore
import Glibc

/// Hands out the chunks of an input in order.
protocol ChunkSource: AnyObject {
  /// The next chunk, or nil at the end.
  func next() throws -> Chunk?
}

/// What both ways of cutting share: text that is read ahead, and where it stands.
///
/// Where chunks are cut depends on the text alone, not on how it arrives: a chunk is filled up to
/// its size before it is cut.
final class ChunkFiller {
  /// Bytes of text in one chunk, unless one line or element is longer.
  static let chunkBytes = 2 << 20

  private let reader: any ContentSource
  /// Text that was read but not handed out.
  private var ahead: [UInt8]
  /// The size of a chunk; tests make it small.
  let target: Int
  private(set) var isAtEnd = false

  /// Creates a filler for the text that begins with `head` and goes on in `reader`.
  init(_ reader: any ContentSource, head: [UInt8], target: Int = ChunkFiller.chunkBytes) {
    self.reader = reader
    self.target = target
    ahead = head
  }

  /// Appends to `chunk` until it holds `size` bytes or the input ends.
  func fill(_ chunk: Chunk, to size: Int) throws {
    guard chunk.count < size else { return }
    chunk.reserve(size)
    if !ahead.isEmpty {
      let taken = min(ahead.count, size - chunk.count)
      ahead.withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress { chunk.append(base, count: taken) }
      }
      ahead.removeFirst(taken)
    }
    let wanted = size - chunk.count
    guard wanted > 0, !isAtEnd else { return }
    let got = try chunk.extend(by: wanted) { try reader.fill($0, count: wanted) }
    if got < wanted { isAtEnd = true }
  }
}

extension Chunk {
  /// Lets `body` write at most `room` bytes behind the present ones; it returns how many it wrote.
  func extend(
    by room: Int, _ body: (UnsafeMutablePointer<UInt8>) throws -> Int
  ) rethrows -> Int {
    reserve(count + room)
    let written = try body(bytes + count)
    count += written
    return written
  }
}
