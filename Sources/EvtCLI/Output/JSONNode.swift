// JSON output: keys in the order given, so that the same answer is always the same bytes.

import EvtCore
import Query

/// A JSON value to be written.
indirect enum JSONNode: Sendable {
  case value(ResultValue)
  case array([JSONNode])
  case object([(key: String, value: JSONNode)])

  static let null = JSONNode.value(.null)
  static func int(_ value: Int64) -> JSONNode { .value(.int(value)) }
  static func int(_ value: Int) -> JSONNode { .value(.int(Int64(value))) }
  static func count(_ value: UInt64) -> JSONNode { .value(.int(Int64(clamping: value))) }
  static func text(_ value: String) -> JSONNode { .value(.text(value)) }
  static func double(_ value: Double?) -> JSONNode { value.map { .value(.double($0)) } ?? .null }
  /// An instant in nanoseconds since 1970 as RFC 3339, null for nil.
  static func time(_ value: Int64?) -> JSONNode { value.map { .value(.time($0)) } ?? .null }

  /// The value in one line.
  var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Appends the value in one line.
  func write(to out: inout some TextSink & ~Copyable) {
    switch self {
    case .value(let value):
      Self.write(value, to: &out)
    case .array(let elements):
      out.append("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(",") }
        element.write(to: &out)
      }
      out.append("]")
    case .object(let members):
      out.append("{")
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(",") }
        Self.write(text: member.key, to: &out)
        out.append(":")
        member.value.write(to: &out)
      }
      out.append("}")
    }
  }

  /// Appends one value of an answer. What is no number in JSON is null.
  static func write(_ value: ResultValue, to out: inout some TextSink & ~Copyable) {
    switch value {
    case .null: out.append("null")
    case .bool(let value): out.append(value ? "true" : "false")
    case .int(let value): out.append(String(value))
    case .double(let value): out.append(value.isFinite ? NumberText.shortest(value) : "null")
    case .decimal(let text): out.append(text)
    case .text(let text): write(text: text, to: &out)
    case .json(let text): out.append(harmless(json: text))
    case .time(let nanoseconds): write(text: TimeText.format(nanoseconds), to: &out)
    }
  }

  /// Appends `text` as a JSON string. Besides what JSON asks for, everything that a terminal would
  /// obey or hide is escaped; it stays the same string to every parser.
  static func write(text: String, to out: inout some TextSink & ~Copyable) {
    out.append("\"")
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
      out.append(text)
    } else {
      var escaped = ""
      for scalar in text.unicodeScalars { append(scalar, to: &escaped) }
      out.append(escaped)
    }
    out.append("\"")
  }

  private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    default:
      if SafeText.isDangerous(scalar) {
        text += unicodeEscape(scalar)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }

  /// JSON text as it was stored, on one line and without what a terminal would obey. Control
  /// characters in it can only be space between tokens, all others only stand in strings.
  private static func harmless(json text: String) -> String {
    guard text.unicodeScalars.contains(where: SafeText.isDangerous) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 {
        result += " "
      } else if SafeText.isDangerous(scalar) {
        result += unicodeEscape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// `\u` and four digits; every character to be escaped is of the basic plane.
  private static func unicodeEscape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}
