// The fuzz targets without a fuzzer: their seeds, changed at random, and what fuzzers have found.

import FuzzTargets
import TestSupport
import Testing

@Suite("FuzzTarget") struct FuzzTargetTests {
  private static let rounds = 400

  @Test("seeds are borne as they are, and changed", arguments: FuzzTarget.all.map(\.name))
  func mutations(name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let seeds = try target.seeds()
    for seed in seeds { try target.run(seed) }
    // The same every time: a trap must be found again. make fuzz goes where this does not.
    var random = SeededGenerator(seed: 1)
    for round in 0..<Self.rounds {
      let bytes = random.mutated(random.pick(seeds), with: random.pick(seeds))
      do { try target.run(bytes) } catch {
        Issue.record("round \(round): \(error): \(bytes)")
        return
      }
    }
  }
}
