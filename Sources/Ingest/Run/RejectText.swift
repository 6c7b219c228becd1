// One rejected line as a line of the reject file.

import CKernels
import EvtCore

/// Writes rejects as NDJSON: source, line, column, byte offset, reason and the text itself.
struct RejectText {
  private var bytes: [UInt8] = []

  /// The line for `reject`, whose text is `text`, nil if it must not be kept. Of longer text the
  /// first 64 KiB are kept. Where text is missing, `whole` says what all of it was.
  static func line(
    _ reject: RejectedLine, text: UnsafeBufferPointer<UInt8>?,
    whole: (length: UInt64, hash: Hash128)?
  ) -> [UInt8] {
    var line = RejectText()
    line.bytes.reserveCapacity((text?.count ?? 0) + 200)
    line.add("{\"source\":")
    line.addString(Array(reject.source.utf8))
    line.add(",\"line\":\(reject.line)")
    if let column = reject.column { line.add(",\"column\":\(column)") }
    line.add(",\"byte_offset\":\(reject.byteOffset),\"reason\":")
    line.addString(Array(reject.reason.text.utf8))
    if let text { line.addText(text, isCut: whole != nil) }
    if let whole { line.add(",\"length\":\(whole.length),\"hash\":\"\(whole.hash.hex)\"") }
    if text == nil { line.add(",\"withheld\":true") }
    line.add("}\n")
    return line.bytes
  }

  private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func addText(_ text: UnsafeBufferPointer<UInt8>, isCut: Bool) {
    var shown = text[...]
    if isCut {
      // The cut may have gone through a character.
      var tail = 0
      while tail < 3, let last = shown.last, last >= 0x80 {
        shown.removeLast()
        tail += 1
        if last >= 0xC0 { break }
      }
      if !Self.isUTF8(shown) { shown = text[...] }
    }
    if Self.isUTF8(shown) {
      add(",\"text\":")
      addString(shown)
    } else {
      add(",\"text_base64\":\"")
      addBase64(text)
      add("\"")
    }
  }

  private static func isUTF8(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let text = UnsafeBufferPointer(rebasing: text)
    guard let base = text.baseAddress else { return true }
    return evt_is_utf8(base, text.count) != 0
  }

  private mutating func addString(_ text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: add("\\n")
      case 0x0D: add("\\r")
      case 0x09: add("\\t")
      case 0..<0x20, 0x7F:
        add("\\u00")
        bytes.append(Self.hexDigit(byte >> 4))
        bytes.append(Self.hexDigit(byte & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static let base64Digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private mutating func addBase64(_ text: UnsafeBufferPointer<UInt8>) {
    for start in stride(from: 0, to: text.count, by: 3) {
      let group = text[start..<min(start + 3, text.count)]
      var word: UInt32 = 0
      for (index, byte) in group.enumerated() { word |= UInt32(byte) << UInt32(16 - 8 * index) }
      for digit in 0..<4 {
        let isPadding = digit > group.count
        let code = Int(word >> UInt32(18 - 6 * digit) & 63)
        bytes.append(isPadding ? UInt8(ascii: "=") : Self.base64Digits[code])
      }
    }
  }
}
