// Writes stored rows back as the JSON objects they were.

import Columnar
import EvtCore

/// Appends JSON to bytes. Numbers are written as they were read, texts with the fewest escapes.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Appends a text in quotes.
  mutating func append(quoted text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0x08: append("\\b")
      case 0x0C: append("\\f")
      case 0..<0x20:
        append("\\u00")
        bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
        append(String(byte & 15, radix: 16))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a stored value.
  mutating func append(
    _ kind: ValueKind, number: Int64, text: () -> UnsafeRawBufferPointer
  ) {
    switch kind {
    case .absent, .null: append("null")
    case .bool: if number != 0 { append("true") } else { append("false") }
    case .int: append(String(number))
    case .double: append(NumberText.shortest(Double(bitPattern: UInt64(bitPattern: number))))
    case .decimal, .json: bytes.append(contentsOf: text())
    case .text: append(quoted: text())
    }
  }

  mutating func append(_ vector: ColumnVector, row: Int) {
    let kind = vector.kind(row)
    if kind.isTextual {
      vector.texts.withBytes(Int(vector.codes[row])) { text in
        append(kind, number: 0) { text }
      }
    } else {
      append(kind, number: kind.isNumeric ? vector.numbers[row] : 0) {
        UnsafeRawBufferPointer(start: nil, count: 0)
      }
    }
  }
}

/// The columns of one block as whole events.
struct EventWriter {
  private struct Property {
    var path: String
    var components: [String]
    var vector: ColumnVector
  }

  private var canonical: [(name: String, role: ColumnRole, vector: ColumnVector)] = []
  /// By path, ascending in bytes, so that members of one object stand together.
  private var properties: [Property] = []
  private var overflow: ColumnVector?

  /// Decodes `block` of `reader`.
  init(_ reader: SegmentReader, block: Int) throws {
    let roles: [ColumnRole] = [.event, .timestamp, .user, .session, .eventID]
    for (index, column) in reader.footer.columns.enumerated() {
      if column.role.tellsOrigin { continue }
      var vector = ColumnVector()
      try reader.decode(column: index, block: block, into: &vector)
      switch column.role {
      case .property:
        if vector.uniformKind == .absent { continue }
        let components = FieldPath.components(of: column.path)
        properties.append(Property(path: column.path, components: components, vector: vector))
      case .overflow: overflow = vector
      case .event, .user, .session, .eventID, .timestamp, .source, .run:
        canonical.append((column.role.canonicalName ?? "", column.role, vector))
      }
    }
    canonical.sort {
      (roles.firstIndex(of: $0.role) ?? 0) < (roles.firstIndex(of: $1.role) ?? 0)
    }
    properties.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Returns `row` as a JSON object: canonical fields first, then the others by path, in objects.
  func event(_ row: Int) -> [UInt8] {
    var json = JSONWriter()
    json.append("{")
    var isFirst = true
    for (name, role, vector) in canonical where vector.kind(row) != .absent {
      if !isFirst { json.append(",") }
      isFirst = false
      json.append(quoted: name.utf8)
      json.append(":")
      if role == .timestamp {
        json.append(quoted: TimeText.format(vector.numbers[row]).utf8)
      } else {
        json.append(vector, row: row)
      }
    }
    var nesting = Nesting(isFirst: isFirst)
    let members = overflowMembers(row)
    if members.isEmpty {
      for property in properties where property.vector.kind(row) != .absent {
        nesting.open(property.components, &json)
        json.append(property.vector, row: row)
      }
    } else {
      writeMerged(members, row, &nesting, &json)
    }
    nesting.close(&json)
    json.append("}")
    return json.bytes
  }

  private func overflowMembers(_ row: Int) -> [OverflowMember] {
    guard let overflow, overflow.kind(row) == .json else { return [] }
    let members = overflow.texts.withBytes(Int(overflow.codes[row])) {
      OverflowObject.members(of: $0)
    }
    return members?.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) } ?? []
  }

  /// Writes columns and overflow members in one order.
  private func writeMerged(
    _ members: [OverflowMember], _ row: Int, _ nesting: inout Nesting, _ json: inout JSONWriter
  ) {
    func write(_ member: OverflowMember) {
      nesting.open(FieldPath.components(of: member.path), &json)
      member.text.withUnsafeBytes { text in
        json.append(member.kind, number: member.bits) { text }
      }
    }
    var next = 0
    for property in properties where property.vector.kind(row) != .absent {
      while next < members.count,
        members[next].path.utf8.lexicographicallyPrecedes(property.path.utf8)
      {
        write(members[next])
        next += 1
      }
      nesting.open(property.components, &json)
      json.append(property.vector, row: row)
    }
    for member in members[next...] { write(member) }
  }
}

/// The objects that are open while members are written in the order of their paths.
private struct Nesting {
  private var open: [String] = []
  private var isFirst: Bool

  init(isFirst: Bool) { self.isFirst = isFirst }

  /// Closes and opens objects up to the member of path `components`, and writes its key.
  mutating func open(_ components: [String], _ json: inout JSONWriter) {
    let parents = components.dropLast()
    var shared = 0
    while shared < open.count, shared < parents.count, open[shared] == parents[shared] {
      shared += 1
    }
    for _ in shared..<open.count { json.append("}") }
    if open.count > shared { isFirst = false }
    open.removeSubrange(shared...)
    for parent in parents[shared...] {
      if !isFirst { json.append(",") }
      json.append(quoted: parent.utf8)
      json.append(":{")
      open.append(parent)
      isFirst = true
    }
    if !isFirst { json.append(",") }
    isFirst = false
    json.append(quoted: (components.last ?? "").utf8)
    json.append(":")
  }

  /// Closes all objects.
  mutating func close(_ json: inout JSONWriter) {
    for _ in open { json.append("}") }
    open = []
  }
}
