// Two processes that ingest the same events at once.

import Columnar
import EvtCore
import TestSupport
import Testing

@Suite("Dedupe between processes") struct DedupeProcessesTests {
  private static let start = UTCDay(year: 2026, month: 1, day: 30).start
  private static let hour: Int64 = 3_600_000_000_000

  private static func events(_ first: Int, _ random: inout SeededGenerator) -> [TestEvent] {
    (first..<first + 60).map { number in
      TestEvent(
        time: start + Int64(random.below(60)) * hour, event: "e",
        user: random.pick([nil, "ann", "bob"]), eventID: random.pick([nil, "1", "2", "3", "4"]),
        values: ["n": .int(Int64(number))])
    }
  }

  private static func json(_ events: [TestEvent]) -> String {
    events.map { event in
      let user = event.user.map { ",\"user_id\":\"\($0)\"" } ?? ""
      let id = event.eventID.map { ",\"event_id\":\"\($0)\"" } ?? ""
      guard case .int(let number) = event.values["n"] else { return "" }
      return
        "{\"event\":\"e\",\"timestamp\":\(event.time / 1_000_000)\(user)\(id),\"n\":\(number)}\n"
    }.joined()
  }

  private static func kept(_ logs: [[TestEvent]]) -> [Int64] {
    var oracle = NaiveDedupe(key: .eventID, windowNanos: 24 * hour)
    for event in logs.joined() { oracle.add(event) }
    return oracle.kept.compactMap { if case .int(let n) = $0.values["n"] { n } else { nil } }
      .sorted()
  }

  @Test(
    "what is kept is what one after the other would have kept", arguments: 0..<12 as Range<UInt64>)
  func atOnce(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let directory = try WorkDirectory()
    let logs = (0..<3).map { Self.events(100 * $0, &random) }
    for (number, log) in logs.enumerated() {
      try directory.write(Self.json(log), to: "\(number).ndjson")
    }
    // Exit status 75 asks for another try.
    let result = try Program.shell(
      """
      load() {
        for try in $(seq 50); do
          evt ingest -q --store store $1; status=$?
          [ $status = 75 ] || return $status
        done
      }
      load 0.ndjson || exit 1
      load 1.ndjson & first=$!
      load 2.ndjson & second=$!
      wait $first && wait $second || exit 1
      evt verify -q --store store > verify.txt || exit 1
      evt query --store store "SELECT n FROM events ORDER BY n" -f tsv
      """, in: directory.path)
    #expect(result.status == 0, "seed \(seed): \(result)")
    let numbers = result.stdout.split(separator: "\n").dropFirst().compactMap { Int64($0) }
    let possible = [Self.kept(logs), Self.kept([logs[0], logs[2], logs[1]])]
    #expect(possible.contains(numbers), "seed \(seed)")
  }
}
