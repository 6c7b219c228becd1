// Paths without a column of their own: a flat JSON object in the overflow column.

import EvtCore

/// Writes and reads the objects of the overflow column, `{"path":value,…}`, paths as in the
/// directory of columns. Only what `append` writes is read back.
public struct OverflowObject: Sendable {
  private(set) var text: [UInt8] = [UInt8(ascii: "{")]

  /// Creates an empty object.
  public init() {}

  /// Whether nothing was added.
  public var isEmpty: Bool { text.count == 1 }

  /// The finished JSON text.
  public var json: [UInt8] { text + [UInt8(ascii: "}")] }

  /// Adds a member. Texts are given as their bytes, numbers by their bits.
  public mutating func append(
    path: String, kind: ValueKind, bits: Int64, text value: UnsafeRawBufferPointer?
  ) {
    if !isEmpty { text.append(UInt8(ascii: ",")) }
    path.utf8.withContiguousStorageIfAvailable { appendQuoted(UnsafeRawBufferPointer($0)) }
      ?? Array(path.utf8).withUnsafeBytes { appendQuoted($0) }
    text.append(UInt8(ascii: ":"))
    switch kind {
    case .absent, .null: text.append(contentsOf: "null".utf8)
    case .bool: text.append(contentsOf: (bits == 0 ? "false" : "true").utf8)
    case .int: text.append(contentsOf: String(bits).utf8)
    case .double:
      text.append(contentsOf: Double(bitPattern: UInt64(bitPattern: bits)).description.utf8)
    case .decimal, .json: if let value { text.append(contentsOf: value) }
    case .text: if let value { appendQuoted(value) }
    }
  }

  private mutating func appendQuoted(_ raw: UnsafeRawBufferPointer) {
    text.append(UInt8(ascii: "\""))
    for byte in raw {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        text.append(UInt8(ascii: "\\"))
        text.append(byte)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        text.append(contentsOf: "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}

/// One member of an overflow object.
public struct OverflowMember: Sendable {
  public var path: String
  public var kind: ValueKind
  /// Number or bool as in `ColumnVector.numbers`.
  public var bits: Int64
  /// The text of textual kinds.
  public var text: [UInt8]
}

extension OverflowObject {
  /// Returns the members of `json`, or nil when it is not what `append` writes.
  public static func members(of json: UnsafeRawBufferPointer) -> [OverflowMember]? {
    var cursor = OverflowCursor(json)
    return cursor.members()
  }
}

/// Walks over the text of an overflow object.
private struct OverflowCursor {
  let json: UnsafeRawBufferPointer
  var position = 0

  init(_ json: UnsafeRawBufferPointer) { self.json = json }

  private var next: UInt8? { position < json.count ? json[position] : nil }

  private mutating func skip(_ byte: Character) -> Bool {
    guard let next, next == byte.asciiValue else { return false }
    position += 1
    return true
  }

  mutating func members() -> [OverflowMember]? {
    guard skip("{") else { return nil }
    var members: [OverflowMember] = []
    while !skip("}") {
      if !members.isEmpty, !skip(",") { return nil }
      guard let path = quoted(), skip(":"), var member = value() else { return nil }
      member.path = String(decoding: path, as: UTF8.self)
      members.append(member)
    }
    return position == json.count ? members : nil
  }

  private mutating func value() -> OverflowMember? {
    guard let next else { return nil }
    if next == UInt8(ascii: "\"") {
      return quoted().map { OverflowMember(path: "", kind: .text, bits: 0, text: $0) }
    }
    let start = position
    if next == UInt8(ascii: "[") || next == UInt8(ascii: "{") {
      guard skipNested() else { return nil }
      return OverflowMember(path: "", kind: .json, bits: 0, text: Array(json[start..<position]))
    }
    while let byte = self.next, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") {
      position += 1
    }
    return scalar(String(decoding: json[start..<position], as: UTF8.self))
  }

  private func scalar(_ text: String) -> OverflowMember? {
    switch text {
    case "null": return OverflowMember(path: "", kind: .null, bits: 0, text: [])
    case "true": return OverflowMember(path: "", kind: .bool, bits: 1, text: [])
    case "false": return OverflowMember(path: "", kind: .bool, bits: 0, text: [])
    default: break
    }
    if text != "-0", let integer = Int64(text) {
      return OverflowMember(path: "", kind: .int, bits: integer, text: [])
    }
    // The rule of the ingest: a double is a number that its shortest text restores.
    if let double = Double(text), double.description == text {
      let bits = Int64(bitPattern: double.bitPattern)
      return OverflowMember(path: "", kind: .double, bits: bits, text: [])
    }
    guard Double(text) != nil else { return nil }
    return OverflowMember(path: "", kind: .decimal, bits: 0, text: Array(text.utf8))
  }

  private mutating func skipNested() -> Bool {
    var depth = 0
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        guard quoted() != nil else { return false }
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
      position += 1
      if depth == 0 { return true }
    }
    return false
  }

  /// Reads a quoted text. JSON kept as it was written may hold any escape, which is why unknown
  /// ones are passed over as they are.
  private mutating func quoted() -> [UInt8]? {
    guard skip("\"") else { return nil }
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      if byte == UInt8(ascii: "\"") { return text }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard let escaped = next else { return nil }
      position += 1
      if escaped == UInt8(ascii: "u"), position + 4 <= json.count {
        let digits = String(decoding: json[position..<position + 4], as: UTF8.self)
        guard let scalar = UInt8(digits, radix: 16) else { continue }
        text.append(scalar)
        position += 4
      } else {
        text.append(escaped)
      }
    }
    return nil
  }
}
