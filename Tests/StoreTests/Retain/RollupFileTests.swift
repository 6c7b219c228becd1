// Tests of damaged files of rollups.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct RollupFileTests {
  private static let pool = WorkerPool(threads: 1)

  /// A store with one rollup.
  private func store() throws -> (files: FaultyFiles, path: String, bytes: [UInt8]) {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest("a", rowsByDay: [0: 4, 1: 40], into: store)
    var request = StoreScenario.keeping(from: 1)
    request.rollups = RollupPolicy(days: 9, properties: ["page"])
    let path = try #require(try store.retain(request).rollups.first).path
    return (files, path, try #require(files.contents[path]))
  }

  private func expectNoticed(_ files: FaultyFiles, _ what: Comment) throws {
    let snapshot = try Store.open(files: files).snapshot()
    let error = #expect(throws: StoreError.self, what) { try snapshot.rollup(0) }
    #expect(error?.category == .damaged, what)
    let failed = try checkStore(files: files, pool: Self.pool).checks.filter { $0.status == .fail }
    #expect(failed.map(\.check) == ["rollups"], what)
  }

  @Test("every byte is covered, and so is the length")
  func damage() throws {
    let (files, path, bytes) = try store()
    let snapshot = try Store.open(files: files).snapshot()
    for index in bytes.indices {
      for pattern: UInt8 in [0x01, 0x80] {
        var damaged = bytes
        damaged[index] ^= pattern
        try files.overwrite(path, with: damaged)
        #expect(throws: StoreError.self, "byte \(index)") { try snapshot.rollup(0) }
      }
    }
    for count in [0, 1, 24, 40, bytes.count - 1] {
      try files.overwrite(path, with: Array(bytes[..<count]))
      try expectNoticed(files, "\(count) bytes")
    }
    try files.overwrite(path, with: bytes + [0])
    try expectNoticed(files, "one byte more")
    try files.overwrite(path, with: bytes)
    #expect(try snapshot.rollup(0).rows == 4)
    #expect(try checkStore(files: files, pool: Self.pool).isClean)
  }

  @Test("a file that is missing, or of another store, is noticed")
  func wrongFile() throws {
    let (files, path, _) = try store()
    let other = FaultyFiles()
    try StoreScenario.ingest("b", rowsByDay: [0: 5, 1: 40], into: Store.create(files: other))
    var request = StoreScenario.keeping(from: 1)
    request.rollups = RollupPolicy(days: 9, properties: ["page"])
    let foreign = try #require(try Store.open(files: other).retain(request).rollups.first).path
    try files.overwrite(path, with: try #require(other.contents[foreign]))
    try expectNoticed(files, "another file")
    try files.remove(path)
    try expectNoticed(files, "no file")
  }
}
