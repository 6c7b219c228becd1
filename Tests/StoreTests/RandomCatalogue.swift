// Random catalogues that obey the rules of the format.

import Columnar
import EvtCore
import TestSupport

@testable import Store

extension Catalogue {
  /// A random catalogue with up to a few of everything.
  static func random(_ random: inout SeededGenerator) -> Catalogue {
    var catalogue = Catalogue()
    catalogue.generation = UInt64.random(in: 0...1 << 40, using: &random)
    catalogue.previousHash = random.hash()
    for id in 0..<UInt64.random(in: 0...5, using: &random) {
      catalogue.segments.append(
        StoredSegment(
          id: id + 1,
          runs: (0..<id).map { $0 + 1 }.filter { _ in Bool.random(using: &random) } + [id + 1],
          summary: random.summary()))
    }
    catalogue.nextSegment = UInt64(catalogue.segments.count) + 1
    catalogue.nextRun = catalogue.nextSegment
    catalogue.segments.sort(by: precedes)
    for number in 0..<UInt64.random(in: 0...4, using: &random) {
      catalogue.ledger.append(
        LedgerEntry(
          source: random.source(), run: number + 1, generation: number,
          ordinal: Bool.random(using: &random) ? number : nil))
    }
    catalogue.names.add(events: catalogue.segments.flatMap { $0.summary.events ?? [] })
    catalogue.names.add(fields: catalogue.segments.flatMap(\.summary.fields))
    catalogue.names.hasAllEvents = Bool.random(using: &random)
    if Bool.random(using: &random) {
      catalogue.retention = Retention(
        watermark: UTCDay(number: -3),
        generation: UInt64.random(in: 0...catalogue.generation, using: &random))
      for number in 0..<Int32.random(in: 0...3, using: &random) {
        catalogue.rollups.append(
          random.rollup(of: UTCDay(number: number * 7 - 40), id: catalogue.nextSegment))
        catalogue.nextSegment += 1
      }
    }
    if Bool.random(using: &random) {
      catalogue.extensions = [CatalogueExtension(kind: 77, bytes: [1, 2, 3])]
    }
    return catalogue
  }
}

extension SeededGenerator {
  mutating func hash() -> Hash128 { Hash128(high: next(), low: next()) }

  mutating func name() -> String {
    let names = ["a", "", "page_view", "\u{E9}", "e\u{301}", "日本", "\u{1B}[31m", "x.y.`z`"]
    return names.randomElement(using: &self) ?? ""
  }

  mutating func summary() -> SegmentSummary {
    let day = UTCDay(number: Int32.random(in: -40_000...40_000, using: &self))
    let rows = UInt64.random(in: 1...UInt64(Limits.segmentRowsMax), using: &self)
    let names = (0..<Int.random(in: 0...5, using: &self)).map { _ in name() }
    return SegmentSummary(
      day: day, rowCount: rows, rowsWithoutUser: rows / 3, userCount: rows / 4,
      minTime: day.start, maxTime: day.start + UTCDay.nanoseconds - 1,
      fileBytes: next() >> 1, footerHash: hash(),
      events: Bool.random(using: &self)
        ? nil : names.map { .init(name: $0, count: UInt64.random(in: 1...99, using: &self)) },
      fields: names.map {
        .init(
          path: $0, role: ColumnRole.allCases.randomElement(using: &self) ?? .property,
          kinds: ValueKinds(rawValue: UInt8.random(in: 0...255, using: &self)))
      })
  }

  mutating func rollup(of day: UTCDay, id: UInt64) -> StoredRollup {
    StoredRollup(
      id: id,
      summary: RollupSummary(
        day: day, rowCount: 1 + next() >> 1, minTime: day.start,
        maxTime: day.start + Int64.random(in: 0..<UTCDay.nanoseconds, using: &self),
        fileBytes: UInt64.random(in: 0...UInt64(Limits.rollupBytesMax), using: &self),
        hash: hash()))
  }

  mutating func source() -> SourceRecord {
    SourceRecord(
      name: name(), content: SourceContent(bytes: next(), hash: hash(), prefixHash: hash()),
      storedBytes: next(), storedHash: Bool.random(using: &self) ? hash() : nil, device: next(),
      inode: next(), rows: next(), rejected: next(), lines: next(),
      continues: Bool.random(using: &self) ? hash() : nil)
  }
}

extension KnownNames {
  /// Adds rows by event name.
  mutating func add(events: [SegmentSummary.Event]) {
    var lists = [events]
    add { lists.popLast() }
  }
}
