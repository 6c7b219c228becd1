// The table of kept events against a list of them.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite("KeptTimes") struct KeptTimesTests {
  /// Events with a number as key.
  private struct Events: KeptEvents {
    var all: [(key: UInt8, time: Int64)]

    func time(ofEvent number: Int) -> Int64 { all[number].time }
    func keyBytes(ofEvent number: Int) -> [UInt8] { [all[number].key] }
  }

  @Test(
    "finds a kept event within the window exactly when there is one, also among many of one hash",
    arguments: [1, 3, 40, 2_000])
  func agreesWithList(hashes: Int) {
    var random = SeededGenerator(seed: UInt64(hashes))
    let events = Events(
      all: (0..<1_500).map { _ in
        (UInt8(random.below(200)), Int64(random.below(50_000)))
      })
    let policy = DedupePolicy(key: .eventID, windowNanos: 40)
    var table = KeptTimes(events, count: events.all.count, policy: policy)
    var kept: [Int] = []
    for (number, event) in events.all.enumerated() {
      // Several keys share a hash, as after a collision.
      let hash = UInt64(Int(event.key) % hashes) &* 0x9E37_79B9_7F4A_7C15 | 1
      let expected = kept.contains {
        events.all[$0].key == event.key && abs(events.all[$0].time - event.time) <= 40
      }
      let suspect = Suspect(
        hash: hash, time: event.time, isSame: { events.all[$0].key == event.key },
        keyBytes: { [event.key] })
      let keeper = table.mayHoldKey(hash: hash) ? table.keeper(of: suspect) : nil
      #expect((keeper != nil) == expected)
      if let keeper {
        #expect(abs(keeper - event.time) <= 40)
      } else {
        table.add(number, hash: hash)
        kept.append(number)
      }
    }
    #expect(kept.count > 100 && kept.count < 1_500)
  }
}
