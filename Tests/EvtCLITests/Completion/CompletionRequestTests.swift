// Tests of CompletionRequest and CursorPlace: from a command line to what follows.

import Foundation
import Testing

@testable import EvtCLI

@Suite("Completion requests")
struct CompletionRequestTests {
  private func answer(_ line: String, shell: String = "bash", _ more: String...) -> [String] {
    let request = CompletionRequest(["---complete", shell, line] + more)
    return request?.answer.split(separator: "\n").map(String.init) ?? []
  }

  @Test(
    "what follows is known by its place",
    arguments: [
      ("evt fun", ["space", "funnel"]), ("/usr/bin/evt fun", ["space", "funnel"]),
      ("sudo evt fun", ["space", "funnel"]), ("evt -q --color never fun", ["space", "funnel"]),
      ("evt help exi", ["space", "exit-codes"]), ("evt help fun", ["space", "funnel"]),
      ("evt help funnel q", ["space replace"]), ("evt query --format md", ["space replace"]),
      ("evt query -qf mark", ["space", "markdown"]),
      ("evt query --format=mark", ["space", "--format=markdown"]),
      ("evt query --color a", ["space", "auto", "always"]),
      ("evt query --al", ["space", "--allow-missing"]),
      ("evt query --stor", ["space", "--store"]), ("evt query -f", ["space", "-f"]),
      ("evt funnel --users d", ["open", "dropped:"]), ("evt gen --users d", ["space replace"]),
      ("evt ingest --preset seg", ["space", "segment"]), ("evt query --top ", ["space replace"]),
      ("evt query --store ", ["directories"]), ("evt query --store=", ["directories"]),
      ("evt query -o ", ["files"]), ("evt ingest a.ndjson ", ["files"]),
      ("evt query --by a > x", ["files"]),
      ("evt frobnicate ", []), ("evt query -- --stor", ["space replace"]),
      ("evt query --quiet=", ["space replace"]), ("evt retain --days 3 x", ["space replace"]),
      ("evt cohort --mode a", ["space", "after"]), ("evt cohort --every m", ["space", "month"]),
      ("evt trend --every d", ["space", "day"]), ("evt trend --week-start s", ["space", "sunday"]),
    ])
  func places(_ line: String, _ expected: [String]) {
    #expect(answer(line) == expected)
  }

  @Test("where nothing else can follow, options do")
  func options() {
    #expect(answer("evt info ").contains("--store"))
    #expect(answer("evt query ").contains("--by"))
    #expect(!answer("evt query ").contains("-f"))
    #expect(answer("evt query -").contains("-f"))
  }

  @Test("commands and options come with what they are for")
  func notes() {
    #expect(answer("evt ver", shell: "fish")[1].hasPrefix("verify\tCheck "))
    #expect(
      answer("evt query --allow", shell: "zsh")[1].hasPrefix(
        "--allow-missing\t--allow-missing  -- Take"))
  }

  @Test(
    "bash is told to replace what it is about to replace",
    arguments: [
      ("evt query --color=al", "al", "always"),
      ("evt query --agg count,p9", "count,p9", "count,p95:"),
      ("evt query --users x --agg su", "su", "sum:"), ("evt query --color 'al", "al", "always"),
      ("evt query --color a\\l", "a\\l", "a\\lways"),
    ])
  func replacement(_ line: String, _ replaced: String, _ expected: String) {
    #expect(answer(line, replaced)[1] == expected)
  }

  @Test("a list to read names no more than the last item")
  func listing() throws {
    #expect(answer("evt query --agg count,m", "count,m", "9").last == "count,median:")
    #expect(
      answer("evt query --agg count,m", "count,m", "63").dropFirst() == ["min:", "max:", "median:"])
  }

  @Test("time zones come as directories and files of the table that is there")
  func zones() throws {
    let directory = try WorkDirectory()
    let zones = ["Europe/Berlin", "Europe/Bern", "America/Indiana/Knox", "America/Lima", "Zulu"]
    try directory.write(zones.map { "Z \($0) 1 - LMT\n" }.joined(), to: "tzdata.zi")
    let words = ["", "E", "Europe/", "America/", "America/Indiana/", "Mars/"]
    let result = try Program.shell(
      words.map { "evt ---complete fish 'evt trend --tz \($0)'" }.joined(separator: "\n"),
      in: directory.path, environment: ["TZDIR": directory.path])
    #expect(
      result.stdout.split(separator: "\n").map { $0.prefix { $0 != "\t" } } == [
        "open", "America/", "Europe/", "UTC", "Zulu", "open", "Europe/", "space", "Europe/Berlin",
        "Europe/Bern", "open", "America/Indiana/", "America/Lima", "space", "America/Indiana/Knox",
        "space replace",
      ])
  }

  @Test("what is no question has no answer")
  func noRequest() {
    #expect(CompletionRequest([]) == nil)
    #expect(CompletionRequest(["---complete"]) == nil)
    #expect(CompletionRequest(["---complete", "tcsh", "evt "]) == nil)
    #expect(CompletionRequest(["funnel", "bash", "evt "]) == nil)
  }
}
