// Keys of events: what the text of --dedupe-key names, and which rows have equal keys.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("EventKey") struct EventKeyTests {
  @Test("reads canonical fields and key paths, and leaves the user out, who is in every key")
  func reads() throws {
    let key = try #require(EventKey("event, user_id,properties.`odd.key`,timestamp,event"))
    #expect(
      key.fields == [
        .canonical(.event), .property(ExactText("properties.`odd.key`")), .canonical(.timestamp),
      ])
    #expect(EventKey("event_id") == .eventID)
  }

  @Test("refuses what names nothing", arguments: ["", ",", "user_id", "a,,b", "`open", "a..b"])
  func refuses(text: String) { #expect(EventKey(text) == nil) }

  @Test(
    "waiting and stored rows have the same hashes and bytes, equal exactly where a naive key is",
    arguments: [
      "event_id", "event", "session_id,timestamp", "value", "event,missing", "value,event",
    ])
  func rowsAgree(text: String) throws {
    let key = try #require(EventKey(text))
    var random = SeededGenerator(seed: 11)
    let events = (0..<300).map { Self.event($0, &random) }
    let batch = EventBatch(events)
    let waiting = BatchKeys(batch, key)
    let segment = try #require(try TestSegments.one(batch))
    let stored = try BlockKeys(segment, block: 0, key)
    // The segment has the rows in another order, which a column of row numbers tells.
    var numbers = ColumnVector()
    try segment.decode(path: "n", block: 0, into: &numbers)
    let hashes = waiting.hashes()
    for place in 0..<stored.rowCount {
      let row = Int(numbers.numbers[place])
      #expect(stored.keyHash(place) == waiting.keyHash(row))
      #expect(waiting.keyHash(row) == (hashes.isEmpty ? 0 : hashes[row]))
      #expect(stored.userHash(place) == waiting.userHash(row))
      #expect(stored.keyBytes(place) == waiting.keyBytes(row))
      #expect(stored.time(place) == waiting.time(row))
      #expect((waiting.keyHash(row) != 0) == (NaiveKey(events[row], key) != nil))
    }
    for (place, row) in zip(0..<60, (0..<300).shuffled(using: &random)) {
      let other = Int(numbers.numbers[place])
      guard let own = NaiveKey(events[row], key), let their = NaiveKey(events[other], key) else {
        continue
      }
      #expect(waiting.equals(row, stored, place) == (own == their))
      #expect(waiting.equals(row, waiting, other) == (own == their))
      #expect(stored.equals(place, stored, place))
    }
  }

  private static func event(_ number: Int, _ random: inout SeededGenerator) -> TestEvent {
    TestEvent(
      time: 1_700_000_000_000_000_000 + Int64(random.below(3)),
      event: random.pick(["a", "b"]), user: random.pick([nil, "", "u", "v"]),
      session: random.pick([nil, "", "s", "t"]), eventID: random.pick([nil, "", "1", "2"]),
      values: [
        "n": .int(Int64(number)),
        "value": random.pick([
          .absent, .null, .int(1), .text("1"), .text(""), .double(1.0.bitPattern), .bool(true),
          .decimal("1"), .json("[1]"),
        ]),
      ])
  }
}
