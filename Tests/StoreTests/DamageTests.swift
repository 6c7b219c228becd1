// Tests of damaged bytes in a store: noticed, never a wrong answer.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

/// Damage to any file of a store is noticed, or changes no answer; it never traps.
@Suite struct DamageTests {
  private static let pool = WorkerPool(threads: 1)

  /// A store of two commits with few rows, so that every byte can be tried.
  private func smallStore() throws -> FaultyFiles {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest(["a"], rows: 12, into: store)
    try StoreScenario.ingest(["bb"], rows: 12, into: store)
    return files
  }

  /// Everything that can be asked of a store.
  private func answer(_ files: FaultyFiles) throws -> [String] {
    let snapshot = try Store.open(files: files).snapshot()
    var lines = ["\(snapshot.generation) \(snapshot.ledger) \(snapshot.knownFields)"]
    lines += snapshot.knownEvents.sorted { $0.key < $1.key }.map { "\($0)" }
    for index in snapshot.segments.indices {
      let reader = try snapshot.reader(index)
      lines.append("\(snapshot.segments[index]) \(reader.footer)")
      for (number, column) in reader.footer.columns.enumerated() {
        for block in 0..<reader.footer.blockCount {
          var vector = ColumnVector()
          do {
            try reader.decode(column: number, block: block, into: &vector)
          } catch let damage as SegmentDamage {
            throw snapshot.damaged(damage, segment: index)
          }
          lines.append("\(column.path): \((0..<vector.rowCount).map { vector.value($0) })")
        }
      }
    }
    return lines
  }

  /// All files but the reserve, which is long and says nothing.
  private func meaningfulContents(_ files: FaultyFiles) -> [(key: String, value: [UInt8])] {
    files.contents.filter { $0.key != StoreLayout.reserve }.sorted { $0.key < $1.key }
  }

  /// Whether damage to this file must be found by verify.
  private func matters(_ path: String) -> Bool {
    path == "FORMAT" || path.hasPrefix("segments/") || path == "catalogue/00000000000000000002"
  }

  private func expectNoticed(
    _ path: String, _ bytes: [UInt8], _ files: FaultyFiles, truth: [String], _ what: String
  ) throws {
    let damaged = files.after(.killed)
    try damaged.overwrite(path, with: bytes)
    do {
      let answer = try answer(damaged)
      #expect(answer == truth, "\(path): \(what)")
    } catch let error as StoreError {
      #expect(error.category == .damaged, "\(path): \(what): \(error)")
      #expect(matters(path), "\(path): \(what): \(error)")
    }
    let report = try checkStore(files: damaged, pool: Self.pool)
    #expect(report.isSound != matters(path), "\(path): \(what): verify")
  }

  @Test("flipping any byte of any file gives the same answer or an error")
  func flips() throws {
    let files = try smallStore()
    let truth = try answer(files)
    var random = SeededGenerator(seed: 11)
    for (path, bytes) in meaningfulContents(files) {
      for index in bytes.indices {
        var flipped = bytes
        let pattern = UInt8.random(in: 1...255, using: &random)
        flipped[index] ^= pattern
        try expectNoticed(path, flipped, files, truth: truth, "byte \(index) ^ \(pattern)")
      }
    }
  }

  @Test("cutting any file at any length gives the same answer or an error")
  func truncations() throws {
    let files = try smallStore()
    let truth = try answer(files)
    for (path, bytes) in meaningfulContents(files) {
      for length in 0..<bytes.count {
        try expectNoticed(path, Array(bytes[..<length]), files, truth: truth, "cut at \(length)")
      }
    }
  }

  @Test("whatever is in the reserve, the answers are the same")
  func reserve() throws {
    let files = try smallStore()
    let truth = try answer(files)
    for bytes in [[], [1, 2, 3], [UInt8](repeating: 0, count: 100_000)] as [[UInt8]] {
      try expectNoticed(StoreLayout.reserve, bytes, files, truth: truth, "\(bytes.count) bytes")
    }
  }

  @Test("swapped segments and a segment of another store are noticed")
  func strangers() throws {
    let files = try smallStore()
    let truth = try answer(files)
    let segments = files.contents.filter { $0.key.hasPrefix("segments/") }.sorted {
      $0.key < $1.key
    }
    for (path, bytes) in segments {
      for (other, otherBytes) in segments where other != path && otherBytes != bytes {
        try expectNoticed(path, otherBytes, files, truth: truth, "replaced by \(other)")
      }
    }
  }
}
