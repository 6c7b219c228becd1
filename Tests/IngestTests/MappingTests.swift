// Which keys become the canonical fields: presets, --map, detection, and what is refused.

import Testing

@testable import Ingest

@Suite("Field mapping")
struct MappingTests {
  /// One event of every shape in the wild, and what it becomes.
  private static let shapes: [(preset: String, event: String, row: String)] = [
    (
      "evt",
      "{\"event\":\"e\",\"user_id\":\"u\",\"session_id\":\"s\",\"event_id\":\"i\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"x\":1}",
      "@event=text:e @event_id=text:i @session_id=text:s @user_id=text:u x=int:1"
    ),
    (
      "evt", "{\"event_name\":\"e\",\"user_id\":7,\"occurred_at\":1767225600000}",
      "@event=text:e @user_id=text:7"
    ),
    (
      "tracker",
      "{\"event\":\"e\",\"properties\":{\"a\":1},\"context\":{\"userId\":\"u\",\"sessionId\":\"s\",\"page\":\"/\",\"timestamp\":1767225600000}}",
      "@event=text:e @session_id=text:s @user_id=text:u context.page=text:/ properties.a=int:1"
    ),
    (
      "segment",
      "{\"type\":\"track\",\"event\":\"e\",\"anonymousId\":\"n\",\"messageId\":\"m\",\"timestamp\":\"2026-01-01\"}",
      "@event=text:e @event_id=text:m @user_id=text:n type=text:track"
    ),
    (
      "segment",
      "{\"type\":\"page\",\"userId\":\"u\",\"anonymousId\":\"n\",\"messageId\":\"m\",\"timestamp\":\"2026-01-01\"}",
      "@event=text:page @event_id=text:m @user_id=text:u anonymousId=text:n"
    ),
    (
      "posthog",
      "{\"uuid\":\"i\",\"event\":\"$pageview\",\"distinct_id\":\"u\",\"timestamp\":\"2026-01-01\",\"properties\":\"{\\\"$session_id\\\":\\\"s\\\"}\"}",
      "@event=text:$pageview @event_id=text:i @session_id=text:s @user_id=text:u"
    ),
    (
      "mixpanel",
      "{\"event\":\"e\",\"properties\":{\"time\":1767225600,\"distinct_id\":\"u\",\"$insert_id\":\"i\",\"a\":true}}",
      "@event=text:e @event_id=text:i @user_id=text:u properties.a=true"
    ),
    (
      "amplitude",
      "{\"event_type\":\"e\",\"user_id\":null,\"device_id\":\"d\",\"event_time\":\"2026-01-01 00:00:00.000000\",\"$insert_id\":\"i\"}",
      "@event=text:e @event_id=text:i @user_id=text:d source.user_id=null"
    ),
    (
      "snowplow",
      "{\"event_name\":\"e\",\"domain_userid\":\"u\",\"derived_tstamp\":\"2026-01-01 00:00:00.000\",\"event_id\":\"i\"}",
      "@event=text:e @event_id=text:i @user_id=text:u"
    ),
    (
      "gharchive",
      "{\"id\":\"1\",\"type\":\"PushEvent\",\"actor\":{\"id\":2,\"login\":\"u\"},\"created_at\":\"2026-01-01T00:00:00Z\"}",
      "@event=text:PushEvent @event_id=text:1 @user_id=text:u actor.id=int:2"
    ),
    (
      "bluesky",
      "{\"did\":\"u\",\"time_us\":1767225600000000,\"kind\":\"commit\",\"commit\":{\"collection\":\"post\",\"rev\":\"r\"}}",
      "@event=text:post @user_id=text:u commit.rev=text:r kind=text:commit"
    ),
    (
      "business",
      "{\"eventType\":\"e\",\"userId\":\"u\",\"tenantId\":\"t\",\"traceId\":\"r\",\"timestamp\":1767225600000}",
      "@event=text:e @user_id=text:u tenantId=text:t traceId=text:r"
    ),
  ]

  @Test("each shape is recognised and mapped", arguments: shapes.indices)
  func recognised(index: Int) throws {
    let shape = Self.shapes[index]
    let outcome = try ingest(shape.event + "\n" + shape.event)
    #expect(outcome.rows == Array(repeating: "0 2026-01-01T00:00:00Z " + shape.row, count: 2))
    #expect(outcome.report.notes.first?.contains("mapping \(shape.preset): ") == true)
    var options = testOptions()
    options.mapping = .preset(shape.preset)
    #expect(try ingest(shape.event, options: options).rows.count == 1)
  }

  @Test(
    "--map finds odd keys and alternatives",
    arguments: [
      (
        "event=concept:name,timestamp=ts", "{\"concept:name\":\"e\",\"ts\":1767225600}",
        "@event=text:e"
      ),
      ("event=`a.b`", "{\"a.b\":\"e\",\"timestamp\":1767225600}", "@event=text:e"),
      (
        "event=a.b", "{\"a\":{\"b\":\"e\",\"c\":1},\"timestamp\":1767225600}",
        "@event=text:e a.c=int:1"
      ),
      ("event=`x``y`", "{\"x`y\":\"e\",\"ts\":1767225600}", "@event=text:e"),
      (
        "event=kind, user_id = clientId | client_id",
        "{\"kind\":\"e\",\"client_id\":\"u\",\"ts\":1767225600}", "@event=text:e @user_id=text:u"
      ),
      (
        "event=kind,user_id=clientId|client_id",
        "{\"kind\":\"e\",\"client_id\":\"u\",\"clientId\":\"v\",\"ts\":1767225600}",
        "@event=text:e @user_id=text:v client_id=text:u"
      ),
      (
        "event=kind,user_id=clientId|client_id",
        "{\"kind\":\"e\",\"client_id\":\"u\",\"clientId\":null,\"ts\":1767225600}",
        "@event=text:e @user_id=text:u clientId=null"
      ),
      ("event=code", "{\"code\":42,\"ts\":1767225600}", "@event=text:42"),
      ("event=code", "{\"code\":1.50,\"ts\":1767225600}", "@event=text:1.50"),
      (
        "event=kind,user_id=uid", "{\"kind\":\"e\",\"uid\":true,\"ts\":1767225600}",
        "@event=text:e @user_id=text:true"
      ),
      (
        "event=kind,user_id=uid", "{\"kind\":\"e\",\"uid\":\"\",\"ts\":1767225600}",
        "@event=text:e @user_id=text:"
      ),
      (
        "event=kind,user_id=uid", "{\"kind\":\"e\",\"uid\":null,\"ts\":1767225600}",
        "@event=text:e @user_id=null"
      ),
      (
        "event=a,user_id=user", "{\"a\":\"e\",\"user\":\"u\",\"ts\":1767225600,\"user_id\":9}",
        "@event=text:e @user_id=text:u source.user_id=int:9"
      ),
      (
        "user_id=id",
        "{\"id\":\"u\",\"type\":\"e\",\"actor\":{\"login\":\"l\"},\"created_at\":1767225600}",
        "@event=text:e @user_id=text:u actor.login=text:l"
      ),
    ])
  func maps(map: String, event: String, expected: String) throws {
    let outcome = try ingest(event, options: mapped(map))
    #expect(outcome.rows == ["0 2026-01-01T00:00:00Z " + expected])
  }

  @Test(
    "a wrong --map says what is wrong",
    arguments: [
      ("event", "lacks '='"), ("evnt=a", "unknown field 'evnt'"),
      ("event=a,event=b", "stands twice"),
      ("event=", "is no key"), ("event=a..b", "is no key"), ("event=`a", "is no key"),
      ("event=a`b", "is no key"), ("event=a|", "is no key"), ("event=a,user_id=b|a", "and again"),
      ("", "lacks '='"),
    ])
  func wrongMaps(map: String, message: String) {
    let error = #expect(throws: IngestError.self) { _ = try FieldMap(map) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test("an unknown preset is an error that lists the presets")
  func unknownPreset() {
    var options = testOptions()
    options.mapping = .preset("segmant")
    let error = #expect(throws: IngestError.self) { _ = try ingest("", options: options) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("segment, rudderstack, posthog") == true)
  }

  @Test("when nothing fits, the error lists the keys")
  func misfit() {
    let error = #expect(throws: IngestError.self) {
      _ = try ingest("{\"clientId\":1,\"what\":{\"name\":\"x\"}}\n{\"when\":2}\n")
    }
    #expect(error?.kind == .badInput)
    #expect(error?.message.contains("keys seen: clientId, what.name, when; name yours") == true)
    let mappedError = #expect(throws: IngestError.self) {
      _ = try ingest("{\"a\":1}", options: mapped("event=b|c,timestamp=d"))
    }
    #expect(mappedError?.message.contains("no event has both b or c and d") == true)
  }

  @Test(
    "what is no event is rejected with its reason",
    arguments: [
      ("{\"timestamp\":\"2026-01-01\"}", .eventMissing),
      ("{\"event\":null,\"timestamp\":\"2026-01-01\"}", .eventMissing),
      ("{\"event\":\"\",\"timestamp\":\"2026-01-01\"}", .eventEmpty),
      ("{\"event\":true,\"timestamp\":\"2026-01-01\"}", .eventNotText),
      ("{\"event\":[],\"timestamp\":\"2026-01-01\"}", .eventNotText),
      ("{\"event\":{\"a\":1},\"timestamp\":\"2026-01-01\"}", .eventNotText),
      ("{\"event\":\"e\",\"user_id\":[1],\"timestamp\":\"2026-01-01\"}", .userNotText),
      ("{\"event\":\"e\",\"user_id\":{\"a\":1},\"timestamp\":\"2026-01-01\"}", .userNotText),
      ("{\"event\":\"e\",\"session_id\":{},\"timestamp\":\"2026-01-01\"}", .sessionNotText),
      ("{\"event\":\"e\",\"event_id\":[],\"timestamp\":\"2026-01-01\"}", .eventIDNotText),
      ("{\"event\":\"e\"}", .timeMissing), ("{\"event\":\"e\",\"timestamp\":null}", .timeMissing),
      ("{\"event\":\"e\",\"timestamp\":\"\"}", .timeMissing),
      ("{\"event\":\"e\",\"timestamp\":\"soon\"}", .notATime),
      ("{\"event\":\"e\",\"timestamp\":true}", .notATime),
      ("{\"event\":\"e\",\"timestamp\":{\"a\":1}}", .notATime),
      ("{\"event\":\"e\",\"timestamp\":12}", .notATime),
      ("{\"event\":\"e\",\"timestamp\":\"12\"}", .notATime),
      ("{\"event\":\"e\",\"timestamp\":\"2026-01-01T00:00:00.0000000001Z\"}", .timeTooPrecise),
      ("{\"event\":\"e\",\"timestamp\":1767225600.0000000001}", .timeTooPrecise),
      ("{\"event\":\"e\",\"timestamp\":\"9999-01-01\"}", .timeOutOfRange),
      ("{\"event\":\"e\",\"timestamp\":\"1969-12-31T23:59:59Z\"}", .timeBefore1970),
      ("{\"event\":\"e\",\"timestamp\":\"2026-06-03T00:00:00.000000001Z\"}", .timeInFuture),
    ] as [(String, RejectReason)])
  func noEvents(event: String, reason: RejectReason) throws {
    let good = "{\"event\":\"e\",\"timestamp\":\"2026-01-01\",\"x\":1}\n"
    let outcome = try ingest(good + event + "\n" + good)
    #expect(outcome.report.rejectsByReason == [reason.text: 1])
    #expect(
      outcome.rows == Array(repeating: "0 2026-01-01T00:00:00Z @event=text:e x=int:1", count: 2))
  }

  @Test("an alternative that does not win stays what it is")
  func losers() throws {
    let event =
      "{\"event\":\"e\",\"ts\":{\"a\":1},\"time\":[1],\"timestamp\":\"2026-01-01\",\"created_at\":\"x\"}"
    #expect(
      try ingest(event).rows
        == ["0 2026-01-01T00:00:00Z @event=text:e created_at=text:x time=json:[1] ts.a=int:1"])
  }

  @Test("the future begins 48 hours ahead, unless it is allowed")
  func future() throws {
    let event =
      "{\"event\":\"e\",\"timestamp\":\"2026-06-03\"}\n{\"event\":\"e\",\"timestamp\":\"2099-01-01\"}"
    #expect(try ingest(event).rows.count == 1)
    var options = testOptions()
    options.allowFuture = true
    #expect(try ingest(event, options: options).rows.count == 2)
  }

  @Test(
    "times are never rounded",
    arguments: [
      ("1767225600123456789", "2026-01-01T00:00:00.123456789Z"),
      ("1767225600.5", "2026-01-01T00:00:00.5Z"),
      ("\"1767225600123\"", "2026-01-01T00:00:00.123Z"),
      ("1767225600123.25", "2026-01-01T00:00:00.12325Z"),
      ("1.7672256e9", "2026-01-01T00:00:00Z"),
      ("\"2026-01-01T02:00:00.000000001+02:00\"", "2026-01-01T00:00:00.000000001Z"),
    ])
  func times(written: String, expected: String) throws {
    #expect(
      try ingest("{\"event\":\"e\",\"timestamp\":\(written)}").rows == [
        "0 \(expected) @event=text:e"
      ])
  }
}
