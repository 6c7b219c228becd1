// One line of a reject file, read back.

import CKernels
import EvtCore

/// Where a rejected text came from, and what is known of it beyond what was kept.
struct RejectOrigin {
  /// Nil for a line of the reject file itself that is no record of a reject.
  var source: String?
  /// From 1; for such a line, counted from the chunk's first.
  var line: Int
  var byteOffset: UInt64
  /// Length and hash of the whole text, when it was cut or withheld.
  var whole: (length: UInt64, hash: Hash128)?
}

/// A record as `RejectText` writes it.
struct RejectRecord {
  var origin: RejectOrigin
  var reason: RejectReason
  /// Nil when it was withheld.
  var text: [UInt8]?

  /// Whether the text is all there to be tried again.
  var isWhole: Bool { text != nil && origin.whole == nil }

  /// Reads `line`; nil when it is no record of a reject.
  init?(_ line: UnsafeBufferPointer<UInt8>) {
    guard let object = Self.object(line) else { return nil }
    var numbers: [String: UInt64] = [:]
    var texts: [String: [UInt8]] = [:]
    var members = CheckedJSON.Members(of: object)
    while let member = members.next() {
      let key = CheckedJSON.withText(of: member.key) { String(decoding: $0, as: UTF8.self) }
      if member.value.first == UInt8(ascii: "\"") {
        texts[key] = CheckedJSON.withText(of: member.value) { Array($0) }
      } else if let number = UInt64(String(decoding: member.value, as: UTF8.self)) {
        numbers[key] = number
      }
    }
    guard let source = texts["source"], let line = numbers["line"], let count = Int(exactly: line),
      let offset = numbers["byte_offset"],
      let reason = texts["reason"].flatMap({
        RejectReason(text: String(decoding: $0, as: UTF8.self))
      })
    else { return nil }
    self.reason = reason
    origin = RejectOrigin(
      source: String(decoding: source, as: UTF8.self), line: count, byteOffset: offset)
    text = texts["text"]
    if let encoded = texts["text_base64"] {
      guard let decoded = Self.decode(base64: encoded) else { return nil }
      text = decoded
    }
    if let length = numbers["length"], let digits = texts["hash"] {
      guard let hash = Hash128(hex: String(decoding: digits, as: UTF8.self)) else { return nil }
      origin.whole = (length, hash)
    }
    guard text != nil || origin.whole != nil else { return nil }
  }

  /// The object that `line` is, without spaces around it.
  private static func object(
    _ line: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8>? {
    guard let base = line.baseAddress else { return nil }
    let end = base + line.count
    var at = base
    JSONText.skipSpace(&at, end)
    let start = at
    var keys = 0
    guard at < end, at[0] == UInt8(ascii: "{"),
      JSONText.skipValue(&at, end, depth: 0, keys: &keys) == nil
    else { return nil }
    let object = UnsafeBufferPointer(start: start, count: at - start)
    JSONText.skipSpace(&at, end)
    return at == end ? object : nil
  }

  private static func decode(base64 text: [UInt8]) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var word: UInt32 = 0
    for (index, digit) in text.enumerated() {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = digit - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = digit - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0") + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "=") where index >= text.count - padding: value = 0
      default: return nil
      }
      word = word << 6 | UInt32(value)
      if index % 4 == 3 {
        for shift in [UInt32(16), 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        word = 0
      }
    }
    bytes.removeLast(padding)
    return bytes
  }
}

extension RejectReason {
  /// The reason that users read as `text`.
  fileprivate init?(text: String) {
    guard let found = Self.allCases.first(where: { $0.text == text }) else { return nil }
    self = found
  }
}
