// Tests of what alerts remember as bytes: any memory comes back, any bytes are survived.

import EvtCore
import TestSupport
import Testing

@testable import Analytics

@Suite("AlertMemoryCodec")
struct AlertMemoryCodecTests {
  private func memory(_ random: inout SeededGenerator) -> AlertMemory {
    var memory = AlertMemory()
    func time(_ random: inout SeededGenerator) -> Int64 {
      random.pick([0, .min, .max, Int64(bitPattern: random.next())])
    }
    for _ in 0..<random.below(6) {
      var entry = AlertMemory.Entry()
      if random.chance(1, in: 2) { entry.since = time(&random) }
      if random.chance(1, in: 2) { entry.until = time(&random) }
      for _ in 0..<random.below(4) {
        entry.channels["c\(random.below(9))"] = AlertMemory.Channel(
          told: time(&random), believes: random.chance(1, in: 2) ? time(&random) : nil)
      }
      memory.entries["rule-\(random.below(20))"] = entry
    }
    return memory
  }

  @Test("random memories come back, and changed bytes are refused or mean another memory")
  func roundTrip() throws {
    for seed in 0..<300 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let memory = memory(&random)
      let bytes = memory.encoded
      #expect(try AlertMemory(decoding: bytes) == memory, "seed \(seed)")
      for _ in 0..<20 where !bytes.isEmpty {
        var changed = bytes
        changed[random.below(bytes.count)] = UInt8(random.below(256))
        // Whatever is read can be written.
        if let other = try? AlertMemory(decoding: changed) { #expect(!other.encoded.isEmpty) }
      }
      for count in bytes.indices {
        #expect(throws: MalformedBytes.self) { try AlertMemory(decoding: Array(bytes[..<count])) }
      }
      #expect(throws: MalformedBytes.self) { try AlertMemory(decoding: bytes + [0]) }
    }
  }

  @Test("the bytes are as evt-format(5) says")
  func layout() {
    var memory = AlertMemory()
    memory.entries["ab"] = AlertMemory.Entry(
      since: 1, until: nil, channels: ["c": .init(told: -1, believes: 2)])
    #expect(memory.encoded == [1, 2, 0x61, 0x62, 1, 2, 0, 1, 1, 0x63, 1, 1, 4])
  }
}
