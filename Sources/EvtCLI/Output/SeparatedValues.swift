// CSV after RFC 4180 and TSV: a header, a row a line, nothing for null.

import EvtCore
import Query

/// Rows as lines of values with a separator between them.
struct SeparatedValues {
  enum Kind { case csv, tsv }

  var kind: Kind
  /// Whether text that a spreadsheet would take for a formula gets a leading quote.
  var guardsFormulas = false
  /// Whether the lines go to a terminal, which must not obey what is in them.
  var isForTerminal = false

  /// Appends the line of names.
  func header(_ columns: [ReportColumn], to out: inout OutputBuffer) {
    line(columns.map { .text($0.name) }, to: &out)
  }

  /// Appends one row.
  func line(_ values: [ResultValue], to out: inout OutputBuffer) {
    for (index, value) in values.enumerated() {
      if index > 0 { out.append(kind == .csv ? "," : "\t") }
      out.append(cell(value))
    }
    // A row of one empty value would be an empty line, which readers skip.
    if values.count == 1, kind == .csv, cell(values[0]).isEmpty { out.append("\"\"") }
    out.append("\n")
  }

  private func cell(_ value: ResultValue) -> String {
    var text = PlainText.of(value)
    if isForTerminal { text = SafeText.escaped(text) }
    if guardsFormulas, value.isTextual, let first = text.unicodeScalars.first,
      "=+-@\t\r".unicodeScalars.contains(first)
    {
      text = "'" + text
    }
    return kind == .csv ? quoted(text) : escaped(text)
  }

  private func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 != 0x22 && $0 != 0x2C && $0 != 0x0A && $0 != 0x0D }
    if isPlain { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { result += "\"\"" } else { result.unicodeScalars.append(scalar) }
    }
    return result + "\""
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\\": result += "\\\\"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension ResultValue {
  /// Whether the value is text that came from outside.
  var isTextual: Bool {
    switch self {
    case .text, .json: true
    case .null, .bool, .int, .double, .decimal, .time: false
    }
  }
}

/// Values as the plain text of separated values.
enum PlainText {
  /// The text of `value`: exact, without separators; empty for null.
  static func of(_ value: ResultValue) -> String {
    switch value {
    case .null: ""
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .double(let value): value.isFinite ? NumberText.shortest(value) : ""
    case .decimal(let text), .text(let text), .json(let text): text
    case .time(let nanoseconds): TimeText.format(nanoseconds)
    }
  }
}
