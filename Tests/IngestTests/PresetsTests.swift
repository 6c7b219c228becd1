// The samples of every preset, told apart by themselves and read as their vendors mean them.

import EvtCore
import Foundation
import Testing

@testable import Ingest

@Suite("Presets")
struct PresetsTests {
  private struct Sample {
    var preset: String
    /// Per event: time, then event, user, session and id, "-" where it has none.
    var events: [String]
    /// Some properties of the first event that has them.
    var properties: [String]
  }

  private static let samples = [
    Sample(
      preset: "evt",
      events: [
        "2025-03-01T08:00:00Z signup ana s-1 e-1", "2025-03-01T09:30:00Z login ben s-2 e-2",
        "2025-03-01T10:00:00Z purchase ana s-3 e-3",
      ], properties: ["properties.plan=text:free", "properties.total=double:59.98"]),
    Sample(
      preset: "tracker",
      events: [
        "2025-03-01T08:00:00Z page_view ana s-1 -", "2025-03-01T08:01:00.5Z add_to_cart ana s-1 -",
        "2025-03-01T10:00:00Z page_view ben s-2 -",
      ], properties: ["context.device=text:mobile", "properties.price=double:19.9"]),
    Sample(
      preset: "segment",
      events: [
        "2025-03-01T08:00:00Z page anon-1 - m-1", "2025-03-01T08:00:30.25Z identify ana - m-2",
        "2025-03-01T08:05:00Z Order Completed ana - m-3",
      ], properties: ["anonymousId=text:anon-1", "properties.revenue=double:59.98"]),
    Sample(
      preset: "rudderstack",
      events: [
        "2025-03-01T08:00:00.1Z page anon-1 1740816000000 m-1",
        "2025-03-01T08:05:00Z Order Completed ana 1740816000000 m-2",
      ], properties: ["userId=text:", "anonymousId=text:anon-1"]),
    Sample(
      preset: "posthog",
      events: [
        "2025-03-01T08:00:00Z $pageview ana s-1 0195500a-0000-7000-8000-000000000001",
        "2025-03-01T08:05:00.25Z order paid ana s-1 0195500a-0000-7000-8000-000000000002",
        "2025-03-01T10:00:00Z $autocapture ben s-2 0195500a-0000-7000-8000-000000000003",
      ], properties: ["properties.total=double:59.98"]),
    Sample(
      preset: "mixpanel",
      events: [
        "2025-03-01T08:00:00Z Signed up ana - i-1", "2025-03-01T08:05:00.25Z Bought ana - i-2",
        "2025-03-01T10:00:00Z Signed up $device:d-2 - i-3",
      ], properties: ["properties.$city=text:Berlin"]),
    Sample(
      preset: "amplitude",
      events: [
        "2025-03-01T08:00:00Z signup ana 1740816000000 i-1",
        "2025-03-01T10:00:00.25Z page d-2 1740823200000 i-2",
        "2025-03-01T08:05:00Z purchase ana - i-3",
      ], properties: ["device_id=text:d-1", "event_properties.plan=text:free"]),
    Sample(
      preset: "ga4",
      events: [
        "2025-03-01T08:00:00Z session_start 1000000001.1740816000 - -",
        "2025-03-01T08:05:00.25Z purchase 1000000001.1740816000 - -",
        "2025-03-01T10:00:00Z page_view ben - -",
      ],
      properties: [
        "params.ga_session_id=int:1740816000", "params.page_location=text:https://shop.example/",
        "params.value=double:59.98", "user_properties.plan=text:free",
        "set_timestamp_micros.plan=int:1740815999000000", "event_params=json:[]",
        "items=json:[{\"item_id\":\"A-17\",\"price\":19.9,\"quantity\":\"1\"}]",
      ]),
    Sample(
      preset: "snowplow",
      events: [
        "2025-03-01T08:00:00.5Z page_view du-1 ds-1 c6ef3124-0000-4000-8000-000000000001",
        "2025-03-01T08:05:00Z add_to_cart du-1 ds-1 c6ef3124-0000-4000-8000-000000000002",
        "2025-03-01T10:00:00Z event ben - c6ef3124-0000-4000-8000-000000000003",
      ], properties: ["source.event=text:page_view", "source.user_id=text:ana"]),
    Sample(
      preset: "gharchive",
      events: [
        "2025-03-01T08:00:00Z PushEvent ana - 41000000001",
        "2025-03-01T08:00:05Z WatchEvent ben - 41000000002",
        "2025-03-01T09:00:00Z IssuesEvent ana - 41000000003",
      ], properties: ["repo.name=text:ana/tea", "payload.issue.number=int:1"]),
    Sample(
      preset: "bluesky",
      events: [
        "2025-03-01T08:00:00Z app.bsky.feed.post did:plc:ana - -",
        "2025-03-01T08:00:05.00025Z app.bsky.feed.like did:plc:ben - -",
        "2025-03-01T10:00:00Z identity did:plc:ana - -",
      ], properties: ["commit.operation=text:create", "kind=text:commit"]),
    Sample(
      preset: "business",
      events: [
        "2025-03-01T08:00:00Z order.created ana - -", "2025-03-01T08:05:00.25Z order.paid ana - -",
        "2025-03-01T10:00:00Z order.created ben - -",
      ], properties: ["tenantId=text:acme", "traceId=text:t-1", "amount=double:59.98"]),
  ]

  private static func folder() -> String {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/Samples/presets"
  }

  /// Time and canonical fields of a rendered row.
  private static func canonical(_ row: String) -> String {
    let time = row.split(separator: " ")[1]
    // Texts may hold spaces, so that a field ends where the next one begins.
    func field(_ name: String) -> String {
      guard let start = row.range(of: " @\(name)=")?.upperBound else { return "-" }
      let end = [" @", " "].compactMap { mark in
        row[start...].ranges(of: mark).first { range in
          mark == " @" || row[range.upperBound...].prefix { $0 != " " }.contains("=")
        }?.lowerBound
      }.min()
      let value = row[start..<(end ?? row.endIndex)]
      return value == "null" ? "-" : String(value.drop { $0 != ":" }.dropFirst())
    }
    let fields = ["event", "user_id", "session_id", "event_id"].map(field)
    return ([String(time)] + fields).joined(separator: " ")
  }

  @Test("each sample is recognised and read in full", arguments: samples.indices)
  func sample(index: Int) throws {
    let sample = Self.samples[index]
    let sink = MemorySink()
    let run = IngestRun(
      inputs: ["\(Self.folder())/\(sample.preset).ndjson"], options: testOptions(), sink: sink,
      pool: WorkerPool(threads: 1), rejects: { _ in })
    let report = try run.run()
    #expect(report.notes.first?.contains("mapping \(sample.preset): ") == true, "\(report.notes)")
    #expect(report.rejected == 0)
    #expect(sink.rows.map(Self.canonical) == sample.events)
    for property in sample.properties {
      #expect(
        sink.rows.contains { " \($0) ".contains(" \(property) ") }, "\(property) in \(sink.rows)")
    }
  }

  @Test("every preset has a sample")
  func complete() {
    #expect(Self.samples.map(\.preset).sorted() == Presets.all.map(\.name).sorted())
  }

  @Test(
    "parameters are lifted by their types, and anything else stays what it is",
    arguments: [
      ("[{\"key\":\"a\",\"value\":{\"string_value\":\"1\"}}]", "params.a=text:1"),
      (
        "[{\"key\":\"a\",\"value\":{\"int_value\":\"9007199254740993\"}}]",
        "params.a=int:9007199254740993"
      ),
      ("[{\"key\":\"a\",\"value\":{\"int_value\":7,\"string_value\":null}}]", "params.a=int:7"),
      ("[{\"key\":\"a\",\"value\":{\"float_value\":\"NaN\"}}]", "params.a=text:NaN"),
      ("[{\"key\":\"a\",\"value\":{\"int_value\":null}}]", "params.a=null"),
      ("[{\"key\":\"a\",\"value\":3}]", "params.a=int:3"),
      ("[{\"value\":{\"int_value\":1},\"key\":\"x.y\"}]", "params.`x.y`=int:1"),
      ("[{\"k\\u0065y\":\"\\u0061\",\"value\":{\"int_value\":1}}]", "params.a=int:1"),
      (
        "[{\"key\":\"a\",\"value\":{\"int_value\":1,\"string_value\":\"b\"}}]",
        "params.a.int_value=int:1 params.a.string_value=text:b"
      ),
      (
        "[{\"key\":\"a\",\"value\":{\"int_value\":1}}, {\"key\":\"b\",\"value\":{\"double_value\":0.5}}]",
        "params.a=int:1 params.b=double:0.5"
      ),
      ("[{\"key\":\"a\"}]", "event_params=json:[{\"key\":\"a\"}]"),
      ("[1]", "event_params=json:[1]"),
      ("{\"a\":1}", "event_params.a=int:1"),
      ("\"[]\"", "event_params=text:[]"),
    ])
  func lifted(parameters: String, expected: String) throws {
    var options = testOptions()
    options.mapping = .preset("ga4")
    let event =
      "{\"event_name\":\"e\",\"event_timestamp\":1767225600000000,\"event_params\":\(parameters)}"
    #expect(
      try ingest(event, options: options).rows == [
        "0 2026-01-01T00:00:00Z @event=text:e " + expected
      ])
  }

  @Test("a rejected event of a lifted shape is kept as it was")
  func rejectedAsItWas() throws {
    var options = testOptions()
    options.mapping = .preset("ga4")
    let event =
      #"{"event_name":"","event_timestamp":1767225600000000,"event_params":[{"key":"a","value":1}]}"#
    let outcome = try ingest(event, options: options)
    #expect(
      outcome.rejects.first?.contains(#"\"event_params\":[{\"key\":\"a\",\"value\":1}]"#) == true)
  }
}
