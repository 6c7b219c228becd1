// A damaged store never gives a wrong number: every byte of every file, every length.

import EvtCore
import Query
import Store
import TestSupport
import Testing

@testable import Analytics

@Suite("Answers of a damaged store") struct DamagedAnswersTests {
  private static let pool = WorkerPool(threads: 1)

  /// A store of about 20 KB: two commits, two days, values of every kind.
  private static func store() throws -> FaultyFiles {
    let files = FaultyFiles()
    let store = try Store.create(files: files)
    try StoreScenario.ingest(["first"], rows: 620, into: store)
    try StoreScenario.ingest(["second!"], rows: 560, into: store)
    return files
  }

  /// All files but the reserve, which is long and says nothing.
  private static func contents(_ files: FaultyFiles) -> [(key: String, value: [UInt8])] {
    files.contents.filter { $0.key != "RESERVE" }.sorted { $0.key < $1.key }
  }

  /// The answers to one question of each kind, each as text.
  private static func answers(_ files: FaultyFiles) throws -> [String] {
    let snapshot = try Store.open(files: files).snapshot()
    let now = StoreScenario.noon
    let users = Aggregate.users
    let sum = try Aggregate(parsing: "sum:n")
    let byPage = AggregateQuery(
      keys: ["input"], aggregates: [.count, users, sum], now: now)
    let filtered = AggregateQuery(
      condition: try Expression(parsing: "n > 100 and event = 'purchase'"), keys: ["event"],
      now: now)
    let raw = RawQuery(limit: 30, now: now)
    var lines: [String] = []
    for query in [byPage, filtered, AggregateQuery(keys: ["event"], now: now)] {
      lines.append("\(try query.run(on: snapshot, pool: pool))")
    }
    var funnel = try FunnelQuery(parsing: "page_view,purchase,error", now: now)
    funnel.users = .reached(1)
    lines.append("\(try funnel.run(on: snapshot, pool: pool))")
    var cohort = CohortQuery(now: now)
    for step in ["any", "page_view[n > 3]"] {
      cohort.start = try .init(parsing: step)
      lines.append("\(try cohort.run(on: snapshot, pool: pool))")
    }
    lines.append("\(try raw.run(on: snapshot, pool: pool))")
    return lines
  }

  private static func check(
    _ path: String, _ bytes: [UInt8], _ files: FaultyFiles, truth: [String], _ what: String
  ) throws {
    let damaged = files.after(.killed)
    try damaged.overwrite(path, with: bytes)
    do {
      let answers = try answers(damaged)
      #expect(answers == truth, "\(path): \(what)")
    } catch let error as StoreError {
      #expect(error.category == .damaged, "\(path): \(what): \(error)")
    }
  }

  @Test("is the same answer or an error of damage, whichever byte is changed", arguments: 0..<8)
  func flips(part: Int) throws {
    let files = try Self.store()
    let truth = try Self.answers(files)
    for (path, bytes) in Self.contents(files) {
      for index in stride(from: part, to: bytes.count, by: 8) {
        var flipped = bytes
        flipped[index] ^= UInt8(truncatingIfNeeded: index &* 37 | 1)
        try Self.check(path, flipped, files, truth: truth, "byte \(index)")
      }
    }
  }

  @Test("is the same answer or an error of damage, wherever a file ends", arguments: 0..<8)
  func truncations(part: Int) throws {
    let files = try Self.store()
    let truth = try Self.answers(files)
    for (path, bytes) in Self.contents(files) {
      for length in stride(from: part, to: bytes.count, by: 8) {
        try Self.check(path, Array(bytes[0..<length]), files, truth: truth, "\(length) bytes")
      }
    }
  }

  @Test("is given by a store of about 20 KB") func size() throws {
    let bytes = try Self.contents(Self.store()).reduce(0) { $0 + $1.value.count }
    #expect(bytes > 14_000 && bytes < 40_000, "\(bytes) bytes")
  }
}
