// The scanner's slow twin: parses JSON into trees, and makes rows of the trees.

import EvtCore
import Glibc

/// A JSON value that remembers its text.
public indirect enum Tree {
  case null
  case bool(Bool)
  case number(String)
  case text([UInt8])
  case array(raw: [UInt8])
  case object([(key: [UInt8], value: Tree)], raw: [UInt8])
}

/// Parses strictly and recursively, with no thought for speed.
public struct TreeParser {
  /// Why does not matter.
  struct Refusal: Error {}
  private let bytes: [UInt8]
  private var at = 0
  private(set) var keys = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The value that all of `bytes` is.
  public static func parse(_ bytes: [UInt8], depth: Int = 0) throws -> (tree: Tree, keys: Int) {
    var parser = TreeParser(bytes)
    parser.space()
    let tree = try parser.value(depth)
    parser.space()
    guard parser.at == bytes.count else { throw Refusal() }
    return (tree, parser.keys)
  }

  /// Whether `bytes` begin with a value behind which another object begins.
  public static func holdsSeveral(_ bytes: [UInt8]) -> Bool {
    var parser = TreeParser(bytes)
    parser.space()
    guard (try? parser.value(0)) != nil else { return false }
    parser.space()
    return parser.next == UInt8(ascii: "{")
  }

  private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

  private mutating func space() {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
  }

  private mutating func take(_ character: Character) throws {
    guard next == character.asciiValue, at < bytes.count else { throw Refusal() }
    at += 1
  }

  private mutating func value(_ depth: Int) throws -> Tree {
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .text(try string())
    default: break
    }
    for (word, tree) in [("null", Tree.null), ("true", .bool(true)), ("false", .bool(false))]
    where bytes[at...].starts(with: word.utf8) {
      at += word.utf8.count
      return tree
    }
    return .number(try number())
  }

  private mutating func object(_ depth: Int) throws -> Tree {
    guard depth < Limits.nestingDepthMax else { throw Refusal() }
    let start = at
    var members: [(key: [UInt8], value: Tree)] = []
    try take("{")
    space()
    if next == UInt8(ascii: "}") {
      at += 1
      return .object([], raw: Array(bytes[start..<at]))
    }
    while true {
      let key = try string()
      keys += 1
      guard keys <= Limits.keysPerEventMax else { throw Refusal() }
      space()
      try take(":")
      space()
      members.append((key, try value(depth + 1)))
      space()
      if next == UInt8(ascii: "}") { break }
      try take(",")
      space()
    }
    at += 1
    return .object(members, raw: Array(bytes[start..<at]))
  }

  private mutating func array(_ depth: Int) throws -> Tree {
    guard depth < Limits.nestingDepthMax else { throw Refusal() }
    let start = at
    try take("[")
    space()
    if next != UInt8(ascii: "]") {
      while true {
        _ = try value(depth + 1)
        space()
        if next == UInt8(ascii: "]") { break }
        try take(",")
        space()
      }
    }
    at += 1
    return .array(raw: Array(bytes[start..<at]))
  }

  private mutating func string() throws -> [UInt8] {
    try take("\"")
    var text: [UInt8] = []
    while true {
      guard at < bytes.count else { throw Refusal() }
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard String(validating: text, as: UTF8.self) != nil else { throw Refusal() }
        return text
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw Refusal()
      default: text.append(byte)
      }
    }
  }

  private mutating func escape() throws -> [UInt8] {
    let letter = next
    at += 1
    let simple: [Character: UInt8] = [
      "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
    ]
    if let byte = simple[Character(Unicode.Scalar(letter))] { return [byte] }
    guard letter == UInt8(ascii: "u") else { throw Refusal() }
    var unit = try hexadecimal()
    if (0xD800..<0xDC00).contains(unit) {
      try take("\\")
      try take("u")
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw Refusal() }
      unit = 0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw Refusal() }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard at + 4 <= bytes.count else { throw Refusal() }
    let digits = bytes[at..<at + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw Refusal() }
    at += 4
    return value
  }

  private mutating func digits() throws {
    guard (0x30...0x39).contains(next) else { throw Refusal() }
    while (0x30...0x39).contains(next) { at += 1 }
  }

  private mutating func number() throws -> String {
    let start = at
    if next == UInt8(ascii: "-") { at += 1 }
    if next == UInt8(ascii: "0") { at += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      at += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }
}

/// Makes the row of an event the slow way, for the mapping `event`, `timestamp`, `user_id|uid`.
public struct TreeRow {
  struct Refusal: Error {}
  /// Paths, values as shown, and the text that a value has as a field; nil where it has none.
  private var cells: [(path: String, value: String, text: String?)] = []
  private var keys = 0
  private(set) var duplicates = 0

  /// The row as `render` shows it, without the source, and the repeated keys in it.
  public static func make(_ line: [UInt8]) throws -> (row: String, duplicates: Int) {
    let parsed = try TreeParser.parse(line)
    guard case .object(let members, _) = parsed.tree else { throw Refusal() }
    var row = TreeRow()
    row.keys = parsed.keys
    try row.add(members, above: [], depth: 1)
    guard row.keys <= Limits.keysPerEventMax else { throw Refusal() }
    let time = TimeText.format(try row.map())
    let sorted = row.cells.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    let shown = sorted.map { "\($0.path)=\($0.value)" }.joined(separator: " ")
    return ("\(time) \(shown)", row.duplicates)
  }

  private mutating func add(
    _ members: [(key: [UInt8], value: Tree)], above: [String], depth: Int
  ) throws {
    for (index, member) in members.enumerated() {
      let components = above + [String(decoding: member.key, as: UTF8.self)]
      let path = components.map(Self.quoted).joined(separator: ".")
      guard path.utf8.count <= Limits.pathBytesMax else { throw Refusal() }
      let isLast = !members[(index + 1)...].contains { $0.key == member.key }
      if !isLast { duplicates += 1 }
      let before = cells
      try add(member.value, at: path, components, depth)
      if !isLast { cells = before }
    }
  }

  private mutating func add(_ tree: Tree, at path: String, _ components: [String], _ depth: Int)
    throws
  {
    switch tree {
    case .null: cells.append((path, "null", nil))
    case .bool(let value): cells.append((path, "\(value)", "\(value)"))
    case .number(let lexeme): cells.append((path, Self.number(lexeme), lexeme))
    case .text(let text):
      if path == "properties", depth == 1, let inner = try? TreeParser.parse(text, depth: 1),
        case .object(let members, _) = inner.tree, !members.isEmpty
      {
        keys += inner.keys
        try add(members, above: components, depth: 2)
      } else {
        let text = String(decoding: text, as: UTF8.self)
        cells.append((path, "text:" + text, text))
      }
    case .array(let raw): cells.append((path, "json:" + String(decoding: raw, as: UTF8.self), nil))
    case .object(let members, let raw):
      if members.isEmpty || depth >= Limits.flattenedDepthMax {
        cells.append((path, "json:" + String(decoding: raw, as: UTF8.self), nil))
      } else {
        try add(members, above: components, depth: depth + 1)
      }
    }
  }

  /// Renames the fields and returns the time.
  private mutating func map() throws -> Int64 {
    func index(_ path: String) -> Int? { cells.firstIndex { $0.path == path } }
    guard let event = index("event"), let name = cells[event].text, !name.isEmpty,
      !["true", "false"].contains(cells[event].value)
    else { throw Refusal() }
    cells[event].path = "@event"
    cells[event].value = "text:\(name)"
    let users = ["user_id", "uid"].compactMap(index)
    let full = users.filter { cells[$0].value != "null" }
    // An empty text gives way to another key that says something.
    let isEmpty = full.first.map { cells[$0].value == "text:" } ?? false
    let other = full.first { cells[$0].value != "text:" && cells[$0].text != nil }
    if let user = (isEmpty ? other : nil) ?? full.first ?? users.first {
      cells[user].path = "@user_id"
      if let text = cells[user].text {
        cells[user].value = "text:\(text)"
      } else if cells[user].value != "null" {
        throw Refusal()
      }
    }
    // An object is no user, unless another key is one before it.
    let objects = ["user_id", "uid"].filter { path in
      cells.contains { $0.path.hasPrefix("\(path).") }
    }
    let winner = users.first { cells[$0].value != "null" }
    if let object = objects.first, winner == nil || object == "user_id" { throw Refusal() }
    for index in cells.indices where cells[index].path == "user_id" {
      cells[index].path = "source.user_id"
    }
    guard let time = index("timestamp"), let text = cells.remove(at: time).text,
      let instant = TimeText.parse(text) ?? TimeText.epoch(text), instant >= 0
    else { throw Refusal() }
    return instant
  }

  private static func quoted(_ key: String) -> String {
    let isOdd =
      key.isEmpty || key.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == 0x2E || $0 == 0x60 }
    return isOdd ? "`" + key.replacing("`", with: "``") + "`" : key
  }

  private static func number(_ lexeme: String) -> String {
    let isInteger = !lexeme.contains { ".eE".contains($0) }
    if isInteger, lexeme != "-0", let value = Int64(lexeme) { return "int:\(value)" }
    let value = strtod(lexeme, nil)
    let isExact = value.isFinite && canonical(lexeme) == canonical(value.description)
    return isExact ? "double:\(value)" : "decimal:\(lexeme)"
  }

  /// The magnitude as digits without zeros at either end, and the power of ten of the last one.
  private static func canonical(_ text: String) -> String {
    let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    var power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let halves = parts[0].drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    power -= halves.count > 1 ? halves[1].count : 0
    var digits = halves.joined()[...]
    while digits.last == "0" {
      digits.removeLast()
      power += 1
    }
    digits = digits.drop { $0 == "0" }
    return digits.isEmpty ? "zero" : "\(digits)e\(power)"
  }
}
