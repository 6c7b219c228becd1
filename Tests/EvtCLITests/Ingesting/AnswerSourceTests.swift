// Answers straight from dumps: those of a store, and nothing left behind.

import Foundation
import TestSupport
import Testing

@Suite("Answers from dumps") struct AnswerSourceTests {
  private static let questions = [
    "query --agg count,users,sessions", "query --by event,country --agg count,users,sum:total",
    "query \"SELECT toDate(timestamp) AS d, uniqExact(user_id), max(total) FROM events GROUP BY d"
      + " ORDER BY d\"",
    "query --raw --columns event_id,timestamp,event,total", "query --raw",
    "query --raw --columns ''",
    "trend page_view,purchase --every day --by device", "trend --agg sum:total,uniq:context.os",
    "query --where \"JSONExtractString(properties, 'page') != '/' AND device = 'mobile'\"",
    "query \"SELECT count(), count(*), sum(total * 2) FROM events WHERE context.country = 'DE'\"",
    "funnel page_view,product_view,purchase --window 7d --by country",
    "funnel page_view,purchase --window 2d --users dropped:2",
    "cohort --every day", "cohort --start 'page_view[page = \"/\"]' --every day --by country",
  ]

  /// Two inputs, of which the second repeats events of the first and has a bad line.
  private func makeInputs(in folder: String, rows: Int) throws {
    let result = try Program.shell(
      """
      set -e
      evt gen --rows \(rows) --days 9 --users \(rows / 30 + 1) --seed 4 -o a.ndjson
      (tail -n \(rows / 10) a.ndjson; echo '{"event":'; evt gen --rows \(rows) --days 3 \
        --users \(rows / 30 + 1) --seed 5) > b.ndjson
      gzip -k b.ndjson
      """, in: folder)
    #expect(result.status == 0, "\(result.stderr)")
  }

  @Test("are those of a store that has ingested them", arguments: [1, 2])
  func likeAStore(threads: Int) throws {
    let directory = try WorkDirectory()
    let folder = directory.path
    try makeInputs(in: folder, rows: 6_000)
    let load = try Program.shell(
      "evt ingest -q a.ndjson b.ndjson --store s", in: folder)
    #expect(load.status == 0, "\(load.stderr)")
    for question in Self.questions {
      // Events of the same time come in any order.
      let script = "evt \(question) -f csv" + (question.contains("--raw") ? " | sort" : "")
      let stored = try Program.shell("export EVT_STORE=s; " + script, in: folder)
      #expect(stored.status == 0, "\(stored.stderr)")
      for inputs in ["-i a.ndjson -i b.ndjson.gz", "-i a.ndjson -i - --memory 16M < b.ndjson"] {
        let asked = try Program.shell(
          script.replacing("-f csv", with: "-f csv --threads \(threads) \(inputs)"), in: folder)
        #expect(asked.status == 0)
        #expect(asked.stderr.contains(":601:"), "\(asked.stderr)")
        #expect(asked.stdout == stored.stdout, "\(question) \(inputs)")
      }
    }
    #expect(try directory.list() == ["a.ndjson", "b.ndjson", "b.ndjson.gz", "s"])
  }

  @Test("leave nothing behind when they are killed")
  func killed() throws {
    let directory = try WorkDirectory()
    let folder = directory.path
    try makeInputs(in: folder, rows: 60_000)
    // Little memory, so that the temporary file is used.
    let ask = "exec evt query -q -i a.ndjson -i b.ndjson --memory 16M --by event"
    let start = ContinuousClock.now
    #expect(try Program.shell(ask, in: folder).status == 0)
    let whole = start.duration(to: .now) / .seconds(1)
    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededGenerator(seed: seed)
    var killed = 0
    for _ in 0..<30 {
      let moment = Double.random(in: 0.001...whole, using: &random)
      if try Program.shell(ask, in: folder, timeout: moment).status == 137 { killed += 1 }
      #expect(try directory.list() == ["a.ndjson", "b.ndjson", "b.ndjson.gz"], "seed \(seed)")
    }
    #expect(killed > 5, "only \(killed) runs were killed in time")
  }

  @Test("are refused by the rules of an ingest")
  func refused() throws {
    let directory = try WorkDirectory()
    try directory.write(String(repeating: "no event\n", count: 1_001), to: "bad")
    try directory.write(#"{"event":"a","timestamp":"2025-01-01"}"# + "\n", to: "good")
    for (arguments, status, words) in [
      ("-i bad", 65, "1,001 lines rejected"), ("-i bad --max-rejects 2000", 0, "lines rejected"),
      ("-i good -i none", 66, "none: no such file"), ("-i good --map x", 2, "lacks '='"),
      ("-i good --store s", 2, "-i asks dumps"), ("--map event=x", 2, "--map is for"),
      ("-i good --memory 1M", 2, "16M is the least"), ("-i good --preset no", 2, "no"),
    ] as [(String, Int32, String)] {
      for command in ["query", "funnel '*'", "trend", "cohort"] {
        let result = try Program.shell("evt \(command) \(arguments)", in: directory.path)
        #expect(result.status == status, "\(command) \(arguments): \(result.stderr)")
        #expect(result.stderr.contains(words), "\(command) \(arguments): \(result.stderr)")
      }
    }
    #expect(try directory.list() == ["bad", "good"])
  }
}
