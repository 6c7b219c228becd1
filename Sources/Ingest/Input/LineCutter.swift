// Cuts text with one event a line.

import CKernels
import EvtCore
import Glibc

/// Cuts behind the last line end that fits a chunk. A line longer than `Limits.lineBytesMax` is passed
/// over without being held.
final class LineCutter: ChunkSource {
  private let filler: ChunkFiller
  private let separator: UInt8
  /// The beginning of a line whose end is still to come.
  private var carry: Chunk?
  /// How much of `carry` is known to have no line end.
  private var carrySearched = 0
  private var offset: UInt64
  private let lineBytesMax: Int

  /// Creates a cutter for text whose first byte is number `offset` of the input.
  init(
    _ filler: ChunkFiller, separator: UInt8, offset: UInt64,
    lineBytesMax: Int = Limits.lineBytesMax
  ) {
    self.filler = filler
    self.separator = separator
    self.offset = offset
    self.lineBytesMax = lineBytesMax
  }

  func next() throws -> Chunk? {
    let chunk = carry ?? Chunk(form: .lines(separator: separator), capacity: filler.target)
    carry = nil
    var searched = carrySearched
    carrySearched = 0
    var size = max(filler.target, chunk.count + 1)
    while true {
      try filler.fill(chunk, to: size)
      if filler.isAtEnd, chunk.count < size { return finish(chunk) }
      if let end = lastSeparator(chunk, from: searched) { return cut(chunk, behind: end) }
      if chunk.count > lineBytesMax { return try passOver(chunk) }
      searched = chunk.count
      size = chunk.count + filler.target
    }
  }

  private func lastSeparator(_ chunk: Chunk, from start: Int) -> Int? {
    let behind = evt_last_byte(chunk.bytes + start, chunk.count - start, separator)
    return behind > 0 ? start + behind - 1 : nil
  }

  private func cut(_ chunk: Chunk, behind end: Int) -> Chunk {
    let kept = end + 1
    if chunk.count > kept {
      let rest = Chunk(form: .lines(separator: separator), capacity: filler.target)
      rest.append(chunk.bytes + kept, count: chunk.count - kept)
      carry = rest
      carrySearched = rest.count
      chunk.count = kept
    }
    return seal(chunk)
  }

  private func finish(_ chunk: Chunk) -> Chunk? { chunk.count > 0 ? seal(chunk) : nil }

  private func seal(_ chunk: Chunk) -> Chunk {
    chunk.offset = offset
    offset += UInt64(chunk.count)
    chunk.seal()
    return chunk
  }

  /// Reads on to the end of the line that fills `chunk`, and keeps its beginning only.
  private func passOver(_ chunk: Chunk) throws -> Chunk {
    var hasher = Hasher128()
    hasher.add(UnsafeRawBufferPointer(start: chunk.bytes, count: chunk.count))
    var length = UInt64(chunk.count)
    var lineEnds = 0
    while true {
      let part = Chunk(form: .lines(separator: separator), capacity: filler.target)
      try filler.fill(part, to: filler.target)
      let found = memchr(part.bytes, Int32(separator), part.count)
      let end = found.map { $0.assumingMemoryBound(to: UInt8.self) - part.bytes } ?? part.count
      hasher.add(UnsafeRawBufferPointer(start: part.bytes, count: end))
      length += UInt64(end)
      if found != nil {
        lineEnds = 1
        if end + 1 < part.count {
          let rest = Chunk(form: .lines(separator: separator), capacity: filler.target)
          rest.append(part.bytes + end + 1, count: part.count - end - 1)
          carry = rest
        }
        break
      }
      if part.count < filler.target { break }
    }
    let kept = Chunk(
      form: .overlong(length: length, hash: hasher.finish(), lines: 1),
      capacity: Limits.rejectedTextBytesMax)
    kept.append(chunk.bytes, count: min(chunk.count, Limits.rejectedTextBytesMax))
    kept.offset = offset
    kept.seal()
    offset += length + UInt64(lineEnds)
    return kept
  }
}
