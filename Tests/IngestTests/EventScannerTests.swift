// From the text of an event to typed values: kinds, paths, repeated keys, limits.

import EvtCore
import Testing

@testable import Ingest

@Suite("Event scanner")
struct EventScannerTests {
  @Test(
    "values keep their kind",
    arguments: [
      ("\"a\":1", "a=int:1"), ("\"a\":-0", "a=double:-0.0"), ("\"a\":1.0", "a=double:1.0"),
      ("\"a\":1.50", "a=double:1.5"), ("\"a\":\"007\"", "a=text:007"), ("\"a\":\"\"", "a=text:"),
      ("\"a\":null", "a=null"), ("\"a\":true,\"b\":false", "a=true b=false"),
      ("\"a\":12345678901234567890", "a=decimal:12345678901234567890"),
      ("\"a\":1e400", "a=decimal:1e400"), ("\"a\":[]", "a=json:[]"), ("\"a\":{}", "a=json:{}"),
      ("\"a\":{ }", "a=json:{ }"), ("\"a\":[1, {\"b\":2}]", "a=json:[1, {\"b\":2}]"),
      ("\"a\":\"\\u00e9\\n\\ud834\\udd1e\"", "a=text:é\n𝄞"), ("\"a\":\"\\u0000\"", "a=text:\0"),
      ("\"a\" : 1 , \"b\"\t:\t2 ", "a=int:1 b=int:2"),
    ])
  func kinds(members: String, expected: String) throws {
    #expect(try row(members) == expected)
  }

  @Test(
    "keys become paths",
    arguments: [
      ("\"a\":{\"b\":1}", "a.b=int:1"), ("\"a\":{\"b\":{\"c\":1},\"d\":2}", "a.b.c=int:1 a.d=int:2"),
      ("\"a.b\":1", "`a.b`=int:1"), ("\"a.b\":1,\"a\":{\"b\":2}", "`a.b`=int:1 a.b=int:2"),
      ("\"\":1", "``=int:1"), ("\"a`b\":1", "`a``b`=int:1"), ("\"a\\nb\":1", "`a\nb`=int:1"),
      ("\"\\u0061\":1", "a=int:1"), ("\"a b\":1", "a b=int:1"), ("\"é\":1", "é=int:1"),
      ("\"a\\\\b\":1", "a\\b=int:1"), ("\"a\\\"b\":1", "a\"b=int:1"),
      ("\"a\":{\"\":{\"\":1}}", "a.``.``=int:1"),
    ])
  func paths(members: String, expected: String) throws {
    #expect(try row(members) == expected)
  }

  @Test("what lies deeper than eight keys is JSON text")
  func depth() throws {
    let eight = "\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":"
    #expect(try row(eight + "1}}}}}}}") == "a.b.c.d.e.f.g.h=int:1")
    #expect(
      try row(eight + "{\"i\":{\"j\":1}}}}}}}}}") == "a.b.c.d.e.f.g.h=json:{\"i\":{\"j\":1}}")
  }

  @Test(
    "the last of repeated keys wins",
    arguments: [
      ("\"a\":1,\"a\":2", "a=int:2", 1), ("\"a\":1,\"a\":\"x\"", "a=text:x", 1),
      ("\"a\":1,\"b\":2,\"a\":3", "a=int:3 b=int:2", 1),
      ("\"a\":{\"b\":1},\"a\":{\"c\":2}", "a.c=int:2", 1),
      ("\"a\":{\"b\":1,\"c\":{\"d\":2}},\"a\":3", "a=int:3", 1),
      ("\"a\":3,\"a\":{\"b\":1}", "a.b=int:1", 1), ("\"a\":{\"b\":1},\"a\":{\"b\":2}", "a.b=int:2", 1),
      ("\"a\":{\"b\":1,\"b\":2}", "a.b=int:2", 1), ("\"a\":1,\"\\u0061\":2", "a=int:2", 1),
      ("\"a\":1,\"a\":{\"b\":{\"c\":1}},\"a\":{\"b\":{\"c\":2,\"d\":3}}", "a.b.c=int:2 a.b.d=int:3", 2),
      ("\"user_id\":\"u\",\"user_id\":\"v\"", "@user_id=text:v", 1),
      ("\"user_id\":\"u\",\"user_id\":null", "@user_id=null", 1),
      ("\"a\":{\"b\":1},\"a\":[]", "a=json:[]", 1),
    ])
  func repeatedKeys(members: String, expected: String, count: Int) throws {
    #expect(try row(members) == expected)
    let event = "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\(members)}"
    #expect(try ingest(event).report.duplicateKeys == count)
  }

  @Test("a guess at the next key is only a guess")
  func predictions() throws {
    let lines = [
      "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"a\":1,\"b\":2}",
      "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"b\":3,\"a\":4}",
      "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"ab\":5}",
      "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"a\" :6,\"a\\u0062\":7}",
      "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"a\":{\"a\":8,\"b\":9},\"b\":10}",
      "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"a\":{\"b\":11}}",
    ]
    let rows = try ingest(lines.joined(separator: "\n")).rows
    #expect(
      rows.map { $0.replacing("0 2026-01-01T00:00:00Z @event=text:e ", with: "") } == [
        "a=int:1 b=int:2", "a=int:4 b=int:3", "ab=int:5", "a=int:6 ab=int:7",
        "a.a=int:8 a.b=int:9 b=int:10", "a.b=int:11",
      ])
  }

  @Test("properties given as text are opened when they are an object")
  func properties() throws {
    #expect(
      try row("\"properties\":\"{\\\"a\\\":1,\\\"b\\\":{\\\"c\\\":\\\"\\\\u00e9\\\\n\\\"}}\",\"z\":1")
        == "properties.a=int:1 properties.b.c=text:é\n z=int:1")
    #expect(try row("\"properties\":\" {\\\"a\\\" : 1} \"") == "properties.a=int:1")
    #expect(try row("\"properties\":\"{}\"") == "properties=text:{}")
    #expect(try row("\"properties\":\"{\\\"a\\\":}\"") == "properties=text:{\"a\":}")
    #expect(try row("\"properties\":\"{\\\"a\\\":1} x\"") == "properties=text:{\"a\":1} x")
    #expect(try row("\"properties\":\"[1]\"") == "properties=text:[1]")
    #expect(try row("\"a\":{\"properties\":\"{}\"}") == "a.properties=text:{}")
    #expect(
      try row("\"properties\":\"{\\\"a\\\":1}\",\"properties\":{\"b\":2}") == "properties.b=int:2")
  }

  @Test("many properties given as text need no room that was not there")
  func repeatedProperties() throws {
    let member = "\"properties\":\"{\\\"a\\\":\\\"\\\\n\\\"}\""
    let members = Array(repeating: member, count: 500).joined(separator: ",")
    #expect(try row(members) == "properties.a=text:\n")
  }

  @Test("an unmapped key with the name of a field goes below source")
  func sourceKeys() throws {
    let options = mapped("event=type,timestamp=at,user_id=uid")
    func rows(_ event: String) throws -> [String] { try ingest(event, options: options).rows }
    let base = "{\"type\":\"e\",\"at\":\"2026-01-01\""
    let head = "0 2026-01-01T00:00:00Z @event=text:e "
    #expect(try rows(base + ",\"event\":1,\"timestamp\":2}") == [head + "source.event=int:1 source.timestamp=int:2"])
    #expect(try rows(base + ",\"source\":{\"event\":1}}") == [head + "source.event=int:1"])
    #expect(
      try rows(base + ",\"event\":1,\"source\":{\"event\":2}}")
        == [head + "source.event=int:1 source.source.event=int:2"])
    #expect(
      try rows(base + ",\"source\":{\"event\":2,\"event\":3},\"event\":1,\"event\":4}")
        == [head + "source.event=int:3 source.source.event=int:4"])
    #expect(try rows(base + ",\"a\":{\"event\":1}}") == [head + "a.event=int:1"])
  }

  @Test("limits reject the event and nothing else")
  func limits() throws {
    func outcome(_ members: String) throws -> (Int, [String: Int]) {
      let event = "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\(members)}\n"
      let good = "{\"event\":\"e\",\"timestamp\":\"2026-01-01\"}\n"
      let outcome = try ingest(good + event + good)
      return (outcome.rows.count, outcome.report.rejectsByReason)
    }
    let longText = String(repeating: "x", count: Limits.textBytesMax)
    #expect(try outcome("\"a\":\"\(longText)\"").0 == 3)
    #expect(try outcome("\"a\":\"\(longText)x\"").1 == [RejectReason.textTooLong.text: 1])
    #expect(try outcome("\"a\":[\"\(longText)\"]").1 == [RejectReason.textTooLong.text: 1])
    let longKey = String(repeating: "k", count: Limits.pathBytesMax)
    #expect(try outcome("\"\(longKey)\":1").0 == 3)
    #expect(try outcome("\"\(longKey)k\":1").1 == [RejectReason.pathTooLong.text: 1])
    #expect(try outcome("\"a\":{\"\(longKey.dropLast())\":1}").1 == [RejectReason.pathTooLong.text: 1])
    let keys = (0..<Limits.keysPerEventMax - 2).map { "\"k\($0)\":1" }
    #expect(try outcome(keys.joined(separator: ",")).0 == 3)
    #expect(
      try outcome((keys + ["\"x\":1"]).joined(separator: ",")).1 == [
        RejectReason.tooManyKeys.text: 1
      ])
    #expect(
      try outcome("\"a\":[{" + keys.joined(separator: ",") + "}]").1 == [
        RejectReason.tooManyKeys.text: 1
      ])
    let deep = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
    #expect(try outcome("\"a\":\(deep)").0 == 3)
    #expect(try outcome("\"a\":[\(deep)]").1 == [RejectReason.tooDeep.text: 1])
  }

  @Test("more columns than a batch takes are spread over batches")
  func manyColumns() throws {
    let lines = (0..<60).map { line in
      let members = (0..<200).map { "\"k\(line * 200 + $0)\":\($0)" }.joined(separator: ",")
      return "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\(members)}"
    }
    let outcome = try ingest(lines.joined(separator: "\n"))
    #expect(outcome.rows.count == 60)
    #expect(outcome.batches.count > 1)
    #expect(outcome.rows[59].contains("k11999=int:199"))
  }
}

/// Options with a `--map`.
func mapped(_ text: String) -> IngestOptions {
  var options = testOptions()
  if let map = try? FieldMap(text) { options.mapping = .custom(map) }
  return options
}
