// Segments by round trip, by truncation at every length and by flipping every byte.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("SegmentEncoder") struct SegmentEncoderTests {
  static let day = UTCDay(year: 2026, month: 11, day: 20)

  static func events(_ count: Int, seed: UInt64, columns: Int = 14) -> [TestEvent] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      var event = TestEvent(
        time: day.start + Int64.random(in: 0..<UTCDay.nanoseconds / 1_000_000, using: &random)
          * 1_000_000,
        event: ["page_view", "purchase", "add_to_cart"].randomElement(using: &random) ?? "",
        user: Int.random(in: 0...9, using: &random) == 0
          ? nil : "u\(Int.random(in: 0...max(2, count / 8), using: &random))")
      if Int.random(in: 0...20, using: &random) == 0 { event.user = "" }
      for column in 0..<columns where Int.random(in: 0...column, using: &random) < 3 {
        event.values["p\(column)"] = random.value(like: column)
      }
      return event
    }
  }

  static func encode(_ batches: [EventBatch]) -> EncodedSegment {
    let rows = batches.enumerated().flatMap { number, batch in
      (0..<batch.rowCount).map { RowReference(batch: UInt32(number), row: UInt32($0)) }
    }
    let encoder = SegmentEncoder(day: day, batches: batches, rows: rows)
    return encoder.assemble((0..<encoder.columnCount).map(encoder.encodeColumn))
  }

  static func batches(_ events: [TestEvent], of size: Int) -> [EventBatch] {
    stride(from: 0, to: events.count, by: size).map {
      EventBatch(Array(events[$0..<min($0 + size, events.count)]))
    }
  }

  static func read(_ segment: EncodedSegment) throws -> SegmentReader {
    try SegmentReader(
      source: MemoryBlockSource(segment.bytes), fileBytes: UInt64(segment.bytes.count),
      footerHash: segment.summary.footerHash)
  }

  /// All rows of the segment as events, in segment order.
  static func decodeAll(_ reader: SegmentReader) throws -> [TestEvent] {
    var events: [TestEvent] = []
    for block in 0..<reader.footer.blockCount {
      let rows = reader.footer.rows(inBlock: block)
      var decoded = (0..<rows).map { _ in TestEvent(time: 0, event: "", user: nil) }
      for (index, column) in reader.footer.columns.enumerated() {
        var vector = ColumnVector()
        try reader.decode(column: index, block: block, into: &vector)
        for row in 0..<rows {
          let value = vector.value(row)
          switch (column.role, value) {
          case (.event, .text(let name)): decoded[row].event = name
          case (.user, .text(let name)): decoded[row].user = name
          case (.timestamp, .int(let time)): decoded[row].time = time
          case (.property, .absent): break
          case (.property, let value): decoded[row].values[column.path] = value
          default: break
          }
        }
      }
      events += decoded
    }
    return events
  }

  /// The order of the format, computed the slow way.
  static func sorted(_ events: [TestEvent]) -> [TestEvent] {
    func key(_ event: TestEvent) -> (Int, UInt64, [UInt8]) {
      guard let user = event.user else { return (0, 0, []) }
      let bytes = Array(user.utf8)
      return (1, bytes.withUnsafeBytes { StableHash.user($0) }, bytes)
    }
    return events.enumerated().sorted { left, right in
      let (a, b) = (key(left.element), key(right.element))
      if a.0 != b.0 { return a.0 < b.0 }
      if a.1 != b.1 { return a.1 < b.1 }
      if a.2 != b.2 { return a.2.lexicographicallyPrecedes(b.2) }
      return (left.element.time, left.offset) < (right.element.time, right.offset)
    }.map(\.element)
  }

  @Test("the users of a block by run are those by row", arguments: [true, false])
  func runs(everybodyHasName: Bool) throws {
    var events = Self.events(2_000, seed: 5)
    for index in events.indices where everybodyHasName { events[index].user = "u\(index % 90)" }
    let reader = try Self.read(Self.encode(Self.batches(events, of: 700)))
    let column = try #require(reader.footer.column(role: .user))
    for block in 0..<reader.footer.blockCount {
      var (rows, runs) = (ColumnVector(), ColumnVector())
      try reader.decode(column: column, block: block, into: &rows)
      try reader.decode(column: column, block: block, byRun: true, into: &runs)
      #expect(runs.hasOnlyRuns == everybodyHasName && !rows.hasOnlyRuns)
      #expect(runs.rowCount == rows.rowCount && runs.runEnds == rows.runEnds)
      guard runs.hasOnlyRuns else { continue }
      var start = 0
      for (run, end) in runs.runEnds.enumerated() {
        for row in start..<Int(end) { #expect(runs.texts[run] == rows.texts[Int(rows.codes[row])]) }
        start = Int(end)
      }
    }
  }

  @Test("gives back every value of every row in the order of the format", arguments: 0..<40)
  func roundTrip(round: Int) throws {
    let seed = UInt64(round)
    let events = Self.events([1, 2, 7, 100, 3_000][round % 5], seed: seed)
    let segment = Self.encode(Self.batches(events, of: [1, 5, 64, 5_000][round % 4]))
    let reader = try Self.read(segment)
    let decoded = try Self.decodeAll(reader)
    let expected = Self.sorted(events)
    #expect(decoded.count == expected.count, "seed \(seed)")
    for (left, right) in zip(decoded, expected) {
      #expect(left.time == right.time && left.user == right.user, "seed \(seed)")
      #expect(left.event == right.event && left.values == right.values, "seed \(seed)")
    }
  }

  @Test("spans several blocks") func manyBlocks() throws {
    let events = Self.events(150_000, seed: 7, columns: 6)
    let reader = try Self.read(Self.encode(Self.batches(events, of: 20_000)))
    #expect(reader.footer.blockCount == 3)
    let decoded = try Self.decodeAll(reader)
    let expected = Self.sorted(events)
    let equal = zip(decoded, expected).allSatisfy { $0.time == $1.time && $0.values == $1.values }
    #expect(equal && decoded.count == expected.count)
  }

  @Test("does not depend on how the rows came in batches") func batching() {
    let events = Self.events(500, seed: 3)
    let whole = Self.encode(Self.batches(events, of: 500))
    #expect(Self.encode(Self.batches(events, of: 3)).bytes == whole.bytes)
  }

  @Test("counts users, events and quarter hours in the footer") func footerCounts() throws {
    let events = Self.events(2_000, seed: 11)
    let footer = try Self.read(Self.encode(Self.batches(events, of: 300))).footer
    let users = Set(events.compactMap(\.user).filter { !$0.isEmpty })
    #expect(footer.userCount == users.count)
    #expect(footer.rowsWithoutUser == events.count { ($0.user ?? "").isEmpty })
    for event in footer.events ?? [] {
      let matching = events.filter { $0.event == event.name }
      #expect(Int(event.count) == matching.count)
      for quarter in event.quarters {
        let count = matching.count { UTCDay.quarter(of: $0.time) == Int(quarter.quarter) }
        #expect(Int(quarter.count) == count)
      }
    }
    #expect(footer.events?.map(\.name) == ["add_to_cart", "page_view", "purchase"])
  }

  @Test("keeps paths beyond the column budget in the overflow column") func overflow() throws {
    var random = SeededGenerator(seed: 5)
    let events = (0..<300).map { number in
      var event = TestEvent(time: Self.day.start + Int64(number), event: "e", user: "u")
      for path in 0..<8 {
        event.values["k.\((number * 5 + path) % 1_400)"] = random.value(like: path + number)
      }
      return event
    }
    let reader = try Self.read(Self.encode(Self.batches(events, of: 50)))
    #expect(reader.footer.columns.count <= Limits.segmentColumnsMax + ColumnRole.allCases.count)
    #expect(reader.footer.column(role: .overflow) != nil)
    for path in Set(events.flatMap(\.values.keys)) {
      var vector = ColumnVector()
      try reader.decode(path: path, block: 0, into: &vector)
      for row in events.indices {
        #expect(vector.value(row) == events[row].values[path] ?? .absent)
      }
    }
  }

  @Test("needs no more for a new path in every row than for its values", .timeLimit(.minutes(1)))
  func newPathInEveryRow() throws {
    let events = (0..<200_000).map { number in
      TestEvent(
        time: Self.day.start + Int64(number), event: "e", user: "u\(number % 7)",
        values: ["k\(number)": .int(Int64(number))])
    }
    let reader = try Self.read(Self.encode(Self.batches(events, of: 4_000)))
    let overflow = try #require(reader.footer.column(role: .overflow))
    let counts = reader.footer.columns[overflow].kindCounts
    #expect(counts[Int(ValueKind.json.rawValue)] == UInt64(200_000 - Limits.segmentColumnsMax))
    for number in [0, 77_777, 199_999] {
      let found = try (0..<reader.footer.blockCount).flatMap { block in
        var vector = ColumnVector()
        try reader.decode(path: "k\(number)", block: block, into: &vector)
        return (0..<vector.rowCount).map { vector.value($0) }.filter { $0 != .absent }
      }
      #expect(found == [.int(Int64(number))])
    }
  }

  @Test(
    "leaves event names out of the footer when they are too long or too many",
    arguments: [(5, 300_000), (Limits.countedEventsMax + 1, 4)])
  func manyOrLongEventNames(names: Int, bytes: Int) throws {
    let events = (0..<names).map { name in
      TestEvent(
        time: Self.day.start, event: String(repeating: "n", count: bytes) + "\(name)", user: "u")
    }
    let reader = try Self.read(Self.encode([EventBatch(events)]))
    #expect(reader.footer.events == nil && reader.footer.blockEvents.isEmpty)
    #expect(try Self.decodeAll(reader).map(\.event) == events.map(\.event))
  }

  @Test("keeps names apart that differ in their Unicode form only") func normalForms() throws {
    var event = TestEvent(time: Self.day.start, event: "e", user: "caf\u{E9}")
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    let batch = EventBatch([event])
    event.user = decomposed
    let second = EventBatch([event])
    let footer = try Self.read(Self.encode([batch, second])).footer
    #expect(composed == decomposed, "Swift's notion of equality, which must not be ours")
    #expect(footer.userCount == 2)
    let keys = [composed, decomposed].map { batch.propertyColumn($0) }
    #expect(keys[0] != keys[1])
  }

  @Test("notices every truncation") func truncation() {
    let segment = Self.encode(Self.batches(Self.events(60, seed: 1), of: 20))
    for length in 0..<segment.bytes.count {
      let source = MemoryBlockSource(Array(segment.bytes[0..<length]))
      #expect(throws: (any Error).self) {
        _ = try SegmentReader(
          source: source, fileBytes: UInt64(length), footerHash: segment.summary.footerHash)
      }
    }
  }

  @Test("notices every changed byte or gives the same rows", arguments: [0x01, 0x80, 0xFF])
  func flips(mask: Int) throws {
    let segment = Self.encode(Self.batches(Self.events(60, seed: 2), of: 20))
    let expected = try Self.decodeAll(Self.read(segment))
    for position in segment.bytes.indices {
      var damaged = segment
      damaged.bytes[position] ^= UInt8(mask)
      do {
        let reader = try Self.read(damaged)
        try reader.checkHead()
        let decoded = try Self.decodeAll(reader)
        let same = zip(decoded, expected).allSatisfy {
          $0.values == $1.values && $0.time == $1.time
        }
        #expect(same, "byte \(position)")
        Issue.record("byte \(position) is not covered by any checksum")
      } catch is SegmentDamage {}
    }
  }
}
