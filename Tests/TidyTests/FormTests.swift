// The form of files: their opening, their lines, their names, their tests.

import Testing

@Suite("Form")
struct FormTests {
  /// Columns of a line; tables in tests may be wider.
  static let columnsMax = 100
  /// Lines of a file: about 400, and never much more.
  static let linesMax = 450

  @Test("every file opens with a sentence on its purpose")
  func opensWithPurpose() {
    let files = Repository.sources + Repository.tests
    let wrong = findings(in: files) { file in
      let opening = file.lines.prefix { $0.hasPrefix("//") }.joined(separator: " ")
      let isSentence = opening.contains(".") || opening.contains(":")
      return file.lines.first?.hasPrefix("// ") == true && isSentence
        ? [] : [(1, "the file's purpose is missing on its first line")]
    }
    #expect(wrong == [])
  }

  @Test("lines of the sources have at most 100 columns")
  func linesAreShort() {
    let wrong = findings(in: Repository.sources + Repository.cSources) { file in
      file.lines.enumerated().filter { $0.element.count > Self.columnsMax }.map {
        ($0.offset + 1, "\($0.element.count) columns")
      }
    }
    #expect(wrong == [])
  }

  @Test("no tabs, no space at the end of a line, a newline at the end of a file")
  func spaceIsTidy() {
    let wrong = findings(in: Repository.sources + Repository.tests + Repository.cSources) { file in
      let spaces = file.lines.enumerated().filter { $0.element.hasSuffix(" ") }.map {
        (line: $0.offset + 1, what: "space at the end of the line")
      }
      let tabs = file.lines.enumerated().filter { $0.element.hasPrefix("\t") }.map {
        (line: $0.offset + 1, what: "tab")
      }
      let end =
        file.lines.last == "" ? [] : [(line: file.lines.count, what: "no newline at the end")]
      return spaces + tabs + end
    }
    #expect(wrong == [])
  }

  @Test("files are not too long")
  func filesAreShort() {
    let wrong = findings(in: Repository.sources) { file in
      file.lines.count > Self.linesMax
        ? [(file.lines.count, "more than \(Self.linesMax) lines: split it by topic")] : []
    }
    #expect(wrong == [])
  }

  @Test("files are named for what they hold")
  func namesSaySomething() {
    let vague = ["Utils", "Helpers", "Extensions", "Misc", "Common", "Part2"]
    let wrong = Repository.sources.filter { file in vague.contains { file.name.contains($0) } }
    #expect(wrong.map(\.path) == [])
  }
}
