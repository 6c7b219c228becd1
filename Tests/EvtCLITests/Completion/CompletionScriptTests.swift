// Tests of CompletionScript: the shells themselves complete, and run what they have completed.

import EvtCore
import Foundation
import Testing

@testable import EvtCLI

@Suite("Completion scripts")
struct CompletionScriptTests {
  /// A directory with a store of hostile names, `.evt`.
  private static func directory() throws -> WorkDirectory {
    let directory = try WorkDirectory()
    let names = HostileNames.all + HostileNames.dangerous
    var lines = ""
    for (index, name) in names.enumerated() {
      for time in index..<names.count {
        let event: [String: Any] = [
          "event": name, "timestamp": 1_740_000_000 + time, "user_id": "u",
          "properties": ["first name": 1, "total": 2.5, "$(touch run)": 3],
        ]
        let json = try JSONSerialization.data(withJSONObject: event, options: .sortedKeys)
        lines += String(decoding: json, as: UTF8.self) + "\n"
      }
    }
    try directory.write(lines, to: "hostile.ndjson")
    let result = try Program.shell("evt ingest -q hostile.ndjson", in: directory.path)
    try #require(result == ProgramResult(stdout: "", stderr: "", status: 0))
    return directory
  }

  /// Whether `shell` is here; a test that needs it is no test without.
  private static func has(_ shell: String) -> Bool {
    let status = try? Program.shell(
      "command -v \(shell) && command -v script", in: "/"
    ).status
    if status != 0 { print("no \(shell) here: its completion is not tested") }
    return status == 0
  }

  /// Types `keys` into an interactive shell and returns the words that the command then gets.
  private func words(_ shell: String, _ keys: String, in directory: WorkDirectory) throws
    -> [String]
  {
    // The command that is run in the end writes its words down; only TAB reaches evt.
    try directory.write(
      """
      evt() {
        if [ "$1" = ---complete ]; then command evt "$@"; else printf '%s\\0' "$@" > words; fi
      }
      HISTFILE=/dev/null
      """, to: "common")
    try directory.write(keys + "\nexit\n", to: "keys")
    let start =
      shell == "bash"
      ? "bash --noprofile --rcfile rc -i" : "env ZDOTDIR=\"$PWD\" zsh -d -i"
    let result = try Program.shell(
      """
      rm -f words
      { echo '. ./common'; evt --generate-completion-script bash; } > rc
      { echo 'autoload -Uz compinit && compinit -u -D; . ./common'
        evt --generate-completion-script zsh; } > .zshrc
      script -qec '\(start)' /dev/null < keys > screen 2>&1
      cat words
      """, in: directory.path, environment: ["TERM": "xterm"])
    // No control sequence out of a name has reached the terminal.
    let screen = try directory.read("screen")
    #expect(!screen.contains("red\u{1B}[31m") && !screen.contains("\u{202E}"))
    return result.stdout.split(separator: "\0", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
  }

  @Test(
    "what is completed is what the command gets", arguments: ["bash", "zsh"],
    [
      ("evt fun\t page_v\t,pag\t", ["funnel", "page_view,page_view"]),
      ("evt funnel page_view,Sig\t", ["funnel", "page_view,Sign in"]),
      (
        "evt funnel \"page_view,Sign i\t\" --by fir\t",
        ["funnel", "page_view,Sign in", "--by", "first name"]
      ),
      ("evt funnel sa\t,wha\t,pip\t", ["funnel", "\"say \"\"hi\"\"\",\"what?\",\"pipe|d\""]),
      ("evt funnel 'page_view,\"Sign u\t'", ["funnel", "page_view,\"Sign up, now\""]),
      (
        "evt query --agg count,su\ttot\t --color=al\t",
        ["query", "--agg", "count,sum:total", "--color=always"]
      ),
      ("evt query --event \\$\\(\t", ["query", "--event", "$(touch run)"]),
      (
        "evt query --event ns:\t --where 'tot\t > 1'",
        ["query", "--event", "ns:click", "--where", "total > 1"]
      ),
      ("evt query --where \"fir\t = 1\"", ["query", "--where", "`first name` = 1"]),
      ("evt query --event 'a!\t'", ["query", "--event", "a!b"]),
      ("evt ingest host\t", ["ingest", "hostile.ndjson"]),
      ("evt --store=.ev\tcatalogue info", ["--store=.evt/catalogue", "info"]),
    ])
  func completes(_ shell: String, _ line: (keys: String, words: [String])) throws {
    guard Self.has(shell) else { return }
    let directory = try Self.directory()
    #expect(try words(shell, line.keys, in: directory) == line.words)
    #expect(try !directory.list().contains("run"))
  }

  @Test("bash reads every name back, and runs none", arguments: ["", "'", "\""])
  func bashReadsNames(_ quote: String) throws {
    let directory = try Self.directory()
    let result = try Program.shell(
      """
      eval "$(evt --generate-completion-script bash)"
      COMP_LINE="evt funnel $QUOTE" COMP_POINT=999 COMP_TYPE=9
      _evt evt '' funnel
      for reply in "${COMPREPLY[@]}"; do eval "printf '%s\\0' $QUOTE$reply$QUOTE"; done
      """, in: directory.path, environment: ["QUOTE": quote])
    #expect(result.status == 0)
    #expect(result.stderr == "")
    let steps = result.stdout.split(separator: "\0").map(String.init)
    let expected = HostileNames.all.map {
      EventCompletion.isPlain($0) ? $0 : EventCompletion.quoted($0)
    }
    #expect(steps.map { ExactText($0) } == expected.map { ExactText($0) })
    #expect(try !directory.list().contains("run"))
  }

  @Test(
    "fish offers what the command should get",
    arguments: [
      ("evt fun", ["funnel"]), ("evt funnel page_v", ["page_view", "page_view,"]),
      ("evt funnel 'page_view,Sig", ["page_view,Sign in", "page_view,Sign in,"]),
      ("evt query --agg sum:tot", ["sum:total", "sum:total,"]),
      ("evt cohort --start page_v", ["page_view"]),
      ("evt cohort --return 'search|page_v", ["search|page_view"]),
      ("evt query --color=al", ["--color=always"]),
      ("evt query --where \"fir", ["`first name`", "`first name` "]),
      ("evt --store=.ev", ["--store=.evt/"]),
      ("evt query --event \\$", ["$(touch run)", "$HOME"]), ("evt ingest host", ["hostile.ndjson"]),
    ])
  func fish(_ line: String, _ expected: [String]) throws {
    guard Self.has("fish") else { return }
    let directory = try Self.directory()
    try directory.write(line, to: "line")
    let result = try Program.shell(
      """
      evt --generate-completion-script fish > evt.fish
      fish --no-config -c 'source evt.fish; complete -C (cat line | string collect)'
      """, in: directory.path)
    #expect(result.status == 0)
    #expect(result.stderr == "")
    let offered = result.stdout.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
    #expect(offered == expected.map { $0[...] })
    #expect(try !directory.list().contains("run"))
  }

  @Test("scripts are scripts that their shells take", arguments: Shell.allCases.map(\.rawValue))
  func parse(_ shell: String) throws {
    guard Self.has(shell) else { return }
    let directory = try WorkDirectory()
    for request in ["\(shell)", "", "=\(shell)"] {
      let option = "--generate-completion-script\(request.hasPrefix("=") ? "" : " ")\(request)"
      let result = try Program.shell(
        "evt \(option) > script && \(shell) -n script && cat script", in: directory.path,
        environment: ["SHELL": "/bin/\(shell)"])
      #expect(result.stderr == "")
      #expect(result.stdout == CompletionScript.text(for: try #require(Shell(rawValue: shell))))
    }
  }

  @Test("a script for another shell is an error")
  func otherShell() throws {
    let result = try Program.shell("evt --generate-completion-script tcsh", in: "/")
    #expect(result.status == 2)
    #expect(result.stdout == "")
  }

  @Test(
    "where no store can be read there are no names and no messages",
    arguments: [
      "true", "export EVT_STORE=none", "export EVT_STORE=hostile.ndjson", "mkdir .evt",
      "touch .evt",
      "evt ingest -q hostile.ndjson; truncate -s 40 .evt/catalogue/*",
      "evt ingest -q hostile.ndjson; rm -r .evt/catalogue",
      "evt ingest -q hostile.ndjson; rm .evt/FORMAT; mkfifo .evt/FORMAT",
    ])
  func unreadable(_ preparation: String) throws {
    let directory = try WorkDirectory()
    try directory.write(
      #"{"event":"page_view","timestamp":1740000000}"# + "\n", to: "hostile.ndjson")
    let result = try Program.shell(
      "{ \(preparation); } >/dev/null; timeout 5 evt ---complete fish 'evt funnel '",
      in: directory.path)
    #expect(result == ProgramResult(stdout: "comma replace\n", stderr: "", status: 0))
  }

  @Test("the store is found as for any command, and no segment is opened")
  func findsStore() throws {
    let directory = try Self.directory()
    let result = try Program.shell(
      """
      rm -r .evt/segments; mkdir -p a/b; cd a/b
      evt ---complete fish 'evt funnel page'
      mv ../../.evt ../store
      evt ---complete fish 'evt funnel page'
      evt ---complete fish 'evt --store ../store funnel page'
      evt ---complete fish 'evt --store=none funnel --store=../store page'
      evt ---complete fish 'evt funnel --store ~/a/store page'
      EVT_STORE=../store evt ---complete fish 'evt funnel page'
      """, in: directory.path)
    #expect(result.stderr == "")
    let count = HostileNames.all.count + HostileNames.dangerous.count
    let found = "comma\npage_view\t\(count)\npage_view,\t\n"
    #expect(
      result.stdout == found + "comma replace\n" + String(repeating: found, count: 4))
  }

  @Test("events stay when their rows are gone, behind the others")
  func goneEvents() throws {
    let directory = try WorkDirectory()
    try directory.write(
      """
      {"event":"old","timestamp":"2025-01-01"}
      {"event":"old","timestamp":"2025-01-01"}
      {"event":"new","timestamp":"2025-03-01"}

      """, to: "log.ndjson")
    let result = try Program.shell(
      """
      evt ingest -q log.ndjson && evt ---complete fish 'evt funnel '
      evt retain -q --days 30 --force --now 2025-03-02 && evt ---complete fish 'evt funnel '
      """, in: directory.path)
    #expect(result.stdout == "comma\nold\t2\nnew\t1\ncomma\nnew\t1\nold\t0\n")
    #expect(result.stderr == "")
  }
}
