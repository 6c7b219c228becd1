// Tests of store files without a name.

import EvtCore
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct ScratchFilesTests {
  /// What an operation came to, for comparing.
  private enum Outcome: Equatable {
    case done
    case bytes([UInt8])
    case entries([DirectoryEntry])
    case failed(Int32)

    init(_ body: () throws -> Outcome) throws {
      do {
        self = try body()
      } catch StoreError.file(let failure) {
        self = .failed(failure.code)
      }
    }
  }

  /// Does one of the operations, drawn by `random`, to `files`.
  private func operate(_ files: any StoreFiles, _ random: inout SeededGenerator) throws -> Outcome {
    let paths = ["a", "b", "d", "d/a", "d/b", "e", "e/a", "x/y"]
    let path = paths.randomElement(using: &random) ?? "a"
    let other = paths.randomElement(using: &random) ?? "a"
    let kind = Int.random(in: 0..<9, using: &random)
    let bytes = (0..<Int.random(in: 0..<300, using: &random)).map { UInt8(truncatingIfNeeded: $0) }
    let offset = UInt64.random(in: 0..<400, using: &random)
    return try Outcome {
      switch kind {
      case 0:
        try files.makeDirectory(["d", "e"].contains(path) ? path : "d")
      case 1, 2:
        let file = try files.create(["d", "e"].contains(path) ? "a" : path, access: .readOnly)
        try bytes.withUnsafeBytes { try file.append($0) }
        try bytes.reversed().withUnsafeBytes { try file.append($0) }
        guard try file.isLinked() else { return .failed(-1) }
      case 3, 4:
        let file = try files.open(path)
        let size = try file.size()
        return .bytes(try file.read(offset: offset, count: 200) + [UInt8(truncatingIfNeeded: size)])
      case 5: if path != other { try files.rename(path, to: other) }
      case 6: try files.remove(["d", "e"].contains(path) ? "a" : path)
      case 7: return .entries(try files.list(["d", "e"].contains(path) ? path : ""))
      default: try files.syncDirectory("")
      }
      return .done
    }
  }

  @Test("every operation does what it does on a disk", arguments: [0, 1_000, 1 << 20])
  func likeADisk(memoryBytes: Int) throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let seed = UInt64.random(in: 0..<1_000_000)
    for round in seed..<seed + 40 {
      let scratch = ScratchFiles(memoryBytes: memoryBytes, directory: directory.path)
      let disk = FaultyFiles()
      var random = SeededGenerator(seed: round)
      for step in 0..<200 {
        var twin = random
        let found = try operate(scratch, &random)
        let expected = try operate(disk, &twin)
        #expect(found == expected, "seed \(round), step \(step)")
        if found != expected { return }
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  @Test("locks exclude each other between handles and end with them")
  func locks() throws {
    let files = ScratchFiles(memoryBytes: 1_000, directory: "/tmp")
    _ = try files.create("lock", access: .readWrite)
    let reader = try files.open("lock")
    #expect(try reader.tryLock(.shared))
    do {
      let other = try files.open("lock")
      #expect(try other.tryLock(.shared))
      #expect(try !other.tryLock(.exclusive))
    }
    let writer = try files.open("lock")
    #expect(try !writer.tryLock(.exclusive))
    reader.unlock()
    #expect(try writer.tryLock(.exclusive))
    #expect(try !reader.tryLock(.shared))
    // A handle whose name is gone keeps what it holds.
    try files.remove("lock")
    #expect(try !writer.isLinked())
    #expect(try !reader.tryLock(.shared))
  }

  @Test("a store in it is created, filled by several threads and found sound")
  func store() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    // Less memory than the catalogue and the segments take.
    let files = ScratchFiles(memoryBytes: 4_096, directory: directory.path)
    let pool = WorkerPool(threads: 2)
    try StoreScenario.ingest(["a"], into: Store.create(files: files), pool: pool)
    try StoreScenario.ingest(["bb"], into: Store.create(files: files), pool: pool)
    let store = try Store.open(files: files)
    #expect(try StoreScenario.rowsByInput(store.snapshot()) == ["a": 40, "bb": 40])
    try expectClean(files)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  @Test("a directory where no file can be is told when the memory is full")
  func noRoom() throws {
    let files = ScratchFiles(memoryBytes: 10, directory: "/nowhere")
    let file = try files.create("a", access: .readWrite)
    try [UInt8]([1, 2]).withUnsafeBytes { try file.append($0) }
    do {
      try [UInt8](repeating: 1, count: 20).withUnsafeBytes { try file.append($0) }
      Issue.record("written")
    } catch let error as StoreError {
      #expect(
        "\(error)"
          == "temporary file in /nowhere: cannot create: No such file or directory")
    }
    #expect(try file.read(offset: 0, count: 10) == [1, 2])
  }
}
