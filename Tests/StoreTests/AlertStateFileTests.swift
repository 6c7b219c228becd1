// Tests of the file in which alerts remember: crashes at every moment, damage, and who must wait.

import EvtCore
import TestSupport
import Testing

@testable import Store

@Suite struct AlertStateFileTests {
  private static let pool = WorkerPool(threads: 1)
  private static let old = Array("old".utf8)
  private static let new = Array("new content".utf8)

  private func save(_ content: [UInt8], in files: FaultyFiles) throws {
    try Store.open(files: files).alertState.withLock(waitMilliseconds: 100) { _, save in
      try save(content)
    }
  }

  private func emptyStore() throws -> FaultyFiles {
    let files = FaultyFiles()
    _ = try Store.create(files: files)
    return files.after(.killed)
  }

  @Test("what is saved is read, and nothing is there before")
  func roundTrip() throws {
    let files = try emptyStore()
    let state = try Store.open(files: files).alertState
    #expect(try state.read() == nil)
    for content in [Self.old, [], Self.new] {
      try save(content, in: files)
      #expect(try state.read() == content)
    }
    #expect(
      files.contents.keys.filter { $0.hasPrefix("alerts/") }.sorted() == [
        "alerts/LOCK", "alerts/state",
      ])
  }

  @Test(
    "a save that fails at any operation leaves the old content or the new, and can be repeated",
    arguments: [Fault.error(5), .error(28), .errorAfterwards(5), .shortWrite, .kill],
    [true, false])
  func everyOperation(fault: Fault, hasOld: Bool) throws {
    let start = try emptyStore()
    if hasOld { try save(Self.old, in: start) }
    let before = hasOld ? Self.old : nil
    for operation in 0... {
      let files = start.after(.killed)
      files.plan(fault, at: operation)
      var isSaved = true
      do { try save(Self.new, in: files) } catch { isSaved = false }
      guard let struck = files.faultedOperation else {
        #expect(operation > 8)
        return
      }
      let aftermaths: [Aftermath] =
        [.killed, .powerLoss] + (1...4).map { .partialPowerLoss(seed: $0) }
      for aftermath in aftermaths {
        let what: Comment = "\(fault) at \(struck), then \(aftermath)"
        let later = files.after(aftermath)
        let found = try Store.open(files: later).alertState.read()
        #expect(isSaved ? found == Self.new : found == before || found == Self.new, what)
        #expect(try checkStore(files: later, pool: Self.pool).isClean, what)
        try save(Self.new, in: later)
        #expect(try Store.open(files: later.after(.powerLoss)).alertState.read() == Self.new, what)
      }
    }
  }

  @Test("every changed byte and every length is noticed, also by verify, with how to go on")
  func damage() throws {
    let files = try emptyStore()
    try save(Self.new, in: files)
    let bytes = try #require(files.contents["alerts/state"])
    let changed = bytes.indices.map { index in
      var copy = bytes
      copy[index] ^= 0x10
      return copy
    }
    for damaged in changed + bytes.indices.map({ Array(bytes[..<$0]) }) + [bytes + [0]] {
      try files.overwrite("alerts/state", with: damaged)
      #expect {
        _ = try Store.open(files: files).alertState.read()
      } throws: { error in
        guard let error = error as? StoreError else { return false }
        if case .newerFormat = error { return true }
        return error.category == .damaged && error.description.contains("start afresh")
      }
      let failed = try checkStore(files: files, pool: Self.pool).checks.filter {
        $0.status == .fail
      }
      #expect(failed.map(\.check) == ["alert state"])
    }
  }

  @Test("verify lists the state only where there is one")
  func check() throws {
    let files = try emptyStore()
    #expect(
      try !checkStore(files: files, pool: Self.pool).checks.contains { $0.check == "alert state" })
    try save(Self.new, in: files)
    #expect(try checkStore(files: files, pool: Self.pool).checks.last?.check == "alert state")
  }

  @Test("a second one waits and gives up; events are written meanwhile")
  func waits() throws {
    let files = try emptyStore()
    let store = try Store.open(files: files)
    try store.alertState.withLock(waitMilliseconds: 100) { _, _ in
      #expect {
        try store.alertState.withLock(waitMilliseconds: 100) { _, _ in }
      } throws: { error in
        (error as? StoreError)?.category == .busy && "\(error)".contains("evt alert")
      }
      try StoreScenario.ingest(["a"], into: store)
    }
    #expect(try store.snapshot().generation == 1)
  }

  @Test("the file on a real disk is private and is replaced")
  func realDisk() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let store = try Store.create(at: directory.path + "/store")
    for content in [Self.old, Self.new] {
      try store.alertState.withLock(waitMilliseconds: 100) { stored, save in
        #expect(stored == (content == Self.old ? nil : Self.old))
        try save(content)
      }
    }
    #expect(try store.alertState.read() == Self.new)
    #expect(try checkStore(at: store.path, pool: Self.pool).isClean)
  }
}
