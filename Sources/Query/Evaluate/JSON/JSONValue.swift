// JSON texts as values.

import EvtCore

/// A value of a JSON text.
indirect enum JSONValue: Hashable, Sendable {
  case scalar(Value)
  case array([JSONValue])
  case object([Member])

  struct Member: Hashable, Sendable {
    var key: [UInt8]
    var value: JSONValue
  }

  /// Levels of arrays and objects; deeper texts are none.
  private static let depthMax = 200

  /// Reads the whole of `text`; nil when it is no JSON.
  init?(parsing text: [UInt8]) {
    var reader = JSONReader(text)
    guard let value = reader.value(depthLeft: Self.depthMax), reader.isAtEnd else { return nil }
    self = value
  }

  /// The value; arrays and objects inside stay JSON.
  var value: Value {
    switch self {
    case .scalar(let value): value
    case .array(let items): .array(items.map(\.value))
    case .object: .json(text)
    }
  }

  /// The items of an array.
  var items: [JSONValue]? {
    if case .array(let items) = self { items } else { nil }
  }

  /// The value as compact JSON.
  var text: [UInt8] {
    switch self {
    case .scalar(let value): return ValueText.json(value)
    case .array(let items):
      return Array("[".utf8) + Array(items.map(\.text).joined(separator: ",".utf8))
        + Array("]".utf8)
    case .object(let members):
      let parts = members.map { ValueText.json(.text($0.key)) + Array(":".utf8) + $0.value.text }
      return Array("{".utf8) + Array(parts.joined(separator: ",".utf8)) + Array("}".utf8)
    }
  }

  /// The value under a key, or at a place: from 1, or from the end when negative.
  subscript(step: Value) -> JSONValue? {
    switch (self, step) {
    case (.object(let members), .text(let key)): return members.first { $0.key == key }?.value
    case (.object(let members), .int(let place)):
      return Self.index(place, members.count).map { members[$0].value }
    case (.array(let items), .int(let place)):
      return Self.index(place, items.count).map { items[$0] }
    default: return nil
    }
  }

  /// The index of what stands at `place`, counted from 1 or backwards from -1.
  static func index(_ place: Int64, _ count: Int) -> Int? {
    let index = place > 0 ? place - 1 : place < 0 ? Int64(count) + max(place, -1 << 40) : -1
    return index >= 0 && index < count ? Int(index) : nil
  }

  /// The value at the end of `path`.
  func value(at path: some Sequence<Value>) -> JSONValue? {
    var value = self
    for step in path {
      guard let next = value[step] else { return nil }
      value = next
    }
    return value
  }
}

/// Reads JSON from left to right.
private struct JSONReader {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether nothing but space is left.
  var isAtEnd: Bool { bytes[at...].allSatisfy { Self.isSpace($0) } }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private mutating func skipSpace() { while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 } }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func take(word: String) -> Bool {
    guard bytes[at...].starts(with: word.utf8) else { return false }
    at += word.utf8.count
    return true
  }

  mutating func value(depthLeft: Int) -> JSONValue? {
    guard depthLeft > 0 else { return nil }
    skipSpace()
    guard at < bytes.count else { return nil }
    switch UnicodeScalar(bytes[at]) {
    case "{": return object(depthLeft)
    case "[": return array(depthLeft)
    case "\"": return string().map { .scalar(.text($0)) }
    case "t": return take(word: "true") ? .scalar(.bool(true)) : nil
    case "f": return take(word: "false") ? .scalar(.bool(false)) : nil
    case "n": return take(word: "null") ? .scalar(.null) : nil
    default: return number()
    }
  }

  private mutating func object(_ depthLeft: Int) -> JSONValue? {
    at += 1
    var members: [JSONValue.Member] = []
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\""), let key = string(), take(":"),
        let value = value(depthLeft: depthLeft - 1)
      else { return nil }
      members.append(JSONValue.Member(key: key, value: value))
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func array(_ depthLeft: Int) -> JSONValue? {
    at += 1
    var items: [JSONValue] = []
    if take("]") { return .array([]) }
    repeat {
      guard let value = value(depthLeft: depthLeft - 1) else { return nil }
      items.append(value)
    } while take(",")
    return take("]") ? .array(items) : nil
  }

  private mutating func number() -> JSONValue? {
    let text = bytes[at...].prefix { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
    guard !text.isEmpty, let exact = ExactDecimal(parsing: text) else { return nil }
    at += text.count
    return .scalar(Arithmetic.number(exact))
  }

  private mutating func string() -> [UInt8]? {
    at += 1
    var out: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch UnicodeScalar(byte) {
      case "\"": return out
      case "\\":
        guard at < bytes.count, escape(into: &out) else { return nil }
      default: out.append(byte)
      }
    }
    return nil
  }

  private mutating func escape(into out: inout [UInt8]) -> Bool {
    let letter = UnicodeScalar(bytes[at])
    at += 1
    switch letter {
    case "\"", "\\", "/": out.append(UInt8(ascii: letter))
    case "b": out.append(0x08)
    case "f": out.append(0x0C)
    case "n": out.append(0x0A)
    case "r": out.append(0x0D)
    case "t": out.append(0x09)
    case "u":
      guard var code = hexadecimal() else { return false }
      if (0xD800..<0xDC00).contains(code), take(word: "\\u"), let low = hexadecimal() {
        code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
      }
      out += String(Character(UnicodeScalar(code) ?? "\u{FFFD}")).utf8
    default: return false
    }
    return true
  }

  private mutating func hexadecimal() -> UInt32? {
    let digits = bytes[at...].prefix(4)
    guard digits.count == 4,
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    at += 4
    return code
  }
}
