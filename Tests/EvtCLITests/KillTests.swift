// `kill -9` at any moment of an ingest: nothing is lost, nothing is counted twice.

import Foundation
import TestSupport
import Testing

@Suite("An ingest that is killed", .serialized) struct KillTests {
  private static let kills = 200
  private static let rows = 30_000

  private struct Count: Decodable {
    struct Row: Decodable { var count: Int }
    var data: [Row]
  }

  private static func rows(_ evt: EvtProgram, _ store: String) throws -> Int {
    let outcome = try evt.run(["query", "--agg", "count", "--format", "json", "--store", store])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Count.self, from: Data(outcome.output.utf8)).data[0].count
  }

  @Test("holds the old rows or all, and exactly the input's after it is run again")
  func randomMoments() throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let evt = EvtProgram(in: folder.path)
    for (name, seed) in [("old.ndjson", "1"), ("new.ndjson", "2")] {
      let made = try evt.run(
        ["gen", "--rows", "\(Self.rows)", "--days", "4", "--seed", seed, "-o", name])
      #expect(made.status == 0, "\(made.errors)")
    }
    // Little memory, so that segments are written all the while.
    let ingest = ["ingest", "new.ndjson", "--memory", "16MiB", "--store"]
    let base = "\(folder.path)/base"
    #expect(try evt.run(["ingest", "old.ndjson", "--store", "base"]).status == 0)
    let start = Date()
    try FileManager.default.copyItem(atPath: base, toPath: "\(folder.path)/timed")
    #expect(try evt.run(ingest + ["timed"]).status == 0)
    let whole = Date().timeIntervalSince(start)

    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededGenerator(seed: seed)
    var killed = 0, committed = 0
    for round in 0..<Self.kills {
      let store = "\(folder.path)/store"
      try FileManager.default.copyItem(atPath: base, toPath: store)
      let moment = Double.random(in: 0...whole, using: &random)
      if try evt.kill(ingest + [store], afterSeconds: moment) { killed += 1 }
      let afterKill = try Self.rows(evt, store)
      #expect([Self.rows, 2 * Self.rows].contains(afterKill), "seed \(seed), round \(round)")
      if afterKill > Self.rows { committed += 1 }
      let again = try evt.run(ingest + [store])
      #expect(again.status == 0, "seed \(seed), round \(round): \(again.errors)")
      #expect(try Self.rows(evt, store) == 2 * Self.rows, "seed \(seed), round \(round)")
      let verify = try evt.run(["verify", "--store", store])
      #expect(verify.status == 0, "seed \(seed), round \(round): \(verify.output)")
      let leftovers = try FileManager.default.contentsOfDirectory(atPath: "\(store)/tmp")
      #expect(leftovers.isEmpty, "seed \(seed), round \(round): \(leftovers)")
      try FileManager.default.removeItem(atPath: store)
    }
    #expect(killed > Self.kills / 4, "only \(killed) runs were killed in time")
    print("killed \(killed) of \(Self.kills) runs, \(committed) had committed; seed \(seed)")
  }
}
