// Colour, glyphs and width: what the terminal can show and the user wants.

import ArgumentParser
import Glibc

/// When to use colour.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, always, never
}

/// When to draw charts.
enum ChartChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, always, never
}

/// How to draw on one stream. Colour never carries meaning alone.
struct TerminalStyle {
  var hasColor: Bool
  /// Whether bars and arrows must do with ASCII.
  var isASCII: Bool
  /// Whether bars are drawn; by themselves on terminals only, so that a pipe gets plain columns.
  var hasCharts: Bool
  /// The columns of the terminal, nil when the stream is none: nothing is cut then.
  var width: Int?

  /// Decides for the stream `descriptor`: `--color`, then NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR,
  /// then whether it is a terminal other than `dumb`.
  init(descriptor: Int32, color: ColorChoice, chart: ChartChoice = .auto, ascii: Bool) {
    let isTerminal = isatty(descriptor) == 1
    hasCharts = chart == .always || (chart == .auto && isTerminal)
    width = isTerminal ? Self.columns(of: descriptor) : nil
    isASCII = ascii || !Self.localeIsUTF8
    switch color {
    case .always: hasColor = true
    case .never: hasColor = false
    case .auto:
      if !Environment.text("NO_COLOR").isEmpty {
        hasColor = false
      } else if Self.isForced("CLICOLOR_FORCE") || Self.isForced("FORCE_COLOR") {
        hasColor = true
      } else {
        hasColor = isTerminal && Environment.text("TERM") != "dumb"
      }
    }
  }

  /// Standard error before the arguments are parsed, or when they cannot be.
  static func forStandardError(arguments: [String]) -> TerminalStyle {
    var color = ColorChoice.auto
    for (index, argument) in arguments.enumerated() {
      if argument == "--color", index + 1 < arguments.count {
        color = ColorChoice(rawValue: arguments[index + 1]) ?? color
      } else if argument.hasPrefix("--color=") {
        color = ColorChoice(rawValue: String(argument.dropFirst(8))) ?? color
      }
    }
    return TerminalStyle(descriptor: STDERR_FILENO, color: color, ascii: false)
  }

  func red(_ text: String) -> String { painted(text, "31;1") }
  func green(_ text: String) -> String { painted(text, "32") }
  func cyan(_ text: String) -> String { painted(text, "36") }
  func bold(_ text: String) -> String { painted(text, "1") }

  /// Text of one of several series; the colours come again after six.
  func series(_ text: String, number: Int) -> String {
    painted(text, ["36", "33", "32", "35", "34", "31"][number % 6])
  }

  private func painted(_ text: String, _ code: String) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private static func isForced(_ name: String) -> Bool {
    let value = Environment.text(name)
    return !value.isEmpty && value != "0"
  }

  private static var localeIsUTF8: Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      let value = Environment.text(name).lowercased()
      if !value.isEmpty { return value.contains("utf-8") || value.contains("utf8") }
    }
    return false
  }

  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }
}

/// The environment variables of the process.
enum Environment {
  /// The value of `name`, empty when it is not set.
  static func text(_ name: String) -> String {
    getenv(name).map { String(cString: $0) } ?? ""
  }
}
