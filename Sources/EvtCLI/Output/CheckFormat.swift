// The formats of what checks came to: those of any answer, and those that build servers read.

import ArgumentParser

/// The format of the outcome of checks.
enum CheckFormat: Hashable, ExpressibleByArgument {
  case answer(OutputFormat)
  /// JUnit's XML: one test case a check.
  case junit
  /// One annotation of GitHub's a failure.
  case github

  static var allValueStrings: [String] { OutputFormat.allValueStrings + ["junit", "github"] }

  var defaultValueDescription: String {
    switch self {
    case .answer(let format): format.rawValue
    case .junit: "junit"
    case .github: "github"
    }
  }

  init?(argument: String) {
    switch argument {
    case "junit": self = .junit
    case "github": self = .github
    default:
      guard let format = OutputFormat(rawValue: argument) else { return nil }
      self = .answer(format)
    }
  }

  /// The format that the suffix of a file name stands for.
  init?(suffixOf path: String) {
    if path.lowercased().hasSuffix(".xml") {
      self = .junit
    } else if let format = OutputFormat(suffixOf: path) {
      self = .answer(format)
    } else {
      return nil
    }
  }
}
