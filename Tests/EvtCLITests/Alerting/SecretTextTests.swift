// Tests of SecretText: the environment, and files that are private.

import Foundation
import Testing

@testable import EvtCLI

@Suite("Secret text")
struct SecretTextTests {
  private static let source = ConfigSource(path: "f.yaml", text: "url: x")
  private static let place = ConfigPlace(line: 1, column: 6)

  private static func expand(_ text: String) throws -> String {
    try SecretText.expanded(text, "url", at: place, source)
  }

  @Test("variables are replaced, once, and everything else stays")
  func expands() throws {
    setenv("EVT_TEST_A", "x${EVT_TEST_B}", 1)
    setenv("EVT_TEST_B", "y", 1)
    setenv("EVT_TEST_EMPTY", "", 1)
    #expect(try Self.expand("a${EVT_TEST_B}b${EVT_TEST_A}$c $") == "aybx${EVT_TEST_B}$c $")
    for text in ["${EVT_TEST_NONE}", "${EVT_TEST_EMPTY}", "${", "${}", "${1A}", "${A B}", "${A"] {
      #expect(throws: ConfigError.self, "\(text)") { try Self.expand(text) }
    }
    do {
      _ = try Self.expand("${EVT_TEST_NONE}")
    } catch let error as ConfigError {
      #expect(error.message.contains("EVT_TEST_NONE is not set"))
    }
  }

  @Test("a file is read when it is private and has one line")
  func files() throws {
    let directory = try WorkDirectory()
    func read(_ text: String, _ mode: mode_t) throws -> String {
      let path = try directory.write(text, to: "secret")
      chmod(path, mode)
      return try SecretText.line(ofFile: path, "url_file", at: Self.place, Self.source)
    }
    for mode: mode_t in [0o600, 0o400, 0o700] {
      #expect(try read("https://x/y\r\n", mode) == "https://x/y")
    }
    for mode: mode_t in [0o640, 0o604, 0o660, 0o644, 0o601] {
      #expect(throws: ConfigError.self) { try read("https://x/y\n", mode) }
    }
    for text in ["", "\n", "a\nb\n", String(repeating: "x", count: 100_000) + "\ny"] {
      #expect(throws: ConfigError.self) { try read(text, 0o600) }
    }
    for path in [directory.path, directory.path + "/none", "/dev/zero"] {
      #expect(throws: ConfigError.self) {
        try SecretText.line(ofFile: path, "url_file", at: Self.place, Self.source)
      }
    }
  }
}
