// The limits of a catalogue: a commit beyond them changes nothing, names beyond them are forgotten.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite("A limit of the catalogue") struct CatalogueLimitTests {
  @Test("size: a commit that would need more than 64 MiB is refused, and changes nothing")
  func bytes() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest(["a"], into: store)
    // Names of inputs are the only texts in a catalogue that nothing else bounds.
    func commit(_ megabytes: Int) throws {
      let transaction = try store.beginIngest(
        pool: WorkerPool(threads: 1), memoryBytes: 64 << 20, repeats: .load)
      for number in 0..<megabytes {
        var record = StoreScenario.record("\(number)", rows: 0)
        record.name = String(repeating: "n", count: 1 << 20)
        try transaction.finishSource(record)
      }
      _ = try transaction.commit()
    }
    let before = files.contents
    let error = #expect(throws: StoreError.self) { try commit(64) }
    #expect(error?.category == .cannotWrite)
    #expect(error?.description.contains("the catalogue would need 6711") == true)
    #expect(files.contents == before)
    try commit(63)
    #expect(try StoreScenario.rowsByInput(store.snapshot()) == ["a": 40])
    #expect(try checkStore(files: files, pool: WorkerPool(threads: 1)).isClean)
  }

  @Test("size: a file of more than 64 MiB is no catalogue")
  func fileBytes() {
    let error = #expect(throws: StoreError.self) {
      _ = try CatalogueDecoder.decode(
        [UInt8](repeating: 0, count: Limits.catalogueBytesMax + 1), path: "catalogue")
    }
    #expect(error?.category == .damaged)
  }

  @Test("names: 65,536 events and fields are known, and that there are more")
  func names() {
    var names = KnownNames()
    func add(_ range: Range<Int>) {
      names.add(events: range.map { .init(name: "e\($0)", count: 1) })
      names.add(fields: range.map { .init(path: "f\($0)", role: .property, kinds: [.init(.int)]) })
    }
    add(0..<Limits.knownNamesMax)
    #expect(names.hasAllEvents && names.hasAllFields)
    // Known ones need no room.
    add(0..<10)
    #expect(names.hasAllEvents && names.hasAllFields)
    add(Limits.knownNamesMax..<Limits.knownNamesMax + 1)
    #expect(!names.hasAllEvents && !names.hasAllFields)
    #expect(names.events.count == Limits.knownNamesMax)
    #expect(names.fields.count == Limits.knownNamesMax)
  }

  @Test("names: 8 MiB of them are known, and that there are more")
  func nameBytes() {
    var names = KnownNames()
    for number in 0..<9 {
      let name = String(repeating: "\(number)", count: 1 << 20)
      names.add(events: [.init(name: name, count: 1)])
      #expect(names.hasAllEvents == (number < 8))
    }
    #expect(names.events.count == 8)
  }

  @Test("fields: a segment's paths without a column are known, but not kept with each segment")
  func overflowFields() throws {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    let transaction = try store.beginIngest(
      pool: WorkerPool(threads: 1), memoryBytes: 64 << 20, repeats: .refuse)
    let paths = 3_000
    let events = (0..<3).map { number in
      var event = TestEvent(time: StoreScenario.noon, event: "e", user: "u")
      for path in number * 1_000..<(number + 1) * 1_000 { event.values["k\(path)"] = .int(1) }
      return event
    }
    try transaction.accept(EventBatch(events))
    try transaction.finishSource(StoreScenario.record("a", rows: 3))
    _ = try transaction.commit()
    let snapshot = try store.snapshot()
    #expect(snapshot.knownFields.count { $0.role == .property } == paths)
    let kept = snapshot.segments[0].summary.fields.count { $0.role == .property }
    #expect(kept == Limits.segmentColumnsMax)
    #expect(try checkStore(files: files, pool: WorkerPool(threads: 1)).isClean)
  }
}
