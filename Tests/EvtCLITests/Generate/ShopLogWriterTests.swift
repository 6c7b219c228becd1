// Tests of the lines of the generated log.

import Foundation
import Testing

@testable import EvtCLI

@Suite("Lines of the generated log")
struct ShopLogWriterTests {
  private func lines(_ shape: ShopLogShape, rows: Int, seed: UInt64) throws -> [[String: Any]] {
    let plan = ShopPlan(
      rows: rows, users: 200, startMillis: 1_767_225_600_000, days: 3, seed: seed)
    let text = try captured { out in
      let catalogue = ShopCatalogue(seed: seed)
      var writer = ShopLogWriter(shape: shape, seed: seed, catalogue: catalogue)
      var simulation = ShopSimulation(plan, catalogue: catalogue)
      while simulation.next({ session, random in writer.write(session, &random, to: &out) }) {}
    }
    return try text.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
  }

  @Test("canonical lines are JSON objects with unique ids and the fields of the canonical shape")
  func writesCanonical() throws {
    let events = try lines(.evt, rows: 3_000, seed: 3)
    #expect(Set(events.compactMap { $0["event_id"] as? String }).count == events.count)
    for event in events {
      #expect(
        Set(event.keys) == [
          "event_id", "event", "timestamp", "user_id", "session_id", "properties", "context",
        ])
      #expect((event["context"] as? [String: Any])?["country"] is String)
      #expect((event["properties"] as? [String: Any])?["page"] is String)
    }
    #expect(events.contains { $0["user_id"] is NSNull })
    let purchases = events.filter { $0["event"] as? String == "purchase" }
    #expect(!purchases.isEmpty)
    #expect(
      purchases.allSatisfy { (($0["properties"] as? [String: Any])?["total"] as? Double ?? 0) > 0 })
  }

  @Test("tracker lines have user, session and time in their context")
  func writesTracker() throws {
    let events = try lines(.tracker, rows: 1_000, seed: 4)
    for event in events {
      #expect(Set(event.keys) == ["event", "properties", "context"])
      let context = try #require(event["context"] as? [String: Any])
      #expect(context["timestamp"] is Int)
      #expect(context["sessionId"] is String)
    }
    #expect(events.contains { ($0["context"] as? [String: Any])?["userId"] == nil })
  }
}
