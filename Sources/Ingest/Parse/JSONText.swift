// Strings and skipped values of JSON text: checked against RFC 8259 byte by byte, never built.

import CKernels
import EvtCore

typealias Bytes = UnsafePointer<UInt8>

/// Checks JSON text by RFC 8259. All functions need `EVT_SCAN_PADDING` readable bytes behind the
/// text, and a control character or a structural byte at its end.
enum JSONText {
  /// What a check found wrong.
  typealias Failure = RejectReason

  /// Checks that `text` is one JSON value with nothing but white space around it.
  static func check(_ text: [UInt8], depthMax: Int = Limits.nestingDepthMax) -> Failure? {
    var padded = text
    padded.append(contentsOf: repeatElement(0, count: Int(EVT_SCAN_PADDING)))
    return padded.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return .expectedValue }
      let end = base + text.count
      var at = base
      skipSpace(&at, end)
      guard at < end else { return .expectedValue }
      var keys = 0
      if let failure = skipValue(&at, end, depth: 0, depthMax: depthMax, keys: &keys) {
        return failure
      }
      skipSpace(&at, end)
      return at == end ? nil : .textAfterEvent
    }
  }

  /// Moves past white space.
  @inline(__always)
  static func skipSpace(_ at: inout Bytes, _ end: Bytes) {
    while at[0] <= 0x20, at < end, isSpace(at[0]) { at += 1 }
  }

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Moves past the string whose opening quote is at `at`.
  static func skipString(_ at: inout Bytes, _ end: Bytes) -> Failure? {
    at += 1
    while true {
      let (length, isASCII) = span(at)
      if !isASCII, evt_is_utf8(at, length) == 0 { return .notUTF8 }
      at += length
      if at[0] == UInt8(ascii: "\"") {
        at += 1
        return nil
      }
      guard at[0] == UInt8(ascii: "\\") else { return at < end ? .controlCharacter : .unterminated }
      guard at + 1 < end else { return .unterminated }
      switch escape(&at, end) {
      case .success: continue
      case .failure(let failure): return failure.reason
      }
    }
  }

  /// The bytes before the next quote, backslash or control character.
  @inline(__always)
  static func span(_ at: Bytes) -> (length: Int, isASCII: Bool) {
    let packed = evt_string_span(at)
    let length = Int(truncatingIfNeeded: packed & ~(1 << 63))
    return (length, packed >> 63 == 0)
  }

  struct EscapeFailure: Error { var reason: Failure }

  /// Moves past the escape whose backslash is at `at`, and returns what it stands for.
  static func escape(
    _ at: inout Bytes, _ end: Bytes
  ) -> Result<UInt32, EscapeFailure> {
    let letter = at[1]
    at += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return .success(UInt32(letter))
    case UInt8(ascii: "b"): return .success(0x08)
    case UInt8(ascii: "f"): return .success(0x0C)
    case UInt8(ascii: "n"): return .success(0x0A)
    case UInt8(ascii: "r"): return .success(0x0D)
    case UInt8(ascii: "t"): return .success(0x09)
    case UInt8(ascii: "u"): break
    default:
      at -= 2
      return .failure(EscapeFailure(reason: .badEscape))
    }
    guard let first = hexadecimal(at) else {
      at -= 2
      return .failure(EscapeFailure(reason: .badEscape))
    }
    at += 4
    guard first & 0xF800 == 0xD800 else { return .success(first) }
    guard first < 0xDC00, at[0] == UInt8(ascii: "\\"), at[1] == UInt8(ascii: "u"),
      let second = hexadecimal(at + 2), second & 0xFC00 == 0xDC00
    else {
      at -= 6
      return .failure(EscapeFailure(reason: .loneSurrogate))
    }
    at += 6
    return .success(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
  }

  private static func hexadecimal(_ at: Bytes) -> UInt32? {
    var value: UInt32 = 0
    for index in 0..<4 {
      let byte = at[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
      // Also any byte behind the text, so nothing past it is looked at.
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Writes what the string whose opening quote is at `at` stands for to `target`, which has room
  /// for as many bytes as the string's text, and moves past it. Returns the number written.
  static func decodeString(
    _ at: inout Bytes, _ end: Bytes, into target: UnsafeMutablePointer<UInt8>
  ) -> Result<Int, EscapeFailure> {
    var out = target
    at += 1
    while true {
      let (length, isASCII) = span(at)
      if !isASCII, evt_is_utf8(at, length) == 0 {
        return .failure(EscapeFailure(reason: .notUTF8))
      }
      out.update(from: at, count: length)
      out += length
      at += length
      if at[0] == UInt8(ascii: "\"") {
        at += 1
        return .success(out - target)
      }
      guard at[0] == UInt8(ascii: "\\") else {
        return .failure(EscapeFailure(reason: at < end ? .controlCharacter : .unterminated))
      }
      guard at + 1 < end else { return .failure(EscapeFailure(reason: .unterminated)) }
      switch escape(&at, end) {
      case .success(let scalar): appendUTF8(scalar, &out)
      case .failure(let failure): return .failure(failure)
      }
    }
  }

  private static func appendUTF8(_ scalar: UInt32, _ out: inout UnsafeMutablePointer<UInt8>) {
    func continuation(_ shift: UInt32) -> UInt8 {
      UInt8(truncatingIfNeeded: 0x80 | (scalar >> shift & 0x3F))
    }
    switch scalar {
    case 0..<0x80:
      out[0] = UInt8(truncatingIfNeeded: scalar)
      out += 1
    case 0x80..<0x800:
      out[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
      out[1] = continuation(0)
      out += 2
    case 0x800..<0x10000:
      out[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
      out[1] = continuation(6)
      out[2] = continuation(0)
      out += 3
    default:
      out[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
      out[1] = continuation(12)
      out[2] = continuation(6)
      out[3] = continuation(0)
      out += 4
    }
  }

  /// Moves past the word `true`, `false` or `null` at `at`; returns false when none is there.
  @inline(__always)
  static func skipWord(_ at: inout Bytes) -> Bool {
    switch UnsafeRawPointer(at).loadUnaligned(as: UInt32.self).littleEndian {
    case 0x6C6C_756E, 0x6575_7274:  // null, true
      at += 4
      return true
    case 0x736C_6166 where at[4] == UInt8(ascii: "e"):  // fals
      at += 5
      return true
    default: return false
    }
  }
}
