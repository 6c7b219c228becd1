// Tests of TerminalStyle: who decides about colour.

import Testing

@testable import EvtCLI

@Suite("Terminal style")
struct TerminalStyleTests {
  @Test(
    "--color goes before NO_COLOR, and that before CLICOLOR_FORCE",
    arguments: [
      ("", [:], false), ("--color always", [:], true), ("--color always", ["NO_COLOR": "1"], true),
      ("", ["CLICOLOR_FORCE": "1"], true), ("", ["FORCE_COLOR": "0"], false),
      ("", ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false),
      ("--color never", ["CLICOLOR_FORCE": "1"], false), ("", ["NO_COLOR": ""], false),
    ] as [(String, [String: String], Bool)])
  func decides(_ option: String, _ environment: [String: String], _ hasColor: Bool) throws {
    let directory = try WorkDirectory()
    let result = try Program.shell(
      "evt info --store none \(option)", in: directory.path, environment: environment)
    #expect(result.stderr.contains("\u{1B}[") == hasColor)
    #expect(result.status == 66)
  }

  @Test("a locale without UTF-8 gets ASCII")
  func fallsBackToASCII() throws {
    let directory = try SampleStore.directory()
    let result = try Program.shell(
      "evt funnel page_view,purchase --chart always", in: directory.path,
      environment: SampleStore.environment.merging(["LC_ALL": "C"]) { $1 })
    #expect(result.stdout.utf8.allSatisfy { $0 < 0x80 })
    #expect(result.stdout.contains("####"))
  }
}
