// evt alert against a real server: who is told, when again, and what nobody may see.

import Analytics
import Foundation
import Testing

@testable import EvtCLI

@Suite("evt alert")
struct AlertCommandTests {
  /// Ticks every minute of a morning; sales only between ten and eleven.
  private static func directory(_ rules: String) throws -> WorkDirectory {
    let directory = try WorkDirectory()
    try directory.write(rules, to: "rules.yaml")
    var lines = ""
    for minute in 0..<720 {
      let time = String(format: "2026-01-05T%02d:%02d:30Z", minute / 60, minute % 60)
      lines += #"{"event":"tick","timestamp":"\#(time)","user_id":"u"}"# + "\n"
      guard (600..<660).contains(minute) else { continue }
      lines += #"{"event":"sale","timestamp":"\#(time)","user_id":"u"}"# + "\n"
    }
    try directory.write(lines, to: "log.ndjson")
    let made = try Program.shell("evt ingest log.ndjson --store s.evt", in: directory.path)
    #expect(made.status == 0, "\(made.stderr)")
    return directory
  }

  private static func run(
    _ directory: WorkDirectory, at time: String, _ server: LoopbackServer? = nil,
    options: String = "", before: String = "", timeout: Double = 60
  ) throws -> ProgramResult {
    var environment = ["EVT_STORE": "s.evt", "EVT_NOW": "2026-01-05T\(time)Z"]
    if let server {
      environment["HOOK"] = "http://127.0.0.1:\(server.port)/services/T0P-SECRET?token=hush"
    }
    return try Program.shell(
      "\(before) evt alert --rules rules.yaml \(options)", in: directory.path,
      environment: environment, timeout: timeout)
  }

  private static let sales = """
    channels:
      ops:
        type: webhook
        url: "${HOOK}"
        headers: {X-Token: "k \\"e\\\\y, hush"}
        allow_private: true
        timeout: 500ms
    rules:
      - {id: sales, name: Sales "low" & <few>, type: volume_below, event: sale, threshold: 5,
         window: 30m, for: 10m, cooldown: 1h, severity: critical, channels: [ops]}
    """

  @Test("a server that answers 500, redirects and hangs is asked again until it takes the notice")
  func retries() throws {
    let directory = try Self.directory(Self.sales)
    let elsewhere = try LoopbackServer([.status(200)])
    let server = try LoopbackServer([
      .status(500), .redirect(to: "http://127.0.0.1:\(elsewhere.port)/"), .hang, .status(204),
      .status(200),
    ])
    defer {
      server.stop()
      elsewhere.stop()
    }
    // The window has been empty since the first event there is.
    #expect(try Self.run(directory, at: "09:00:00", server).status == 69)
    let redirected = try Self.run(directory, at: "09:01:00", server)
    #expect(redirected.status == 69)
    #expect(redirected.stderr.contains("HTTP status 302"))
    #expect(elsewhere.requests.count == 0)
    let hanging = try Self.run(directory, at: "09:02:00", server)
    #expect(hanging.status == 69)
    #expect(hanging.stderr.contains("no answer within 500ms"))
    #expect(try Self.run(directory, at: "09:03:00", server).status == 1)
    #expect(server.requests.count == 4)
    // The cooldown began only now.
    #expect(try Self.run(directory, at: "10:02:59", server).status == 1)
    #expect(server.requests.count == 4)
    #expect(try Self.run(directory, at: "10:03:00", server).status == 1)
    #expect(server.requests.count == 5)
    let since = server.requests.map { $0.body.firstMatch(of: /"key":"([^"]*)"/)?.1 }
    #expect(Set(since) == ["sales/2026-01-05T08:50:00Z"])
  }

  @Test("the payload is exact, has its headers, and is followed by one that all is well")
  func payload() throws {
    let directory = try Self.directory(Self.sales)
    let server = try LoopbackServer([.status(200)])
    defer { server.stop() }
    #expect(try Self.run(directory, at: "10:02:00", server).status == 1)
    #expect(try Self.run(directory, at: "10:20:00", server).status == 0)
    #expect(try Self.run(directory, at: "10:21:00", server).status == 0)
    #expect(
      server.requests.map(\.body) == [
        #"{"schema_version":1,"key":"sales/2026-01-05T09:52:00Z","rule":"sales","#
          + #""name":"Sales \"low\" & <few>","state":"firing","severity":"critical","value":2,"#
          + #""threshold":5,"window":"30m","since":"2026-01-05T09:52:00Z","#
          + #""at":"2026-01-05T10:02:00Z","detail":"2 of sale in 30m, below 5","#
          + #""reproduce":"evt query --store s.evt --event sale --since 2026-01-05T09:32:00Z"#
          + #" --until 2026-01-05T10:02:00Z"}"#,
        #"{"schema_version":1,"key":"sales/2026-01-05T09:52:00Z","rule":"sales","#
          + #""name":"Sales \"low\" & <few>","state":"resolved","severity":"critical","value":20,"#
          + #""threshold":5,"window":"30m","since":"2026-01-05T09:52:00Z","#
          + #""at":"2026-01-05T10:20:00Z","detail":"ok again after 28m: 20 of sale in 30m","#
          + #""reproduce":"evt query --store s.evt --event sale --since 2026-01-05T09:50:00Z"#
          + #" --until 2026-01-05T10:20:00Z"}"#,
      ])
    let head = server.requests[0].head
    #expect(head[0] == "POST /services/T0P-SECRET?token=hush HTTP/1.1")
    #expect(head.contains("Content-Type: application/json"))
    #expect(head.contains(#"X-Token: k "e\y, hush"#))
  }

  @Test("a notice that all is well again is repeated until it is taken")
  func resolvedRetries() throws {
    let directory = try Self.directory(Self.sales)
    let server = try LoopbackServer([.status(200), .status(503), .status(200)])
    defer { server.stop() }
    #expect(try Self.run(directory, at: "10:02:00", server).status == 1)
    #expect(try Self.run(directory, at: "10:20:00", server).status == 69)
    #expect(try Self.run(directory, at: "10:30:00", server).status == 0)
    #expect(try Self.run(directory, at: "10:31:00", server).status == 0)
    let states = server.requests.map { $0.body.firstMatch(of: /"state":"([^"]*)"/)?.1 }
    #expect(states == ["firing", "resolved", "resolved"])
    #expect(server.requests.last?.body.contains("ok again after 28m: 30 of sale") == true)
  }

  @Test("no secret is in a command line, an environment, a message or the store")
  func secrets() throws {
    let directory = try Self.directory(Self.sales)
    let server = try LoopbackServer([.late(200), .status(500)])
    defer { server.stop() }
    let first = try Self.run(directory, at: "09:00:00", server, options: "--verbose")
    let second = try Self.run(directory, at: "10:30:00", server, options: "--verbose")
    let dry = try Self.run(directory, at: "10:30:00", server, options: "--dry-run")
    #expect(server.requests.count == 2)
    #expect(first.status == 1 && second.status == 69)
    let processes = server.requests[0].processes
    #expect(processes.count >= 1)
    #expect(processes.contains { $0.contains("--config") })
    let store = try Program.shell("cat s.evt/alerts/*", in: directory.path).stdout
    let shown = [first, second, dry].map { $0.stdout + $0.stderr }
    for text in processes + shown + [store] {
      #expect(!text.contains("SECRET") && !text.contains("hush"), "\(text)")
    }
    #expect(second.stderr.contains("http://127.0.0.1:\(server.port): HTTP status 500"))
  }

  @Test("a channel that failed is not asked again in the same run, and others are")
  func oneFailure() throws {
    let rules =
      Self.sales + """

          - {id: second, type: no_data, event: sale, window: 5m, channels: [ops, stdout]}
          - {id: third, type: no_data, event: never, window: 5m, channels: [ops]}
        """
    let directory = try Self.directory(rules)
    let server = try LoopbackServer([.hang])
    defer { server.stop() }
    let result = try Self.run(directory, at: "09:00:00", server)
    #expect(result.status == 69)
    #expect(server.requests.count == 1)
    #expect(result.stdout.contains("FIRING warning second: 0 of sale in 5m; since"))
    #expect(result.stderr.contains("3 notices will be tried again"))
    #expect(result.stderr.contains("rule third: \"never\" was never seen in this store"))
  }

  @Test("two runs at once deliver once")
  func concurrent() throws {
    let directory = try Self.directory(Self.sales)
    let server = try LoopbackServer([.late(300)])
    defer { server.stop() }
    let alert = "evt alert --rules rules.yaml"
    let result = try Self.run(
      directory, at: "09:00:00", server,
      options: ">d; wait", before: "\(alert) >a & \(alert) >b & \(alert) >c & ")
    #expect(result.status == 0)
    #expect(server.requests.count == 1)
  }

  @Test("killed between the delivery and its record, a run repeats a notice but loses none")
  func killed() throws {
    let directory = try Self.directory(Self.sales)
    let server = try LoopbackServer([.status(200)])
    defer { server.stop() }
    try directory.write(
      "#!/bin/bash\n\(try Self.curl()) \"$@\"\nkill -9 $PPID\n", to: "curl")
    let before = "chmod +x curl; PATH=$PWD:$PATH"
    #expect(try Self.run(directory, at: "09:00:00", server, before: before).status == 137)
    #expect(server.requests.count == 1)
    #expect(try Self.run(directory, at: "09:01:00", server).status == 1)
    #expect(server.requests.count == 2)
    #expect(try Self.run(directory, at: "09:02:00", server).status == 1)
    #expect(server.requests.count == 2)
    let verify = try Program.shell("evt verify --store s.evt", in: directory.path)
    #expect(verify.status == 0, "\(verify.stdout)")
  }

  private static func curl() throws -> String {
    try Program.shell("command -v curl", in: Program.repository).stdout
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("without curl the status is 69 and says what to install; standard output still works")
  func missingCurl() throws {
    let directory = try Self.directory(
      Self.sales.replacing("channels: [ops]", with: "channels: [stdout, ops]"))
    let server = try LoopbackServer([.status(200)])
    defer { server.stop() }
    let result = try Self.run(
      directory, at: "09:00:00", server,
      before:
        "evt=$(command -v evt); mkdir none; PATH=$PWD/none $evt alert --rules rules.yaml; exit $?;")
    #expect(result.status == 69)
    #expect(result.stderr.contains("curl is not installed"))
    #expect(result.stderr.contains("apt-get install curl"))
    #expect(result.stdout.hasPrefix("FIRING critical sales"))
    #expect(server.requests.count == 0)
  }

  @Test("a dry run sends nothing and leaves nothing; the clock of the next run is its own")
  func dryRun() throws {
    let directory = try Self.directory(Self.sales)
    let server = try LoopbackServer([.status(200)])
    defer { server.stop() }
    let dry = try Self.run(directory, at: "09:00:00", server, options: "--dry-run")
    #expect(dry.status == 1)
    #expect(
      dry.stdout.hasPrefix("ops: {\"schema_version\":1,\"key\":\"sales/2026-01-05T08:50:00Z\""))
    #expect(server.requests.count == 0)
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/s.evt/alerts"))
    #expect(try Self.run(directory, at: "09:00:00", server).status == 1)
    // What would be sent is exactly what was.
    #expect(dry.stdout.hasPrefix("ops: \(server.requests[0].body)\n"))
  }

  @Test("a damaged memory is an error that says how to go on")
  func damage() throws {
    let directory = try Self.directory(Self.sales)
    let server = try LoopbackServer([.status(200)])
    defer { server.stop() }
    #expect(try Self.run(directory, at: "09:00:00", server).status == 1)
    let damaged = try Self.run(
      directory, at: "09:01:00", server, before: "printf x >> s.evt/alerts/state;")
    #expect(damaged.status == 65)
    #expect(damaged.stderr.contains("s.evt/alerts/state"))
    #expect(damaged.stderr.contains("remove it to start afresh"))
    #expect(server.requests.count == 1)
    let afresh = try Self.run(directory, at: "09:01:00", server, before: "rm s.evt/alerts/state;")
    #expect(afresh.status == 1)
    #expect(server.requests.count == 2)
  }

  @Test("the URL may stand in a private file beside the rules, and nowhere else")
  func urlFile() throws {
    let rules = Self.sales.replacing("url: \"${HOOK}\"", with: "url_file: secret/hook")
      .replacing("type: webhook", with: "type: slack")
    let directory = try Self.directory(rules)
    let server = try LoopbackServer([.status(200)])
    defer { server.stop() }
    let before = "mkdir -p secret; echo $HOOK > secret/hook;"
    let open = try Self.run(
      directory, at: "09:00:00", server, before: before + "chmod 640 secret/hook;")
    #expect(open.status == 2)
    #expect(open.stderr.contains("chmod 600"))
    let closed = try Self.run(
      directory, at: "09:00:00", server, before: before + "chmod 600 secret/hook;")
    #expect(closed.status == 1)
    #expect(
      server.requests.map(\.body) == [
        #"{"text":"FIRING critical sales (Sales \"low\" &amp; &lt;few&gt;): 0 of sale in 30m, "#
          + #"below 5; since 2026-01-05T08:50:00Z\nevt query --store s.evt --event sale"#
          + #" --since 2026-01-05T08:30:00Z --until 2026-01-05T09:00:00Z --allow-missing"}"#
      ])
  }

  @Test(
    "the rules in the help and in the manual are rules",
    arguments: [
      "evt help rules | sed -n '/^    channels/,/^$/p'",
      "sed -n '/^.Bd -literal/,/^.Ed/{/^[.]/d;p}' $MAN/evt-rules.5",
    ])
  func documentedRules(_ show: String) throws {
    let directory = try SampleStore.directory()
    let result = try Program.shell(
      """
      \(show) > r.yaml && echo https://hooks.example.com/x > slack-url && chmod 600 slack-url
      HOOK=https://hooks.example.com/x evt alert --rules r.yaml --dry-run -f ndjson 2>&1
      """, in: directory.path,
      environment: SampleStore.environment.merging(["MAN": Program.repository + "/man"]) { $1 })
    #expect(result.status == 1, "\(result.stdout)")
    #expect(result.stdout.contains("\"rule\":\"conv"))
  }

  @Test("the number of a notice is the one its command gives, for every notation of events")
  func reproduces() throws {
    let events = [
      "sale", "sale|tick", "\"sale\"", "*", "sale[timestamp >= '2026-01-05 10:30:00']|tick",
      "*[event = 'sale']", "\"it's, \\\\ odd\"|sale", "never",
    ]
    var rules = "rules:\n"
    for (index, event) in events.enumerated() {
      let quoted = "'" + event.replacing("'", with: "''") + "'"
      rules +=
        "  - {id: r\(index), type: volume_above, threshold: 0, window: 45m, event: \(quoted)}\n"
    }
    let directory = try Self.directory(rules)
    let dry = try Self.run(
      directory, at: "10:50:00", options: "--dry-run --format ndjson 2>/dev/null")
    #expect(dry.status == 1)
    struct Row: Decodable {
      var rule: String
      var value: Int
    }
    let rows = try dry.stdout.split(separator: "\n").map {
      try JSONDecoder().decode(Row.self, from: Data($0.utf8))
    }
    #expect(rows.map(\.value) == [45, 90, 45, 90, 65, 45, 45, 0])
    // Slack's payload has the command; here it is made from the same rule.
    for (row, text) in zip(rows, events) {
      let rule = try Self.rule(text)
      let command = AlertReproduction(
        rule: rule, counts: [row.value], now: 1_767_610_200_000_000_000, store: "s.evt"
      ).command
      let result = try Program.shell("\(command) --format csv 2>/dev/null", in: directory.path)
      #expect(result.stdout == "count\n\(row.value)\n", "\(command)")
    }
  }
}

extension AlertCommandTests {
  fileprivate static func rule(_ events: String) throws -> AlertRule {
    AlertRule(
      id: "r", name: "r", condition: .volumeAbove(try AlertEvents(parsing: events), threshold: 0),
      window: 2_700_000_000_000)
  }
}
