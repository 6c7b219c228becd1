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

  private static func rows(_ store: String, in folder: String) throws -> Int {
    let result = try Program.shell(
      "evt query --agg count --format json --store \(store)", in: folder)
    #expect(result.status == 0, "\(result.stderr)")
    return try JSONDecoder().decode(Count.self, from: Data(result.stdout.utf8)).data[0].count
  }

  @Test("holds the old rows or all, and exactly the input's after it is run again")
  func randomMoments() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let folder = directory.path
    // Little memory, so that segments are written all the while.
    let ingest = "exec evt ingest new.ndjson --memory 16MiB --store store"
    let made = try Program.shell(
      """
      set -e
      evt gen --rows \(Self.rows) --days 4 --seed 1 -o old.ndjson
      evt gen --rows \(Self.rows) --days 4 --seed 2 -o new.ndjson
      evt ingest old.ndjson --store base
      cp -r base store
      """, in: folder)
    #expect(made.status == 0, "\(made.stderr)")
    let start = ContinuousClock.now
    #expect(try Program.shell(ingest, in: folder).status == 0)
    let whole = start.duration(to: .now) / .seconds(1)

    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededGenerator(seed: seed)
    var killed = 0
    for round in 0..<Self.kills {
      let place: Comment = "seed \(seed), round \(round)"
      #expect(try Program.shell("rm -rf store; cp -r base store", in: folder).status == 0)
      let moment = Double.random(in: 0.001...whole, using: &random)
      if try Program.shell(ingest, in: folder, timeout: moment).status == 137 { killed += 1 }
      #expect(try [Self.rows, 2 * Self.rows].contains(Self.rows("store", in: folder)), place)
      #expect(try Program.shell(ingest, in: folder).status == 0, place)
      #expect(try Self.rows("store", in: folder) == 2 * Self.rows, place)
      let verify = try Program.shell("evt verify --store store && ls store/tmp | wc -l", in: folder)
      #expect(verify.status == 0 && verify.stdout.hasSuffix("\n0\n"), place)
    }
    #expect(killed > Self.kills / 4, "only \(killed) runs were killed in time")
  }
}
