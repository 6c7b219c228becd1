// What can be asked for, and what is refused because it cannot be meant.

import Testing

@testable import Ingest

@Suite("Field transforms")
struct FieldTransformsTests {
  private static func transforms(
    set: [String] = [], hash: [String] = [], drop: [String] = [], truncateIP: [String] = [],
    key: String? = "key"
  ) throws -> FieldTransforms {
    try FieldTransforms(set: set, hash: hash, drop: drop, truncateIP: truncateIP, key: key)
  }

  /// The row of `event` under `transforms`, without its time.
  private static func row(
    _ event: String, _ transforms: FieldTransforms, preset: String? = nil
  ) throws -> String? {
    var options = testOptions()
    options.transforms = transforms
    if let preset { options.mapping = .preset(preset) }
    return try ingest(event, options: options).rows.first?
      .replacing("0 2026-01-01T00:00:00Z ", with: "")
  }

  private static func event(_ members: String) -> String {
    "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\(members)}"
  }

  @Test(
    "constants are texts, and go before what the event says",
    arguments: [
      ("env=prod", "\"a\":1", "@event=text:e a=int:1 env=text:prod"),
      ("env=", "\"a\":1", "@event=text:e a=int:1 env=text:"),
      ("n=1", "\"a\":1", "@event=text:e a=int:1 n=text:1"),
      ("a=b=c", "\"a\":1", "@event=text:e a=text:b=c"),
      ("p.env=x", "\"p\":{\"env\":\"y\",\"q\":1}", "@event=text:e p.env=text:x p.q=int:1"),
      ("`a.b`=x", "\"c\":1", "@event=text:e `a.b`=text:x c=int:1"),
    ])
  func constants(set: String, members: String, expected: String) throws {
    let transforms = try Self.transforms(set: [set])
    #expect(try Self.row(Self.event(members), transforms) == expected)
    let many = String(repeating: Self.event(members) + "\n", count: 3)
    var options = testOptions()
    options.transforms = transforms
    let outcome = try ingest(many + "{\"event\":\"e\"}\n" + many, options: options)
    #expect(outcome.rows == Array(repeating: "0 2026-01-01T00:00:00Z \(expected)", count: 6))
  }

  @Test(
    "what cannot be meant is refused",
    arguments: [
      (["set", "env"], "lacks '='"), (["set", "=x"], "is no field"),
      (["set", "a..b=x"], "is no field"),
      (["set", "user_id=x"], "cannot give all events one user_id"),
      (["set", "a=1", "set", "a=2"], "stands twice"), (["hash", ""], "is no field"),
      (["hash", "a`b"], "is no field"), (["drop", "event"], "without its name"),
      (["hash", "timestamp"], "without its time"), (["truncate", "event"], "without its name"),
      (["hash", "a", "hash", "a"], "stands twice"),
      (["hash", "a.b", "drop", "a.b"], "stands in both --hash and --drop"),
      (["hash", "a.`b`", "truncate", "a.b"], "stands in both"),
    ])
  func refused(options: [String], message: String) {
    func values(_ name: String) -> [String] {
      stride(from: 0, to: options.count, by: 2).filter { options[$0] == name }.map {
        options[$0 + 1]
      }
    }
    let error = #expect(throws: IngestError.self) {
      _ = try Self.transforms(
        set: values("set"), hash: values("hash"), drop: values("drop"),
        truncateIP: values("truncate"))
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test("hashes need a key", arguments: [nil, ""])
  func keyless(key: String?) {
    let error = #expect(throws: IngestError.self) { _ = try Self.transforms(hash: ["a"], key: key) }
    #expect(error?.kind == .usage && error?.message.contains("EVT_HASH_KEY") == true)
    #expect(throws: Never.self) { _ = try Self.transforms(drop: ["a"], key: key) }
  }

  /// An event under every preset of the next test.
  private static let everyShape = """
    {"event":"e","type":"t","timestamp":"2026-01-01","context":{"timestamp":1767225600000},\
    "commit":{"collection":"c"},"time_us":1767225600000000,"event_name":"e",\
    "event_timestamp":1767225600000000}
    """

  @Test(
    "the name and the time of an event cannot be taken from it",
    arguments: [
      (["hash", "type"], "segment", "'type' can be the event"),
      (["truncate", "timestamp"], "evt", "without its time"),
      (["hash", "context"], "tracker", "'context.timestamp' can be the timestamp"),
      (["drop", "context"], "tracker", "nothing would be left to be the timestamp"),
      (["drop", "commit", "drop", "kind"], "bluesky", "nothing would be left to be the event"),
      (["drop", "event_params.value"], "ga4", "called params.KEY"),
    ])
  func mapped(options: [String], preset: String, message: String) {
    func values(_ name: String) -> [String] {
      stride(from: 0, to: options.count, by: 2).filter { options[$0] == name }.map {
        options[$0 + 1]
      }
    }
    let error = #expect(throws: IngestError.self) {
      let transforms = try Self.transforms(
        hash: values("hash"), drop: values("drop"), truncateIP: values("truncate"))
      _ = try Self.row(Self.everyShape, transforms, preset: preset)
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  /// HMAC-SHA256 of "u" under "key".
  private static let hashOfU = "74fc58364b1e33d000839b677782f52ff9dcdc220765c71f5ff4a6e3dd719302"

  @Test("a canonical field means all keys that may hold it")
  func canonical() throws {
    let transforms = try Self.transforms(hash: ["user_id"])
    let members = "\"type\":\"t\",\"userId\":null,\"anonymousId\":\"u\",\"user_id\":\"u\""
    let row = try Self.row(Self.event(members), transforms, preset: "segment")
    #expect(
      row == "@event=text:e @user_id=text:\(Self.hashOfU) source.user_id=text:\(Self.hashOfU) "
        + "type=text:t userId=null")
    let drop = try Self.transforms(drop: ["user_id"])
    #expect(
      try Self.row(Self.event(members), drop, preset: "segment") == "@event=text:e type=text:t")
  }

  @Test("a field that never occurs is a warning, and so is one that does not fit")
  func warnings() throws {
    var options = testOptions()
    options.transforms = try Self.transforms(
      hash: ["email"], drop: ["phone"], truncateIP: ["ip", "context.ip"])
    let events =
      Self.event("\"email\":\"a\",\"ip\":\"1.2.3.4\"") + Self.event("\"ip\":\"localhost\"")
      + Self.event("\"ip\":null")
    let report = try ingest(events, options: options).report
    #expect(
      report.warnings == [
        "--truncate-ip ip: values taken out that are no IP address: 1",
        "--truncate-ip context.ip: no event has this field; paths are whole, as in properties.email",
        "--drop phone: no event has this field; paths are whole, as in properties.email",
      ])
  }
}
