// Tests of the catalogue as bytes.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct CatalogueCodecTests {
  @Test("a catalogue comes back as it was written", arguments: 0..<200 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let catalogue = Catalogue.random(&random)
    let (bytes, hash) = catalogue.encoded()
    let loaded = try CatalogueDecoder.decode(bytes, path: "c")
    #expect(loaded.hash == hash)
    #expect(loaded.catalogue == catalogue, "seed \(seed)")
    #expect(loaded.catalogue.encoded().bytes == bytes, "seed \(seed)")
  }

  @Test("a catalogue cut at any length is an error")
  func truncation() throws {
    var random = SeededGenerator(seed: 5)
    let bytes = Catalogue.random(&random).encoded().bytes
    for length in 0..<bytes.count { expectRefusal(Array(bytes[..<length]), "length \(length)") }
    expectRefusal(bytes + [0], "one byte more")
  }

  @Test("a catalogue with any byte changed is an error")
  func flips() throws {
    var random = SeededGenerator(seed: 6)
    let bytes = Catalogue.random(&random).encoded().bytes
    for index in bytes.indices {
      for pattern: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] ^= pattern
        expectRefusal(damaged, "byte \(index) ^ \(pattern)")
      }
    }
  }

  @Test(
    "no body under a right checksum can make the decoder trap", arguments: 0..<40 as Range<UInt64>)
  func resealedDamage(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = Catalogue.random(&random).encoded().bytes
    let body = bytes[FileFrame.headerBytes..<(bytes.count - FileFrame.trailerBytes)]
    for _ in 0..<200 {
      var damaged = Array(body)
      for _ in 0..<Int.random(in: 1...3, using: &random) where !damaged.isEmpty {
        let index = Int.random(in: damaged.indices, using: &random)
        if Bool.random(using: &random) {
          damaged[index] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        } else {
          damaged.remove(at: index)
        }
      }
      do {
        let loaded = try CatalogueDecoder.decode(Self.sealed(damaged), path: "c")
        _ = loaded.catalogue.encoded()
      } catch is StoreError {}
    }
  }

  @Test(
    "a segment without runs, or with runs that cannot be, is an error",
    arguments: [[], [0], [2, 1], [1, 1], [1, 3]] as [[UInt64]])
  func impossibleRuns(runs: [UInt64]) throws {
    var random = SeededGenerator(seed: 7)
    var catalogue = Catalogue()
    catalogue.nextSegment = 2
    catalogue.nextRun = 3
    catalogue.segments = [StoredSegment(id: 1, runs: [1, 2], summary: random.summary())]
    catalogue.names.add(events: catalogue.segments.flatMap { $0.summary.events ?? [] })
    let sound = catalogue.encoded().bytes
    #expect(try CatalogueDecoder.decode(sound, path: "c").catalogue == catalogue)
    catalogue.segments[0].runs = runs
    expectRefusal(catalogue.encoded().bytes, "runs \(runs)")
  }

  @Test(
    "a rollup that cannot be is an error",
    arguments: [
      { $0.rollups[0].summary.rowCount = 0 }, { $0.rollups[0].id = 9 }, { $0.rollups[1].id = 1 },
      { $0.rollups[0].summary.minTime -= 1 }, { $0.rollups[0].summary.maxTime = 0 },
      { $0.rollups[0].summary.fileBytes = .max }, { $0.rollups.append($0.rollups[1]) },
      { $0.rollups.reverse() }, { $0.retention = nil }, { $0.retention?.watermark.number = -10 },
    ] as [@Sendable (inout Catalogue) -> Void])
  func impossibleRollups(change: @Sendable (inout Catalogue) -> Void) throws {
    var random = SeededGenerator(seed: 8)
    var catalogue = Catalogue()
    catalogue.nextSegment = 3
    catalogue.retention = Retention(watermark: UTCDay(number: -9), generation: 0)
    catalogue.rollups = [
      random.rollup(of: UTCDay(number: -20), id: 1), random.rollup(of: UTCDay(number: -10), id: 2),
    ]
    let sound = catalogue.encoded().bytes
    #expect(try CatalogueDecoder.decode(sound, path: "c").catalogue == catalogue)
    change(&catalogue)
    expectRefusal(catalogue.encoded().bytes, "\(catalogue.rollups)")
  }

  @Test("without rollups there is no section of them")
  func withoutRollups() {
    var random = SeededGenerator(seed: 9)
    var catalogue = Catalogue()
    let bytes = catalogue.encoded().bytes.count
    catalogue.retention = Retention(watermark: UTCDay(number: 0), generation: 0)
    #expect(catalogue.encoded().bytes.count == bytes + 2)
    catalogue.rollups = [random.rollup(of: UTCDay(number: -1), id: 1)]
    #expect(catalogue.encoded().bytes.count > bytes + 20)
  }

  @Test("a newer version is refused by name")
  func newerVersion() throws {
    var bytes = Catalogue().encoded().bytes
    bytes[8] = 2
    #expect(throws: StoreError.newerFormat(path: "c", found: "2", supported: "1")) {
      try CatalogueDecoder.decode(bytes, path: "c")
    }
  }

  @Test("unknown sections are refused, carried or dropped as their flags say")
  func unknownSections() throws {
    let known = Catalogue().encoded().bytes
    let body = known[FileFrame.headerBytes..<(known.count - FileFrame.trailerBytes)]
    // Generation, hash, two counters; then the number of sections.
    let countIndex = 1 + 16 + 1 + 1
    func decoded(flags: UInt8) throws -> Catalogue {
      var extended = Array(body)
      extended[countIndex] += 1
      return try CatalogueDecoder.decode(
        Self.sealed(extended + [99, flags, 2, 7, 7]), path: "c"
      ).catalogue
    }
    #expect(throws: StoreError.self) { try decoded(flags: 1) }
    #expect(try decoded(flags: 2).extensions == [CatalogueExtension(kind: 99, bytes: [7, 7])])
    #expect(try decoded(flags: 0) == Catalogue())
  }

  private static func sealed(_ body: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    CatalogueFormat.frame.magic.withUnsafeBytes { writer.append(contentsOf: $0) }
    writer.append(CatalogueFormat.frame.version)
    writer.append(UInt32(0))
    writer.append(UInt64(body.count))
    body.withUnsafeBytes { writer.append(contentsOf: $0) }
    writer.append(writer.bytes.withUnsafeBytes { Hash128(of: $0) })
    return writer.bytes
  }

  private func expectRefusal(_ bytes: [UInt8], _ what: Comment) {
    do {
      _ = try CatalogueDecoder.decode(bytes, path: "c")
      Issue.record("not refused: \(what)")
    } catch let error as StoreError {
      #expect(error.category == .damaged, what)
    } catch {
      Issue.record("\(what): \(error)")
    }
  }
}
