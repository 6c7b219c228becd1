// Where following begins in a file of which something may have been loaded before.

import CKernels
import Columnar
import EvtCore

/// The place behind what the ledger knows of a file.
struct FollowStart {
  /// The hash of everything before that place, and the line ends in it.
  var hash = ContentHash()
  var lines = 0
  /// The record of what was loaded before.
  var record: SourceRecord?

  /// The beginning of a file.
  init() {}

  /// Looks for `file` in the ledger.
  init(_ file: OpenFile, ledger: LedgerCheck) throws {
    switch try ledger.decide(file) {
    case .load: return
    case .skip(let known), .continuing(_, let known):
      record = known
      lines = Int(clamping: known.lines)
      let (hash, tail) = try Self.pass(file, to: known.content.bytes)
      self.hash = hash
      guard !tail.isEmpty else { return }
      lines -= 1
      // The last line had no end when it was read. If it was no event yet, it is one of those that
      // were rejected, and comes again as a whole.
      if tail.count <= Limits.lineBytesMax, !ContinuedStart.isComplete(tail) {
        self.hash = try Self.pass(file, to: known.content.bytes - UInt64(tail.count)).hash
      }
    }
  }

  private static func pass(
    _ file: OpenFile, to end: UInt64
  ) throws -> (hash: ContentHash, tail: [UInt8]) {
    var hash = ContentHash()
    var tail: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while hash.count < end {
      let wanted = Int(min(end - hash.count, UInt64(buffer.count)))
      let got = try buffer.withUnsafeMutableBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return 0 }
        let got = try file.read(at: hash.count, into: base, count: wanted)
        hash.add(UnsafeBufferPointer(start: base, count: got))
        return got
      }
      guard got > 0 else { break }
      let part = buffer[..<got]
      if let last = part.lastIndex(of: InputForm.newline) {
        tail = Array(part[(last + 1)...])
      } else if tail.count <= Limits.lineBytesMax {
        tail += part
      }
    }
    return (hash, tail)
  }
}
