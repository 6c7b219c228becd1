// `kill -9` at any moment of a retain: the old rows or the new ones, and then exactly the new ones.

import Foundation
import TestSupport
import Testing

@Suite("A retain that is killed", .serialized) struct RetainKillTests {
  private static let kills = 40

  private static func rows(_ folder: String) throws -> String {
    let result = try Program.shell("evt query --agg count -f csv --store store", in: folder)
    #expect(result.status == 0, "\(result.stderr)")
    return String(result.stdout.split(separator: "\n").last ?? "")
  }

  /// The number of all events, also of those that only rollups know.
  private static func events(_ folder: String) throws -> String {
    let result = try Program.shell(
      "evt trend --every month --agg count -f csv --store store | cut -d, -f5", in: folder)
    #expect(result.status == 0, "\(result.stderr)")
    return String(result.stdout.split(separator: "\n").last ?? "")
  }

  @Test(
    "leaves the old rows or the new ones, and the new ones after it is run again",
    arguments: [false, true])
  func randomMoments(rollsUp: Bool) throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let folder = directory.path
    let retain =
      "exec evt retain --days 20 --force --now 2025-03-31 --store store"
      + (rollsUp ? " --rollup-days 40" : "")
    // Many small commits, so that there is much to remove.
    let made = try Program.shell(
      """
      set -e
      evt gen --rows 30000 --days 30 --seed 1 --start 2025-03-01 -o old.ndjson
      evt ingest old.ndjson --store store
      evt gen --rows 3000 --days 30 --seed 2 --start 2025-03-01 | evt ingest - --store store
      cp -r store base
      """, in: folder)
    #expect(made.status == 0, "\(made.stderr)")
    let old = try Self.rows(folder)
    let start = ContinuousClock.now
    #expect(try Program.shell(retain, in: folder).status == 0)
    var whole = start.duration(to: .now) / .seconds(1)
    let new = try Self.rows(folder)
    #expect(old == "33000" && new != old)

    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededGenerator(seed: seed)
    var killed = 0
    for round in 0..<Self.kills {
      let place: Comment = "seed \(seed), round \(round)"
      #expect(try Program.shell("rm -rf store; cp -r base store", in: folder).status == 0)
      let moment = Double.random(in: 0.001...whole, using: &random)
      let isKilled = try Program.shell(retain, in: folder, timeout: moment).status == 137
      if isKilled { killed += 1 }
      // However fast the machine is just now, many moments lie within the run, and some behind it.
      whole *= isKilled ? 1.1 : 0.9
      #expect(try [old, new].contains(Self.rows(folder)), place)
      if rollsUp { #expect(try Self.events(folder) == old, place) }
      #expect(try Program.shell(retain, in: folder).status == 0, place)
      #expect(try Self.rows(folder) == new, place)
      #expect(try Self.events(folder) == (rollsUp ? old : new), place)
      let after = try Program.shell(
        "evt verify --store store -f csv | grep -v ,pass, ; ls store/tmp; ls store/segments | sort",
        in: folder)
      #expect(after.stdout.hasPrefix("check,status,observed,expected,detail\n2025-03-11-"), place)
      #expect(after.stdout.split(separator: "\n").count == 1 + 2 * 20, place)
    }
    #expect(killed > Self.kills / 6, "only \(killed) runs were killed in time")
  }
}
