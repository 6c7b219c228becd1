// The shapes of events in the wild, as one table.

/// The mappings that come with evt.
public enum Presets {
  /// All presets, in the order in which they are preferred among equals.
  public static let all: [FieldMapping] = [
    preset(
      "evt", event: ["event", "event_name"], user: ["user_id"], session: ["session_id"],
      eventID: ["event_id"],
      time: ["timestamp", "created_at", "occurred_at", "event_time", "ts", "time"]),
    preset(
      "tracker", event: ["event"], user: ["context.userId"], session: ["context.sessionId"],
      time: ["context.timestamp"]),
    preset(
      "segment", event: ["event", "type"], user: ["userId", "anonymousId"],
      eventID: ["messageId"], time: ["timestamp", "originalTimestamp"]),
    preset(
      "rudderstack", event: ["event", "type"], user: ["userId", "anonymousId"],
      session: ["context.sessionId"], eventID: ["messageId"],
      time: ["timestamp", "originalTimestamp"]),
    preset(
      "posthog", event: ["event"], user: ["distinct_id", "properties.distinct_id"],
      session: ["properties.$session_id"], eventID: ["uuid", "id"], time: ["timestamp"]),
    preset(
      "mixpanel", event: ["event"], user: ["properties.distinct_id"],
      eventID: ["properties.$insert_id"], time: ["properties.time"]),
    preset(
      "amplitude", event: ["event_type"], user: ["user_id", "device_id"],
      session: ["session_id"], eventID: ["$insert_id", "insert_id", "uuid"],
      time: ["event_time", "time"]),
    // A user's sessions are numbered by their start in seconds (params.ga_session_id), which other
    // users share: as a session's id it would make one of many.
    preset(
      "ga4", event: ["event_name"], user: ["user_pseudo_id", "user_id"], session: [], eventID: [],
      time: ["event_timestamp"],
      lifts: [
        ParameterLift("event_params", to: "params"),
        ParameterLift("user_properties", to: "user_properties", times: "set_timestamp_micros"),
      ]),
    preset(
      "snowplow", event: ["event_name"], user: ["domain_userid", "user_id"],
      session: ["domain_sessionid"], eventID: ["event_id"],
      time: ["derived_tstamp", "collector_tstamp"]),
    preset(
      "gharchive", event: ["type"], user: ["actor.login"], eventID: ["id"], time: ["created_at"]),
    preset(
      "bluesky", event: ["commit.collection", "kind"], user: ["did"], time: ["time_us"]),
    preset("business", event: ["eventType"], user: ["userId"], time: ["timestamp"]),
  ]

  /// The preset of that name.
  /// - Throws: `IngestError` of kind `.usage` that lists the names.
  public static func named(_ name: String) throws -> FieldMapping {
    if let found = all.first(where: { $0.name == name }) { return found }
    let names = all.map(\.name).joined(separator: ", ")
    throw IngestError(.usage, "unknown preset '\(name)'; there are \(names)")
  }

  private static func preset(
    _ name: String, event: [String], user: [String], session: [String] = ["session_id"],
    eventID: [String] = ["event_id"], time: [String], lifts: [ParameterLift] = []
  ) -> FieldMapping {
    FieldMapping(name: name, alternatives: [event, user, session, eventID, time], lifts: lifts)
  }
}
