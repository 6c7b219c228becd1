// Tests of opening and creating stores.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct StoreTests {
  private static let pool = WorkerPool(threads: 1)

  @Test("where there is no store, opening says so and creates nothing")
  func missing() throws {
    let files = FaultyFiles()
    #expect(throws: StoreError.missing(path: "disk")) { try Store.open(files: files) }
    #expect(throws: StoreError.missing(path: "disk")) {
      try checkStore(files: files, pool: Self.pool)
    }
    #expect(files.contents.isEmpty)
  }

  @Test("a directory of something else does not become a store")
  func foreign() throws {
    let files = FaultyFiles()
    _ = try files.create("thesis.txt", access: .readWrite)
    do {
      _ = try Store.create(files: files)
      Issue.record("created")
    } catch let error as StoreError {
      #expect(error.category == .cannotCreate)
    }
    #expect(files.contents.keys.sorted() == ["thesis.txt"])
  }

  @Test("creating twice gives the same store")
  func createTwice() throws {
    let files = FaultyFiles()
    try StoreScenario.ingest(["a"], into: Store.create(files: files))
    #expect(try Store.create(files: files).snapshot().generation == 1)
  }

  @Test(
    "FORMAT says whether this evt can read the store",
    arguments: [
      ("evt store format 1\n", nil), ("evt store format 2\n", "2"),
      ("evt store format 1", "damaged"),
      ("", "damaged"), ("evt store format 0\n", "damaged"), ("hello", "damaged"),
      ("evt store format 99999999999999999999\n", "damaged"),
    ] as [(String, String?)])
  func format(text: String, outcome: String?) throws {
    let files = FaultyFiles()
    _ = try Store.create(files: files)
    try files.overwrite("FORMAT", with: Array(text.utf8))
    do {
      _ = try Store.open(files: files)
      #expect(outcome == nil)
    } catch let StoreError.newerFormat(_, found, _) {
      #expect(outcome == found)
    } catch let error as StoreError {
      #expect(outcome == "damaged" && error.category == .damaged)
    }
  }

  @Test("a missing FORMAT, catalogue, lock or segment is damage, not an empty store")
  func lostFiles() throws {
    for lost in ["FORMAT", "catalogue/00000000000000000001", "LOCK"] {
      let files = FaultyFiles()
      let store = try Store.create(files: files)
      try StoreScenario.ingest(["a"], into: store)
      try files.remove(lost)
      if lost.hasPrefix("catalogue") { try files.remove("catalogue/00000000000000000000") }
      do {
        try StoreScenario.ingest(["bb"], into: Store.create(files: files))
        Issue.record("\(lost) was not missed")
      } catch let error as StoreError {
        #expect(error.category == .damaged, "\(lost): \(error)")
      }
    }
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest(["a"], into: store)
    let snapshot = try store.snapshot()
    try files.remove(snapshot.segments[0].path)
    #expect(throws: StoreError.self) { try snapshot.reader(0) }
    #expect(try !checkStore(files: files, pool: Self.pool).isSound)
  }

  @Test("the newest generation is read or an error, never passed over")
  func noFallback() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest(["a"], into: store)
    try files.overwrite("catalogue/00000000000000000001", with: [])
    #expect(throws: StoreError.self) { try store.snapshot() }
    let copy = try #require(files.contents["catalogue/00000000000000000000"])
    try files.overwrite("catalogue/00000000000000000001", with: copy)
    #expect(throws: StoreError.self) { try store.snapshot() }
  }
}
