// The README shows what happens: its session is run and compared.

import Foundation
import Testing

@Suite("README")
struct ReadmeTests {
  private static let path = Program.repository + "/README.md"

  /// The README cut into what is before, in and behind its session.
  private func parts() throws -> (before: String, session: String, behind: String) {
    let text = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: Self.path)), as: UTF8.self)
    let opening = try #require(text.range(of: "```console\n"))
    let closing = try #require(text.range(of: "```\n", range: opening.upperBound..<text.endIndex))
    return (
      String(text[..<opening.upperBound]), String(text[opening.upperBound..<closing.lowerBound]),
      String(text[closing.lowerBound...])
    )
  }

  @Test("the session is the real one")
  func sessionIsReal() throws {
    let (before, session, behind) = try parts()
    let directory = try WorkDirectory()
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/Samples", withDestinationPath: Program.repository + "/Samples")
    let commands = session.split(separator: "\n").filter { $0.hasPrefix("$ ") }.map {
      $0.dropFirst(2)
    }
    #expect(commands.count >= 3)
    var blocks: [String] = []
    for command in commands {
      let result = try Program.shell("\(command) 2>&1", in: directory.path)
      // The reader's screen wraps; the page does not.
      blocks.append("$ \(command)\n" + result.stdout)
    }
    let real = blocks.joined(separator: "\n")
    if GoldenTests.isRewriting {
      try Data((before + real + behind).utf8).write(to: URL(fileURLWithPath: Self.path))
    } else {
      #expect(session == real)
    }
  }

  @Test("every command and every topic is named")
  func namesEverything() throws {
    let text = try Program.shell("cat README.md", in: Program.repository).stdout
    for word in [
      "ingest", "retain", "compact", "query", "funnel", "trend", "cohort", "info", "verify",
      "alert", "gen", "help",
    ] {
      #expect(text.contains("`evt \(word)"))
    }
    for topic in ["semantics", "expressions", "time", "formats", "presets", "rules", "exit-codes"] {
      #expect(text.contains("`\(topic)`"))
    }
  }

  @Test(
    "the commands of the figures are commands of evt",
    arguments: ["gen", "ingest", "info", "query", "funnel"])
  func figuresHaveCommands(_ verb: String) throws {
    let text = try Program.shell("cat README.md", in: Program.repository).stdout
    #expect(text.contains("| `evt \(verb)"))
  }

  // MARK: - Cron and CI

  /// The text of the code block that begins with `opening` behind the heading on cron.
  private func block(_ opening: String) throws -> String {
    let text = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: Self.path)), as: UTF8.self)
    let heading = try #require(text.range(of: "## In cron and in CI"))
    let start = try #require(
      text.range(of: opening, range: heading.upperBound..<text.endIndex)?.upperBound)
    let end = try #require(text.range(of: "```\n", range: start..<text.endIndex)?.lowerBound)
    return String(text[start..<end])
  }

  @Test("the crontab works as it stands, and is silent as long as nothing is wrong")
  func crontabWorks() throws {
    let directory = try SampleStore.directory()
    let rules = try block("```yaml\nchannels:\n")
    try directory.write("channels:\n" + rules, to: "alerts.yaml")
    let lines = try block("```crontab\n").split(separator: "\n").map {
      $0.replacing("/var/lib/evt", with: directory.path + "/cron.evt")
        .replacing("/etc/evt", with: directory.path)
        .replacing("/var/log/events", with: Program.repository + "/Samples/shop.ndjson")
    }
    let schedule = /([-*\/,0-9]+ +){5}/
    let settings = lines.filter { $0.firstMatch(of: /^[A-Z_]+=/) != nil }
    let commands = try lines.filter { !settings.contains($0) }.map {
      String($0[try #require($0.prefixMatch(of: schedule)).range.upperBound...])
    }
    #expect(settings.count == 2 && commands.count == 2)
    func run(_ command: String, now: String) throws -> ProgramResult {
      try Program.shell(
        """
        set -a; \(settings.joined(separator: "; ")); set +a
        sh -c '\(command)'
        """, in: directory.path, environment: ["EVT_NOW": now])
    }
    for command in commands {
      let result = try run(command, now: "2025-03-09T22:00:00Z")
      #expect(result == ProgramResult(stdout: "", stderr: "", status: 0), "\(command)")
    }
    // A week later nothing has come: the rules say so, and the hook of the example is not there.
    let late = try run(commands[0], now: "2025-03-16T22:00:00Z")
    #expect(late.status == 69)
    #expect(late.stdout.contains("purchase-drop  no_data"))
    #expect(late.stdout.contains("silence        firing"))
    #expect(!(late.stdout + late.stderr).contains("secret"))
    // 90 days later the first of seven days goes.
    let retained = try run(commands[1], now: "2025-06-02T03:17:00Z")
    #expect(retained == ProgramResult(stdout: "", stderr: "", status: 0))
    let left = try Program.shell(
      "evt query 'SELECT count() FROM events' --store cron.evt -f csv", in: directory.path)
    #expect(left.stdout == "count()\n462\n")
  }

  @Test("the step for CI works as it stands, and fails when an event is missing")
  func ciStepWorks() throws {
    let directory = try SampleStore.directory()
    let step = try block("```yaml\n- name: Check the tracking\n  run: |\n")
    func run(_ script: String) throws -> ProgramResult {
      try Program.shell(
        """
        cp \(Program.repository)/Samples/shop.ndjson events.ndjson && rm -rf ci.evt
        bash -e <<'EOF'
        \(script)
        EOF
        """, in: directory.path)
    }
    let passing = try run(step)
    #expect(passing.status == 0, "\(passing)")
    #expect(passing.stdout.isEmpty)
    let failing = try run(step.replacing("page_view", with: "page_vew"))
    #expect(failing.status == 1)
    #expect(failing.stdout.hasPrefix("::error title="))
  }
}
