// The manual page and the help text say the same.

import Analytics
import EvtCore
import Glibc
import Testing

@Suite("SemanticsPage")
struct SemanticsPageTests {
  @Test("man/evt-semantics.7 and evt help semantics have the same words")
  func sameWords() throws {
    let page = try source(of: "man/evt-semantics.7")
    #expect(words(ofPage: page) == words(ofHelp: SemanticsPage.text))
    #expect(!SemanticsPage.text.isEmpty)
  }

  @Test("no line is too long for a terminal")
  func width() {
    for line in SemanticsPage.text.split(separator: "\n") { #expect(line.count <= 80) }
  }

  private func words(ofHelp text: String) -> [Substring] {
    text.split { $0 == " " || $0 == "\n" }.filter { $0 != "•" }
  }

  /// The words of mdoc source behind the section NAME.
  private func words(ofPage page: String) -> [Substring] {
    var words: [Substring] = []
    for line in page.split(separator: "\n").drop(while: { $0 != ".Sh TIME" }) {
      var text = line
      if line.hasPrefix(".") {
        guard [".Sh ", ".Ss ", ".It "].contains(where: line.hasPrefix) else { continue }
        text = line.dropFirst(4)
      }
      words += unescaped(text).split(separator: " ")
    }
    return words
  }

  private func unescaped(_ text: Substring) -> Substring {
    var plain = ""
    var rest = text
    while let first = rest.popFirst() {
      guard first == "\\" else {
        plain.append(first)
        continue
      }
      if rest.hasPrefix("(dq") {
        plain.append("\"")
        rest.removeFirst(3)
      } else if let escaped = rest.popFirst() {
        plain.append(escaped)
      }
    }
    return Substring(plain)
  }

  private func source(of path: String) throws -> String {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    guard let file = fopen("/\(root)/\(path)", "r") else {
      throw MissingPage(path: path)
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private struct MissingPage: Error { var path: String }
}
