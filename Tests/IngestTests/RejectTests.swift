// Rejected lines: what is kept of them, how they are counted, and when they end a run.

import TestSupport
import Testing

@testable import Ingest

@Suite("Rejects")
struct RejectTests {
  private static let good = "{\"event\":\"e\",\"timestamp\":\"2026-01-01\"}\n"

  @Test("a rejected line is kept with its place and reason")
  func record() throws {
    let outcome = try ingest(Self.good + "  {\"event\":\"a\\\"b\",\"x\":tru}\t\r\n" + Self.good)
    #expect(
      outcome.rejects == [
        "{\"source\":\"events\",\"line\":2,\"column\":23,\"byte_offset\":41,"
          + "\"reason\":\"not a JSON value (true, false and null are the only words)\","
          + "\"text\":\"{\\\"event\\\":\\\"a\\\\\\\"b\\\",\\\"x\\\":tru}\"}\n"
      ])
    #expect(outcome.report.rejected == 1 && outcome.report.rows == 2)
    #expect(
      outcome.report.firstRejects.first?.description.hasSuffix(
        "events:2:23: not a JSON value (true, false and null are the only words)") == true)
  }

  @Test("text that is not UTF-8 is kept in base 64")
  func base64() throws {
    let bytes = Array(Self.good.utf8) + Array("{\"a\":\"".utf8) + [0xFF, 0xC3] + Array("\"}".utf8)
    let outcome = try ingest(bytes)
    #expect(
      outcome.rejects.first?.hasSuffix(
        "\"reason\":\"invalid UTF-8 in a text\",\"text_base64\":\"eyJhIjoi/8MifQ==\"}\n") == true)
  }

  @Test("control characters in rejected text are escaped")
  func controls() throws {
    let outcome = try ingest(Self.good + "\u{1B}[31m\u{7F}\u{01}\n")
    #expect(outcome.rejects.first?.hasSuffix("\"text\":\"\\u001b[31m\\u007f\\u0001\"}\n") == true)
  }

  @Test("every reject is itself JSON")
  func isJSON() throws {
    var random = SeededGenerator(seed: 3)
    var lines: [UInt8] = Array(Self.good.utf8)
    for _ in 0..<300 {
      lines += RandomEvent.damaged(Array(Self.good.utf8), &random) + [InputForm.newline]
    }
    for reject in try ingest(lines).rejects { #expect(JSONText.check(Array(reject.utf8)) == nil) }
  }

  @Test("several objects on a line stand or fall one by one")
  func severalOnALine() throws {
    let event = String(Self.good.dropLast())
    let outcome = try ingest(
      event + event + " " + event + "{bad\n" + event + " trailer\n" + event + ",\n")
    #expect(outcome.rows.count == 3)
    #expect(
      outcome.report.rejectsByReason == [
        RejectReason.expectedKey.text: 1, RejectReason.textAfterEvent.text: 2,
      ])
  }

  @Test(
    "the limit ends the run",
    arguments: [
      (RejectLimit.count(0), 100, 1, true), (.count(1), 100, 1, false), (.percent(1), 99, 1, false),
      (.percent(1), 98, 1, true), (.percent(0), 100, 1, true),
      (.percent(100), 0, 50, false), (.standard, 10, 1_000, false), (.standard, 10, 1_001, true),
    ])
  func limit(limit: RejectLimit, good: Int, bad: Int, fails: Bool) throws {
    let text = String(repeating: Self.good, count: good) + String(repeating: "x\n", count: bad)
    var options = testOptions()
    options.maxRejects = limit
    guard fails else {
      #expect(try ingest(text, options: options).report.rejected == bad)
      return
    }
    let error = #expect(throws: IngestError.self) { _ = try ingest(text, options: options) }
    #expect(error?.kind == .tooManyRejects)
    #expect(error?.message.hasPrefix("\(bad) of \(good + bad) events rejected") == true)
  }

  @Test("the text of --max-rejects is a number or a percentage")
  func limitText() {
    #expect(RejectLimit("17") == .count(17))
    #expect(RejectLimit("2.5%") == .percent(2.5))
    for text in ["", "x", "-1", "101%", "-1%", "%", "1.5"] { #expect(RejectLimit(text) == nil) }
  }

  @Test("a hopeless run ends early")
  func hopeless() {
    #expect(RejectLimit.standard.isHopeless(rejected: 50_001, events: 100_000))
    #expect(!RejectLimit.standard.isHopeless(rejected: 50_000, events: 100_000))
    #expect(!RejectLimit.standard.isHopeless(rejected: 90_000, events: 99_999))
    #expect(!RejectLimit.percent(60).isHopeless(rejected: 90_000, events: 100_000))
    #expect(RejectLimit.count(5).isHopeless(rejected: 6, events: 6))
  }
}
