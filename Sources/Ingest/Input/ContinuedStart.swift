// Where a file that grew is taken up again.

import Columnar
import CKernels
import EvtCore

/// Passes over the part of lined text that was loaded before.
struct ContinuedStart {
  /// The text to go on with, before what the reader has still to give.
  private(set) var head: [UInt8]
  /// Where that text begins in the input, and how many line ends stand before it.
  private(set) var offset: UInt64
  private(set) var lines: Int
  /// How much of the first line was loaded before.
  private(set) var column = 0

  /// Passes over the content of `record`; `head` is what was read already.
  ///
  /// The last line may have been incomplete when it was read. Then it was rejected, and is taken
  /// again as a whole; a line that was complete but for its line end is not.
  init(
    after record: SourceRecord, head: [UInt8], reader: any ContentSource, separator: UInt8
  ) throws {
    let known = record.content.bytes
    var tail: [UInt8] = []
    var passed: UInt64 = 0
    var rest = head
    var buffer: [UInt8] = []
    while passed < known {
      if rest.isEmpty {
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: 1 << 20) }
        let wanted = Int(min(known - passed, UInt64(buffer.count)))
        let got = try buffer.withUnsafeMutableBufferPointer { bytes in
          guard let base = bytes.baseAddress else { return 0 }
          return try reader.fill(base, count: wanted)
        }
        guard got > 0 else { break }
        rest = Array(buffer[..<got])
      }
      let part = rest.prefix(Int(min(known - passed, UInt64(rest.count))))
      if let last = part.lastIndex(of: separator) {
        tail = Array(part[(last + 1)...])
      } else if tail.count <= Limits.lineBytesMax {
        tail += part
      }
      passed += UInt64(part.count)
      rest.removeFirst(part.count)
    }
    let isOpen = !tail.isEmpty
    lines = Int(clamping: record.lines) &- (isOpen ? 1 : 0)
    if !isOpen || tail.count > Limits.lineBytesMax || Self.isComplete(tail) {
      column = tail.count
      offset = passed
      self.head = rest
    } else {
      offset = passed - UInt64(tail.count)
      self.head = tail + rest
    }
  }

  /// Whether `line` is nothing but whole objects.
  static func isComplete(_ line: [UInt8]) -> Bool {
    var padded = line
    padded.append(contentsOf: repeatElement(0, count: Int(EVT_SCAN_PADDING)))
    return padded.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return true }
      var at = base
      let end = base + line.count
      JSONText.skipSpace(&at, end)
      while at < end {
        var keys = 0
        guard at[0] == UInt8(ascii: "{"),
          JSONText.skipValue(&at, end, depth: 0, keys: &keys) == nil
        else { return false }
        JSONText.skipSpace(&at, end)
      }
      return true
    }
  }
}
