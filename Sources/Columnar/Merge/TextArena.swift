// Texts in one piece of memory whose address is known.

import EvtCore

/// Keeps copies of texts, by number.
final class TextArena {
  private var ends = GrowableBuffer<Int>()
  private var bytes = GrowableBuffer<UInt8>()

  /// The number of texts, and their bytes.
  var count: Int { ends.count }
  var byteCount: Int { bytes.count }

  /// Adds a copy of `text` and returns its number.
  func append(_ text: UnsafeRawBufferPointer) -> Int {
    bytes.append(contentsOf: text.bindMemory(to: UInt8.self))
    ends.append(bytes.count)
    return ends.count - 1
  }

  /// Forgets all texts.
  func removeAll() {
    ends.truncate(to: 0)
    bytes.truncate(to: 0)
  }

  /// All texts in the order in which they were added, valid until the next change.
  var texts: [UnsafeRawBufferPointer] {
    var start = 0
    return (0..<ends.count).map { index in
      defer { start = ends[index] }
      return UnsafeRawBufferPointer(start: bytes.base + start, count: ends[index] - start)
    }
  }
}
