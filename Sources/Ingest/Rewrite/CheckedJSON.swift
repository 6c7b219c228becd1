// Walking over JSON text that was checked before, so that nothing can go wrong on the way.

import CKernels
import EvtCore

/// Moves through values that `JSONText.skipValue` has accepted. The text may lack its padding, but
/// not the byte behind it.
enum CheckedJSON {
  /// One member of an object.
  struct Member {
    /// The key with its quotes.
    var key: UnsafeBufferPointer<UInt8>
    /// The value with nothing around it.
    var value: UnsafeBufferPointer<UInt8>
  }

  /// Goes through the members of an object.
  struct Members {
    private var at: Bytes
    private let end: Bytes

    /// Begins in `object`, which has its braces.
    init(of object: UnsafeBufferPointer<UInt8>) {
      (at, end) = CheckedJSON.inside(object)
    }

    /// The next member, or nil behind the last.
    mutating func next() -> Member? {
      guard CheckedJSON.skipSeparators(&at, end) else { return nil }
      let key = CheckedJSON.takeValue(&at, end)
      // Spaces and the colon.
      while at < end, at[0] == UInt8(ascii: ":") || JSONText.isSpace(at[0]) { at += 1 }
      return Member(key: key, value: CheckedJSON.takeValue(&at, end))
    }
  }

  /// Goes through the elements of an array.
  struct Elements {
    private var at: Bytes
    private let end: Bytes

    /// Begins in `array`, which has its brackets.
    init(of array: UnsafeBufferPointer<UInt8>) {
      (at, end) = CheckedJSON.inside(array)
    }

    /// The next element, or nil behind the last.
    mutating func next() -> UnsafeBufferPointer<UInt8>? {
      guard CheckedJSON.skipSeparators(&at, end) else { return nil }
      return CheckedJSON.takeValue(&at, end)
    }
  }

  private static func inside(_ value: UnsafeBufferPointer<UInt8>) -> (Bytes, Bytes) {
    guard let base = value.baseAddress, value.count >= 2 else {
      preconditionFailure("BUG: neither an object nor an array")
    }
    return (base + 1, base + value.count - 1)
  }

  /// Moves past spaces and commas; returns whether a value or key follows.
  private static func skipSeparators(_ at: inout Bytes, _ end: Bytes) -> Bool {
    while at < end, at[0] == UInt8(ascii: ",") || JSONText.isSpace(at[0]) { at += 1 }
    return at < end
  }

  /// Moves past the value at `at` and returns it.
  private static func takeValue(_ at: inout Bytes, _ end: Bytes) -> UnsafeBufferPointer<UInt8> {
    let start = at
    switch at[0] {
    case UInt8(ascii: "\""):
      at += 1
      while at < end, at[0] != UInt8(ascii: "\"") { at += at[0] == UInt8(ascii: "\\") ? 2 : 1 }
      at += 1
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      var walk = evt_json_walk()
      at += evt_json_walk_value(&walk, at, end - at)
    default:
      while at < end, !endsScalar(at[0]) { at += 1 }
    }
    return UnsafeBufferPointer(start: start, count: at - start)
  }

  private static func endsScalar(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
      || JSONText.isSpace(byte)
  }

  /// Calls `body` with what `string`, which has its quotes, stands for.
  static func withText<Result>(
    of string: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let inner = UnsafeBufferPointer(rebasing: string[1..<string.count - 1])
    guard inner.contains(UInt8(ascii: "\\")) else { return body(inner) }
    // Decoding looks ahead beyond the text.
    var padded = Array(string)
    padded.append(contentsOf: repeatElement(0, count: Int(EVT_SCAN_PADDING)))
    let text = [UInt8](unsafeUninitializedCapacity: string.count) { target, count in
      padded.withUnsafeBufferPointer { bytes in
        guard var at = bytes.baseAddress, let out = target.baseAddress else { return }
        let decoded = JSONText.decodeString(&at, at + string.count, into: out)
        if case .success(let written) = decoded { count = written }
      }
    }
    return text.withUnsafeBufferPointer(body)
  }
}
