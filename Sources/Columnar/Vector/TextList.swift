// An immutable list of texts, as decoded from a block or a segment's dictionary.

/// Texts by index, in one piece of memory.
public final class TextList: Sendable {
  /// `ends[i]` is where text i ends in `bytes`; it begins where text i − 1 ends.
  public let ends: [UInt32]
  public let bytes: [UInt8]
  /// Whether the texts are distinct and in ascending byte order.
  public let isSortedDictionary: Bool

  /// The list without texts.
  public static let empty = TextList(ends: [], bytes: [], isSortedDictionary: true)

  /// Creates a list; `ends` must ascend and end at `bytes.count`.
  public init(ends: [UInt32], bytes: [UInt8], isSortedDictionary: Bool) {
    precondition(Int(ends.last ?? 0) == bytes.count, "BUG: text list with loose ends")
    self.ends = ends
    self.bytes = bytes
    self.isSortedDictionary = isSortedDictionary
  }

  /// Creates the list of `texts`, each given as its UTF-8 bytes.
  convenience init(_ texts: [[UInt8]]) {
    var end = 0
    let ends = texts.map { text in
      end += text.count
      return UInt32(end)
    }
    self.init(ends: ends, bytes: Array(texts.joined()), isSortedDictionary: false)
  }

  /// Creates the list of all texts of `lists`, one list behind the other.
  convenience init(joining lists: [TextList]) {
    var ends: [UInt32] = []
    var bytes: [UInt8] = []
    for list in lists {
      let base = UInt32(bytes.count)
      ends.append(contentsOf: list.ends.map { $0 + base })
      bytes.append(contentsOf: list.bytes)
    }
    self.init(ends: ends, bytes: bytes, isSortedDictionary: false)
  }

  /// The number of texts.
  public var count: Int { ends.count }

  /// Calls `body` with the UTF-8 bytes of text `index`.
  @inline(__always)
  public func withBytes<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result
  {
    let start = index == 0 ? 0 : Int(ends[index - 1])
    let end = Int(ends[index])
    return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  /// Text `index`.
  public subscript(index: Int) -> String {
    withBytes(index) { String(decoding: $0, as: UTF8.self) }
  }
}
