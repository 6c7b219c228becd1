// The files of the repository, as text.

import Foundation

/// A file and its lines.
struct TextFile: Sendable, CustomStringConvertible {
  /// Relative to the repository.
  var path: String
  var lines: [String]

  /// The name without folders.
  var name: String { String(path.split(separator: "/").last ?? "") }
  /// The target the file belongs to: the folder below `Sources` or `Tests`.
  var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }
  var description: String { path }

  /// The lines without comments and text literals, so that words in them do not count as code.
  var code: [String] {
    var inLiteral = false
    return lines.map { line in
      if line.contains("\"\"\"") { inLiteral.toggle() }
      if inLiteral { return "" }
      let bare = line.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"")
      return String(bare.prefix(upTo: bare.range(of: "//")?.lowerBound ?? bare.endIndex))
    }
  }

  /// The modules that the file imports.
  var imports: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ")
      guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
        words[..<position].allSatisfy({ $0.hasPrefix("@") || $0 == "public" })
      else { return nil }
      return String(words[position + 1])
    }
  }
}

/// The repository that these tests are part of.
enum Repository {
  static let path: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.path
  }()

  static let sources = files(in: "Sources", suffix: ".swift")
  static let tests = files(in: "Tests", suffix: ".swift")
  static let cSources = files(in: "Sources", suffix: ".c") + files(in: "Sources", suffix: ".h")

  /// All files below `folder` whose names end in `suffix`, by path.
  static func files(in folder: String, suffix: String) -> [TextFile] {
    guard let walk = FileManager.default.enumerator(atPath: path + "/" + folder) else { return [] }
    let names = walk.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.sorted()
    return names.compactMap { name in
      guard let data = FileManager.default.contents(atPath: "\(path)/\(folder)/\(name)") else {
        return nil
      }
      let text = String(decoding: data, as: UTF8.self)
      return TextFile(
        path: "\(folder)/\(name)",
        lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
  }
}

/// The findings of a rule, one a line as `path:line: error: what`, ready for an editor.
func findings(
  in files: [TextFile], _ rule: (TextFile) -> [(line: Int, what: String)]
) -> [String] {
  files.flatMap { file in
    rule(file).map { "\(file.path):\($0.line): error: \($0.what)" }
  }
}
