// Merges of random segments against the rows themselves, put together and sorted the slow way.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("SegmentMerge") struct SegmentMergeTests {
  /// A row with what a segment hides of it.
  struct Row: Hashable {
    var event: TestEvent
    var origin: RowOrigin
  }

  /// One input: its rows in input order, and the segment of them.
  struct Input {
    var rows: [Row]
    var segment: EncodedSegment
    var run: UInt64

    /// Encodes `rows`, which are of one run, ordered by ordinal.
    init(_ rows: [Row]) {
      self.rows = rows
      run = rows[0].origin.run
      let bySource = Dictionary(grouping: rows) { $0.origin.ordinal }.sorted { $0.key < $1.key }
      segment = SegmentEncoderTests.encode(
        bySource.map { EventBatch($0.value.map(\.event), source: Int($0.key)) })
    }

    func merge(dropping dropped: RowSet? = nil) throws -> MergeInput {
      MergeInput(reader: try SegmentEncoderTests.read(segment), runs: [run], dropped: dropped)
    }

    /// The rows in segment order.
    var sorted: [Row] { SegmentMergeTests.sorted(rows) }
  }

  static func sorted(_ rows: [Row]) -> [Row] {
    // The slow sort is stable, so marking the events with their numbers finds the rows again.
    let numbered = rows.enumerated().map { number, row in
      var event = row.event
      event.session = String(number)
      return event
    }
    return SegmentEncoderTests.sorted(numbered).map { rows[Int($0.session ?? "") ?? 0] }
  }

  static func input(_ count: Int, run: UInt64, seed: UInt64, columns: Int = 14) -> Input {
    var random = SeededGenerator(seed: seed)
    var ordinal: UInt64 = 0
    return Input(
      SegmentEncoderTests.events(count, seed: seed, columns: columns).map { event in
        var event = event
        // Times that meet in several inputs, and in several rows of one.
        event.time -= event.time % (Bool.random(using: &random) ? 1_000_000 : 3_600_000_000_000)
        if Int.random(in: 0...3, using: &random) > 0 {
          event.session = "s\(Int.random(in: 0...count / 4, using: &random))"
        }
        if Bool.random(using: &random) { event.eventID = random.uuid() }
        if Int.random(in: 0...9, using: &random) == 0 { ordinal += 1 }
        return Row(event: event, origin: RowOrigin(run: run, ordinal: ordinal))
      })
  }

  static func merged(_ inputs: [MergeInput]) throws -> (EncodedSegment, [UInt64]) {
    var bytes: [UInt8] = []
    let merged = try SegmentMerge(inputs).write { bytes += $0 }
    return (EncodedSegment(bytes: bytes, summary: merged.summary, overflowFields: []), merged.runs)
  }

  /// All rows in segment order; properties as far as they have columns.
  static func rows(_ reader: SegmentReader, runs: [UInt64]) throws -> [Row] {
    var rows = try SegmentEncoderTests.decodeAll(reader).map {
      Row(event: $0, origin: RowOrigin(run: 0, ordinal: 0))
    }
    for block in 0..<reader.footer.blockCount {
      let base = block * Limits.blockRowsMax
      try reader.forEachOrigin(inBlock: block, runs: runs) { origin, stretch in
        for row in stretch { rows[base + row].origin = origin }
      }
      for role in [ColumnRole.session, .eventID] {
        guard let column = reader.footer.column(role: role) else { continue }
        var vector = ColumnVector()
        try reader.decode(column: column, block: block, into: &vector)
        for row in 0..<vector.rowCount {
          guard case .text(let text) = vector.value(row) else { continue }
          if role == .session {
            rows[base + row].event.session = text
          } else {
            rows[base + row].event.eventID = text
          }
        }
      }
    }
    return rows
  }

  /// What footer and catalogue say, apart from how the columns are stored.
  static func expectSameFacts(
    _ merged: SegmentReader, _ summary: SegmentSummary, as fresh: EncodedSegment, _ what: Comment
  ) throws {
    let freshReader = try SegmentEncoderTests.read(fresh)
    let (left, right) = (merged.footer, freshReader.footer)
    #expect(left.day == right.day && left.rowCount == right.rowCount, what)
    #expect(left.rowsWithoutUser == right.rowsWithoutUser, what)
    #expect(left.userCount == right.userCount, what)
    #expect(left.minTime == right.minTime && left.maxTime == right.maxTime, what)
    #expect(left.events == right.events && left.blockEvents == right.blockEvents, what)
    let columns = left.columns.filter { $0.role != .run }
    #expect(columns.map(\.path) == right.columns.map(\.path), what)
    for (left, right) in zip(columns, right.columns) {
      #expect(left.role == right.role && left.kindCounts == right.kindCounts, what)
      #expect(left.zones == right.zones, what)
    }
    for block in 0..<left.blockCount {
      #expect(try merged.keyFilter(block: block) == freshReader.keyFilter(block: block), what)
    }
    var expected = fresh.summary
    expected.fileBytes = summary.fileBytes
    expected.footerHash = summary.footerHash
    #expect(summary == expected, what)
  }

  @Test(
    "holds the rows of its inputs in the order of the format", arguments: 0..<60 as Range<UInt64>)
  func randomMerges(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &+ 1_000)
    let sizes = [1, 2, 7, 100, 1_500]
    let inputs = (0..<Int.random(in: 1...5, using: &random)).map { number in
      Self.input(
        sizes.randomElement(using: &random) ?? 1, run: UInt64(number + 3),
        seed: seed &* 8 &+ UInt64(number))
    }
    let share = Bool.random(using: &random) ? 0 : Int.random(in: 1...9, using: &random)
    var kept: [Row] = []
    var mergeInputs: [MergeInput] = []
    for input in inputs {
      var dropped = RowSet(rowCount: input.rows.count)
      for (place, row) in input.sorted.enumerated() {
        if Int.random(in: 0..<10, using: &random) < share {
          dropped.insert(place)
        } else {
          kept.append(row)
        }
      }
      mergeInputs.append(try input.merge(dropping: dropped))
    }
    guard !kept.isEmpty else { return }
    let (segment, runs) = try Self.merged(mergeInputs)
    let reader = try SegmentEncoderTests.read(segment)
    #expect(try Self.rows(reader, runs: runs) == Self.sorted(kept), "seed \(seed)")
    #expect(runs == Set(kept.map(\.origin.run)).sorted(), "seed \(seed)")
    #expect((reader.footer.column(role: .run) != nil) == (runs.count > 1), "seed \(seed)")
    try Self.expectSameFacts(reader, segment.summary, as: Self.fresh(kept), "seed \(seed)")
    #expect(try Self.merged(mergeInputs).0.bytes == segment.bytes, "seed \(seed)")
  }

  /// The segment that an ingest would make of `rows`.
  static func fresh(_ rows: [Row]) -> EncodedSegment {
    SegmentEncoderTests.encode(
      rows.map { EventBatch([$0.event], source: Int($0.origin.ordinal)) })
  }

  @Test("merges what was merged before, without a trace", arguments: 0..<6 as Range<UInt64>)
  func mergedAgain(seed: UInt64) throws {
    let inputs = (0..<6).map { number in
      Self.input(60 + number * 90, run: UInt64(number / 2 + 1), seed: seed &* 8 &+ UInt64(number))
    }
    func merge(_ range: Range<Int>) throws -> MergeInput {
      let (segment, runs) = try Self.merged(inputs[range].map { try $0.merge() })
      return MergeInput(reader: try SegmentEncoderTests.read(segment), runs: runs)
    }
    let (segment, runs) = try Self.merged([
      try merge(0..<1), try merge(1..<4), try merge(4..<6),
    ])
    let rows = inputs.flatMap(\.rows)
    let reader = try SegmentEncoderTests.read(segment)
    #expect(try Self.rows(reader, runs: runs) == Self.sorted(rows), "seed \(seed)")
    #expect(runs == [1, 2, 3])
    try Self.expectSameFacts(reader, segment.summary, as: Self.fresh(rows), "seed \(seed)")

    // A run is taken out again, and one input of another.
    let origins = RowOrigins(runs: [2], inputs: [RowOrigin(run: 3, ordinal: 1)])
    let dropped = try reader.rows(from: origins, runs: runs)
    let kept = rows.filter { !origins.contains($0.origin) }
    #expect(dropped.count == rows.count - kept.count)
    let (rewritten, keptRuns) = try Self.merged([
      MergeInput(reader: reader, runs: runs, dropped: dropped)
    ])
    let rewrittenReader = try SegmentEncoderTests.read(rewritten)
    #expect(try Self.rows(rewrittenReader, runs: keptRuns) == Self.sorted(kept), "seed \(seed)")
    #expect(keptRuns == [1, 3])
    try Self.expectSameFacts(
      rewrittenReader, rewritten.summary, as: Self.fresh(kept), "seed \(seed)")
  }

  @Test("spans several blocks") func manyBlocks() throws {
    let inputs = [(70_000, 1), (90_000, 2), (10, 2), (30_000, 3)].enumerated().map { index, input in
      Self.input(input.0, run: UInt64(input.1), seed: UInt64(70 + index), columns: 6)
    }
    let rows = inputs.flatMap(\.rows)
    let (segment, runs) = try Self.merged(inputs.map { try $0.merge() })
    let reader = try SegmentEncoderTests.read(segment)
    #expect(reader.footer.blockCount == 3)
    let found = try Self.rows(reader, runs: runs)
    #expect(found == Self.sorted(rows))

    let origins = RowOrigins(runs: [2])
    let (rewritten, _) = try Self.merged([
      MergeInput(
        reader: reader, runs: runs, dropped: try reader.rows(from: origins, runs: runs))
    ])
    let kept = found.filter { $0.origin.run != 2 }
    #expect(try Self.rows(SegmentEncoderTests.read(rewritten), runs: [1, 3]) == kept)
  }

  /// Rows with a few of very many paths.
  private static func sparseInput(_ count: Int, run: UInt64, paths: Range<Int>) -> Input {
    var random = SeededGenerator(seed: run)
    return Input(
      (0..<count).map { number in
        var event = TestEvent(
          time: SegmentEncoderTests.day.start + Int64(number % 50), event: "e\(number % 3)",
          user: "u\(number % 7)")
        for _ in 0..<8 {
          let key = Int.random(in: paths, using: &random)
          event.values["k.\(key)"] = random.value(like: key)
        }
        event.values["all"] = .int(Int64(number))
        return Row(event: event, origin: RowOrigin(run: run, ordinal: 0))
      })
  }

  @Test("keeps paths beyond the column budget queryable, wherever they stood before")
  func overflow() throws {
    let inputs = [
      Self.sparseInput(500, run: 1, paths: 0..<1_300), Self.sparseInput(300, run: 2, paths: 0..<40),
      Self.sparseInput(400, run: 3, paths: 900..<2_300),
      Self.sparseInput(900, run: 4, paths: 1_290..<1_310),
    ]
    let all = inputs.flatMap(\.rows)
    try expectPaths(inputs.map { try $0.merge() }, all)
    // Without most rows there is room for columns again.
    let (segment, runs) = try Self.merged(inputs.map { try $0.merge() })
    let reader = try SegmentEncoderTests.read(segment)
    let dropped = try reader.rows(from: RowOrigins(runs: [1, 3]), runs: runs)
    try expectPaths(
      [MergeInput(reader: reader, runs: runs, dropped: dropped)],
      all.filter { [2, 4].contains($0.origin.run) })
    // And from columns to the overflow.
    try expectPaths(
      [try inputs[1].merge(), try inputs[0].merge()], inputs[1].rows + inputs[0].rows)
  }

  private func expectPaths(_ inputs: [MergeInput], _ rows: [Row]) throws {
    let (segment, _) = try Self.merged(inputs)
    let reader = try SegmentEncoderTests.read(segment)
    let expected = Self.sorted(rows)
    let properties = reader.footer.columns.filter { $0.role == .property }
    let paths = Set(rows.flatMap(\.event.values.keys)).sorted()
    #expect(properties.count == min(Limits.segmentColumnsMax, paths.count))
    #expect(!properties.contains { $0.kindCounts[0] == UInt64(rows.count) })
    let known = Dictionary(
      segment.summary.fields.map { ($0.path, $0.kinds) }, uniquingKeysWith: { $0.union($1) })
    let owned = Set(properties.map(\.path))
    // Those in the overflow are slow to read: some of them will do.
    let readable = paths.filter(owned.contains) + paths.filter { !owned.contains($0) }.prefix(100)
    for path in readable {
      var vector = ColumnVector()
      try reader.decode(path: path, block: 0, into: &vector)
      for row in expected.indices {
        #expect(vector.value(row) == expected[row].event.values[path] ?? .absent)
        if vector.kind(row) != .absent, owned.contains(path) {
          #expect(known[path]?.contains(ValueKinds(vector.kind(row))) == true)
        }
      }
    }
  }

  @Test("unites texts whether or not the inputs had dictionaries of them")
  func dictionaries() throws {
    func input(_ run: UInt64, _ count: Int, _ text: (Int) -> String) -> Input {
      Input(
        (0..<count).map { number in
          Row(
            event: TestEvent(
              time: SegmentEncoderTests.day.start + Int64(number), event: text(number),
              user: "u\(number % 3)", values: ["t": .text(text(number))]),
            origin: RowOrigin(run: run, ordinal: 0))
        })
    }
    let inputs = [
      input(1, 3) { "only-\($0)" }, input(2, 300) { "often-\($0 % 4)" },
      input(3, 2) { "often-\($0)" },
    ]
    let (segment, runs) = try Self.merged(inputs.map { try $0.merge() })
    let reader = try SegmentEncoderTests.read(segment)
    #expect(try Self.rows(reader, runs: runs) == Self.sorted(inputs.flatMap(\.rows)))
    let column = try #require(reader.propertyColumn("t"))
    let expected = (0..<4).map { "often-\($0)" } + (0..<3).map { "only-\($0)" }
    let dictionary = try #require(try reader.dictionary(column: column))
    #expect((0..<dictionary.count).map { dictionary[$0] } == expected)
    // Texts of dropped rows leave the dictionary, and with it the list of events.
    let dropped = try reader.rows(from: RowOrigins(runs: [1]), runs: runs)
    let (rest, _) = try Self.merged([MergeInput(reader: reader, runs: runs, dropped: dropped)])
    #expect(rest.summary.events?.map(\.name) == (0..<4).map { "often-\($0)" })
    let all = input(1, 5_000) { "different-\($0)" }
    let (unique, _) = try Self.merged([try all.merge(), try inputs[0].merge()])
    let uniqueReader = try SegmentEncoderTests.read(unique)
    #expect(uniqueReader.footer.columns.last?.dictionary == nil)
    #expect(uniqueReader.footer.events == nil)
    #expect(
      try Self.rows(uniqueReader, runs: [1]) == Self.sorted(all.rows + inputs[0].rows))
  }

  @Test("reports inputs that are damaged or say nothing of their rows' origin")
  func damage() throws {
    let (left, right) = (Self.input(40, run: 1, seed: 1), Self.input(40, run: 2, seed: 2))
    let expected = try Self.merged([try left.merge(), try right.merge()])
    // Key filters are made anew, so that those of the inputs are not looked at.
    let filter = try #require(try SegmentEncoderTests.read(left.segment).footer.keyFilters.first)
    let filterBytes = Int(filter.offset)..<Int(filter.offset) + Int(filter.storedBytes)
    for position in left.segment.bytes.indices {
      var damaged = left
      damaged.segment.bytes[position] ^= 0x10
      do {
        let merged = try Self.merged([try damaged.merge(), try right.merge()])
        #expect(merged.0.bytes == expected.0.bytes, "byte \(position)")
        #expect(position < 8 || filterBytes.contains(position), "byte \(position)")
      } catch is SegmentDamage {}
    }
    let reader = try SegmentEncoderTests.read(expected.0)
    let single = try SegmentEncoderTests.read(left.segment)
    #expect(throws: SegmentDamage.self) {
      try single.rows(from: RowOrigins(runs: [1]), runs: [1, 2])
    }
    #expect(try reader.rows(from: RowOrigins(runs: [9]), runs: [1, 2]).isEmpty)
    let none = try single.rows(from: RowOrigins(runs: [1]), runs: [1])
    #expect(throws: MergeTooLarge.self) { try SegmentMerge([try left.merge(dropping: none)]) }
  }
}
