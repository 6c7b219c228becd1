// Each source file has its tests under its own name.

import Foundation
import Testing

@Suite("Suites")
struct SuiteTests {
  /// Source files without a suite of their name: declarations alone, or parts that are tested
  /// through the file named on their line of the list.
  static let exceptions: [String: String] = {
    let file = Repository.files(in: "Tests/TidyTests", suffix: "TestedElsewhere.txt").first
    var result: [String: String] = [:]
    for line in file?.lines ?? [] where !line.isEmpty && !line.hasPrefix("#") {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      result[words[0]] = words.count > 1 ? words[1] : ""
    }
    return result
  }()

  private static let suites = Set(Repository.tests.map(\.name))

  private static func suite(of file: TextFile) -> String {
    file.name.replacing(".swift", with: "Tests.swift")
  }

  @Test("every source file has a suite of its name, or says where it is tested")
  func haveSuites() {
    let missing = Repository.sources.filter {
      !Self.suites.contains(Self.suite(of: $0)) && Self.exceptions[$0.path] == nil
    }
    #expect(missing.map(\.path) == [], "write the suite, or a line in TestedElsewhere.txt")
  }

  @Test("the exceptions are current and name suites that exist")
  func exceptionsAreCurrent() {
    let paths = Set(Repository.sources.map(\.path))
    for (path, suite) in Self.exceptions {
      #expect(paths.contains(path), "\(path) is gone")
      #expect(!Self.suites.contains(suite) || suite.hasSuffix("Tests.swift"))
      if suite != "-" {
        #expect(Self.suites.contains(suite), "\(path): there is no \(suite)")
      }
    }
  }

  @Test("every suite is named after its subject, and every target has one")
  func targetsHaveSuites() {
    let targets = Set(Repository.tests.filter { $0.name.hasSuffix("Tests.swift") }.map(\.target))
    let layers = ["EvtCore", "Columnar", "Ingest", "Store", "Query", "Analytics", "EvtCLI"]
    for layer in layers { #expect(targets.contains(layer + "Tests")) }
  }
}
