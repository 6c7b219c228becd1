// Kinds of rows: the fast way to write them against the general one.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("KindStream") struct KindStreamTests {
  /// The slow twin: places as integers.
  static func slowly(_ kinds: [UInt8]) -> [UInt8] {
    let present = ValueKind.allCases.map(\.rawValue).filter(kinds.contains)
    let places = kinds.map { kind in Int64(present.firstIndex(of: kind) ?? 0) }
    var writer = ByteWriter()
    places.withUnsafeBufferPointer { IntStream.encode($0, into: &writer) }
    return writer.bytes
  }

  static func quickly(_ kinds: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    kinds.withUnsafeBufferPointer { KindStream.encode($0, KindCounts($0), into: &writer) }
    return writer.bytes
  }

  /// Rows of `kinds` in which all but the first are rare, in stretches of about `stretch`.
  static func rows(
    _ count: Int, of kinds: [UInt8], oneIn rarity: Int, stretch: Int,
    _ random: inout SeededGenerator
  ) -> [UInt8] {
    var rows: [UInt8] = []
    while rows.count < count {
      let kind = random.chance(1, in: rarity) ? random.pick(kinds) : kinds[0]
      rows += [UInt8](repeating: kind, count: 1 + random.below(stretch))
    }
    return Array(rows.prefix(count))
  }

  @Test("writes what the general stream writes", arguments: 0..<600)
  func twin(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let number = 2 + random.below(4)
    let kinds = Array((0..<8).map { UInt8($0) }.shuffled(using: &random).prefix(number))
    let count = random.pick([2, 3, 15, 16, 17, 32, 33, 100, 1_000, 5_000])
    let rarity = random.pick([1, 2, 4, 5, 30, 400])
    let rows = Self.rows(
      count, of: kinds, oneIn: rarity, stretch: random.pick([1, 2, 5, 60]), &random)
    guard Set(rows).count > 1 else { return }
    let bytes = Self.quickly(rows)
    #expect(bytes == Self.slowly(rows), "seed \(seed)")
    #expect(Self.decode(bytes, count: count, by: Set(rows).sorted()) == rows, "seed \(seed)")
  }

  /// The bytes of `table` that a stream of their places tells; nil when it is none.
  static func decode(_ bytes: [UInt8], count: Int, by table: [UInt8]) -> [UInt8]? {
    bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      return try? IntStream.decodeBytes(&reader, count: count, by: table)
    }
  }

  @Test("reads of any bytes what the general stream reads", arguments: 0..<2_000)
  func malformed(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let count = random.below(40)
    let table = Array<UInt8>([0, 3, 6].prefix(random.below(4)))
    let bytes = (0..<random.below(24)).map { index in
      index == 0 ? UInt8(random.below(3)) : UInt8(random.below(random.pick([3, 9, 256])))
    }
    let codes = bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      return try? IntStream.decodeCodes(&reader, count: count, below: table.count)
    }
    #expect(
      Self.decode(bytes, count: count, by: table) == codes?.map { table[Int($0)] }, "seed \(seed)")
  }

  @Test("counts the rows of each kind") func counts() {
    var random = SeededGenerator(seed: 7)
    let rows = Self.rows(1_003, of: [6, 0, 3, 7], oneIn: 2, stretch: 3, &random)
    let counts = rows.withUnsafeBufferPointer { KindCounts($0) }
    for kind in ValueKind.allCases {
      #expect(counts[kind] == rows.count { $0 == kind.rawValue })
    }
    #expect(counts.present.map(\.rawValue) == Set(rows).sorted())
  }
}
