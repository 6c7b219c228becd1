// Rejected lines are tried again, and keep their place when they fail again.

import Columnar
import EvtCore
import Foundation
import TestSupport
import Testing

@testable import Ingest

@Suite("Replayed rejects")
struct ReplaySourceTests {
  private static let good = "{\"event\":\"e\",\"timestamp\":\"2026-01-01\"}"

  private static func options(
    _ map: String? = nil, transforms: FieldTransforms = FieldTransforms()
  ) throws -> IngestOptions {
    var options = testOptions()
    options.isReplay = true
    if let map { options.mapping = .custom(try FieldMap(map)) }
    options.transforms = transforms
    return options
  }

  @Test("lines that a mapping was missing for are loaded, whatever is in them")
  func loads() throws {
    let lines = [
      #"{"event":"a","when":"2026-01-02","t":"ü\n\"\\"}"#,
      "  {\"event\":\"b\",\"when\":1767312000}",
      "{\"event\":\"c\",\"when\":\"2026-01-02\",\"z\":\"\u{7F}\"}",
    ]
    let first = try ingest(Self.good + "\n" + lines.joined(separator: "\n"))
    #expect(first.rows.count == 1 && first.rejects.count == 3)
    let again = try ingest(first.rejects.joined(), options: Self.options("timestamp=when"))
    let direct = try ingest(lines.joined(separator: "\n"), options: mapped("timestamp=when"))
    #expect(again.rows == direct.rows && again.rows.count == 3)
    #expect(again.rejects == [] && again.report.rows == 3)
  }

  /// The record of a line that is an event as soon as `when` is its time.
  private static func fixable() throws -> String {
    try ingest(good + "\n{\"event\":\"f\",\"when\":\"2026-01-01\"}").rejects[0]
  }

  @Test("what fails again keeps its source, line and offset, and can be replayed once more")
  func keepsPlaces() throws {
    let first = try ingest(
      Self.good + "\n{\"event\":\"a\"}\n\n"
        + "   {\"event\":\"b\",\"when\":\"x\"} {\"event\":\"c\"}\nx\n"
    ).rejects
    #expect(first.count == 4)
    let options = try Self.options("timestamp=when")
    let again = try ingest(first.joined() + Self.fixable(), options: options)
    #expect(again.rows == ["0 2026-01-01T00:00:00Z @event=text:f"])
    // The column was that in the line, of which only a part may have been kept.
    let expected = first.map { $0.replacing(",\"column\":1", with: "") }
    #expect(
      again.rejects.map { $0.replacing("timestamp is not a time", with: "no timestamp") }
        == expected)
    #expect(
      again.report.firstRejects.first?.description.hasSuffix("events:2: no timestamp") == true)
    let third = try ingest(again.rejects.joined() + Self.fixable(), options: options)
    #expect(third.rejects == again.rejects)
  }

  @Test("a whole random log gives the same rows when its rejects are replayed", arguments: 1...20)
  func random(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var lines: [[UInt8]] = []
    for _ in 0..<200 {
      let line = Array(
        "{\"event\":\"e\",\"ts\":\(1_767_225_600 + random.below(1_000)),\"n\":1}".utf8)
      let damaged = random.chance(1, in: 3) ? RandomEvent.damaged(line, &random) : line
      // A NUL would make all of it binary data.
      lines.append(damaged.filter { $0 != 0 })
    }
    let input = Array(lines.joined(separator: [InputForm.newline]))
    let direct = try ingest(input, options: mapped("timestamp=ts"))
    // Nothing has a time under this mapping, so that every line is rejected.
    var blind = testOptions()
    blind.mapping = .custom(try FieldMap("timestamp=ts.no"), preset: "evt")
    let good = Array("{\"event\":\"e\",\"ts\":{\"no\":\"2026-01-01\"}}\n".utf8)
    let rejected = try ingest(good + input, options: blind)
    let again = try ingest(rejected.rejects.joined(), options: Self.options("timestamp=ts"))
    #expect(again.rows == direct.rows, "seed \(seed)")
    #expect(again.rejects.count == direct.rejects.count, "seed \(seed)")
  }

  @Test("a text that was cut or withheld is rejected again with its reason")
  func incomplete() throws {
    let long = "{\"event\":\"e\",\"x\":\"" + String(repeating: "y", count: Limits.lineBytesMax)
    let hidden = try FieldTransforms(set: [], hash: [], drop: ["d"], truncateIP: [], key: nil)
    var options = testOptions()
    let cut = try ingest(Self.good + "\n" + long, options: options).rejects
    options.transforms = hidden
    let withheld = try ingest(Self.good + "\n{\"d\":1\n" + long, options: options).rejects
    #expect(cut.count == 1 && withheld.count == 2)
    for rejects in [cut, withheld] {
      #expect(
        try ingest(rejects.joined(), options: Self.options()).rejects
          == rejects.map {
            $0.replacing(",\"column\":7", with: "")
          })
    }
    let hiding = try ingest(cut.joined(), options: Self.options(transforms: hidden)).rejects
    #expect(hiding.count == 1 && hiding[0].contains("yyy") == false)
    #expect(hiding[0].hasSuffix("\"withheld\":true}\n"))
    let length = try #require(cut[0].range(of: "\"length\":"))
    #expect(hiding[0].contains(cut[0][length.lowerBound...].dropLast(2)))
  }

  @Test("hidden fields are hidden in what is replayed")
  func hides() throws {
    let hidden = try FieldTransforms(set: [], hash: [], drop: ["d"], truncateIP: [], key: nil)
    let rejects = try ingest(Self.good + "\n{\"event\":\"e\",\"d\":\"secret\"}\n").rejects
    let again = try ingest(
      rejects.joined() + Self.fixable(),
      options: Self.options("timestamp=when", transforms: hidden))
    #expect(again.rejects.count == 1 && !again.rejects[0].contains("secret"))
  }

  @Test(
    "what is no reject file is an error",
    arguments: [good, "[\(good)]", "{\n\"a\":1}", "x", "{\"source\":\"a\",\"line\":1}"])
  func foreign(text: String) throws {
    let error = #expect(throws: IngestError.self) { _ = try ingest(text, options: Self.options()) }
    #expect(error?.kind == .badInput && error?.message.contains("is no reject file") == true)
  }

  @Test("a line that is no record is rejected in its own place")
  func oddLine() throws {
    let record = try ingest(Self.good + "\n{\"event\":\"e\",\"when\":\"2026-01-01\"}\n").rejects[0]
    let outcome = try ingest(record + "\n\nodd\n" + record, options: Self.options("timestamp=when"))
    #expect(outcome.rows.count == 2)
    #expect(
      outcome.rejects == [
        "{\"source\":\"events\",\"line\":4,\"byte_offset\":\(record.utf8.count + 2),"
          + "\"reason\":\"not a record of a rejected line\",\"text\":\"odd\"}\n"
      ])
  }
}
