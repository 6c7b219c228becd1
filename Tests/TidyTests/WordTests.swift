// Words that have no place in the sources, each with what to write instead.

import Foundation
import Testing

@Suite("Words")
struct WordTests {
  /// A word in code, and where it is allowed.
  struct Ban: Sendable {
    var word: String
    var instead: String
    var isAllowed: @Sendable (TextFile) -> Bool = { _ in false }
  }

  static let bans: [Ban] = [
    Ban(word: "try!", instead: "throw, or handle the error"),
    Ban(word: "as!", instead: "as? and an error"),
    Ban(word: "fatalError(", instead: "preconditionFailure(\"BUG: ...\") for our mistakes only"),
    Ban(word: "print(", instead: "OutputBuffer, which checks its writes"),
    Ban(word: "Date()", instead: "the clock of GlobalOptions.now"),
    Ban(word: "SystemRandomNumberGenerator", instead: "SeededRandom"),
    Ban(word: ".random(in:", instead: "SeededRandom"),
  ]

  @Test("banned calls do not occur")
  func bannedCalls() {
    let wrong = findings(in: Repository.sources) { file in
      file.code.enumerated().flatMap { index, line in
        Self.bans.filter { ban in
          guard !ban.isAllowed(file), let range = line.range(of: ban.word) else { return false }
          let before = line[..<range.lowerBound].last
          return before.map { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? true
        }.map { (index + 1, "\($0.word): write \($0.instead)") }
      }
    }
    #expect(wrong == [])
  }

  @Test("nothing is left for later in a comment")
  func nothingForLater() {
    // Spelled apart, so that this file does not find itself.
    let words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X"]
    let files = Repository.sources + Repository.tests + Repository.cSources
    let wrong = findings(in: files) { file in
      file.lines.enumerated().flatMap { index, line in
        words.filter { line.split(whereSeparator: { !$0.isLetter }).contains(Substring($0)) }
          .map { (index + 1, "\($0): do it, or open an issue") }
      }
    }
    #expect(wrong == [])
  }

  @Test("traps name themselves as bugs")
  func trapsAreBugs() {
    let wrong = findings(in: Repository.sources) { file in
      file.lines.enumerated().filter { _, line in
        (line.contains("preconditionFailure(\"")
          || line.contains(", \"BUG") == false
            && line.contains("precondition(") && line.hasSuffix("\")"))
          && !line.contains("BUG")
      }.map { ($0.offset + 1, "a trap's message begins with BUG:") }
    }
    #expect(wrong == [])
  }
}
