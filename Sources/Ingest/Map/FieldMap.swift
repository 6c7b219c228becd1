// The text of `--map`.

import Columnar
import EvtCore

/// What a user wrote behind `--map`: `user_id=clientId|client_id,event=concept:name,timestamp=ts`.
///
/// Alternatives stand behind each other with `|`, dots descend, backticks quote odd keys.
public struct FieldMap: Hashable, Sendable {
  /// The key paths of the fields that were named.
  var paths: [CanonicalField: [String]] = [:]

  /// Reads the text of `--map`.
  /// - Throws: `IngestError` of kind `.usage` that says what is wrong and what is possible.
  public init(_ text: String) throws {
    for entry in Self.split(text, at: ",") {
      let parts = Self.split(entry, at: "=", limit: 1)
      let name = Self.trimmed(parts[0])
      guard parts.count == 2 else {
        throw Self.usage("'\(entry)' in --map lacks '='", help: "write FIELD=KEY, as in user_id=uid")
      }
      guard let field = CanonicalField(name: name) else {
        let names = CanonicalField.allCases.map(\.name).joined(separator: ", ")
        throw Self.usage("unknown field '\(name)' in --map", help: "the fields are \(names)")
      }
      guard paths[field] == nil else {
        throw Self.usage(
          "field '\(name)' stands twice in --map", help: "alternatives are joined: \(name)=a|b")
      }
      paths[field] = try Self.split(parts[1], at: "|").map { try Self.path($0, of: name) }
    }
    try checkClaims()
  }

  private func checkClaims() throws {
    var owner: [ExactText: CanonicalField] = [:]
    for field in CanonicalField.allCases {
      for path in paths[field] ?? [] {
        if let other = owner.updateValue(field, forKey: ExactText(path)) {
          throw Self.usage(
            "--map gives '\(path)' to \(other.name) and again to \(field.name)",
            help: "a key can be one field only")
        }
      }
    }
    guard owner.count <= FieldMapping.slotsMax / 2 else {
      throw Self.usage("--map names more than \(FieldMapping.slotsMax / 2) keys", help: "name fewer")
    }
  }

  private static func path(_ text: String, of field: String) throws -> String {
    let text = trimmed(text)
    guard let components = KeyPathText.split(text) else {
      throw usage(
        "'\(text)' is no key in --map \(field)=",
        help: "dots descend; put a key with dots or other odd characters in backticks")
    }
    return KeyPathText.join(components)
  }

  /// Splits at `separator` outside of backticks. By bytes: what looks alike may differ in keys.
  private static func split(_ text: String, at separator: Character, limit: Int = .max) -> [String] {
    var parts: [[UInt8]] = [[]]
    var isQuoted = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "`") { isQuoted.toggle() }
      if byte == separator.asciiValue, !isQuoted, parts.count <= limit {
        parts.append([])
      } else {
        parts[parts.count - 1].append(byte)
      }
    }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func trimmed(_ text: String) -> String {
    var bytes = Array(text.utf8)[...]
    let space = UInt8(ascii: " ")
    while bytes.first == space { bytes.removeFirst() }
    while bytes.last == space { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func usage(_ message: String, help: String) -> IngestError {
    IngestError(.usage, "\(message); \(help)")
  }
}
