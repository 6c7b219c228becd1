// Failed checks as annotations that GitHub shows beside a change.

/// Writes workflow commands (`::error title=…::…`), one a failure.
enum GitHubAnnotations {
  /// Appends the lines.
  static func write(_ outcomes: [CheckOutcome], command: String, to out: inout OutputBuffer) {
    for outcome in outcomes where outcome.status == .fail {
      out.append(
        line("error", title: "evt \(command): \(outcome.name)", outcome.message) + "\n")
    }
  }

  /// One workflow command; `level` is `error` or `warning`.
  static func line(_ level: String, title: String, _ message: String) -> String {
    "::\(level) title=\(escaped(title, isProperty: true))::\(escaped(message, isProperty: false))"
  }

  /// `text` in the escapes of workflow commands. Values of properties escape their separators too.
  static func escaped(_ text: String, isProperty: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where isProperty: result += "%3A"
      case "," where isProperty: result += "%2C"
      default: result += SafeText.escaped(String(scalar))
      }
    }
    return result
  }
}
